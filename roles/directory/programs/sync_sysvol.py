#!/usr/bin/python3 -I
"""Make the files of the group policies (SYSVOL) those of the PDC emulator, where administrators write them.

They are read over SMB with this controller's own account, which may do no more than any member of the domain; their
permissions come by identifier (SID) and are kept here as this machine numbers them. Nothing ever goes the other way.
"""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ldb
from samba import NTSTATUSError
from samba.auth import system_session
from samba.auth_util import system_session_unix
from samba.credentials import MUST_USE_KERBEROS, Credentials
from samba.dcerpc import security
from samba.param import LoadParm
from samba.samba3 import libsmb_samba_internal as libsmb
from samba.samba3 import param, smbd
from samba.samdb import SamDB

SYSVOL, STAMP = Path("/var/lib/samba/sysvol"), Path("/var/lib/samba/sysvol.synchronized")
KINDS = libsmb.FILE_ATTRIBUTE_DIRECTORY | libsmb.FILE_ATTRIBUTE_HIDDEN | libsmb.FILE_ATTRIBUTE_SYSTEM
PERMISSIONS = security.SECINFO_OWNER | security.SECINFO_GROUP | security.SECINFO_DACL

FIRST = 60  # seconds that a controller which has no files yet asks for them: the other may be starting anew

Entry = tuple[str, bool, int, int]  # path below SYSVOL, whether a folder, size, time of last change


def entries(connection: Any, folder: str = "") -> Iterator[Entry]:
    """All that is there, a folder before what it holds."""
    for found in connection.list(folder, attribs=KINDS):
        path = f"{folder}\\{found['name']}" if folder else found["name"]
        is_folder = bool(found["attrib"] & libsmb.FILE_ATTRIBUTE_DIRECTORY)
        yield path, is_folder, found["size"], found["mtime"]
        if is_folder:
            yield from entries(connection, path)


def put(connection: Any, entry: Entry) -> None:
    """One entry as it is over there; a file is replaced in one step."""
    path, is_folder, size, changed = entry
    place = SYSVOL / path.replace("\\", "/")
    if place.is_symlink() or (place.exists() and place.is_dir() != is_folder):
        remove(place)
    if is_folder:
        place.mkdir(exist_ok=True)
    elif not place.exists() or (place.stat().st_size, int(place.stat().st_mtime)) != (size, changed):
        partial = place.with_name(f".{place.name}.partial")
        partial.write_bytes(connection.loadfile(path))
        allow(partial, connection.get_acl(path, PERMISSIONS))
        os.utime(partial, (changed, changed))
        partial.replace(place)
        print(path)
    wanted = connection.get_acl(path, PERMISSIONS)
    if smbd.get_nt_acl(str(place), PERMISSIONS, session).as_sddl(domain) != wanted.as_sddl(domain):
        allow(place, wanted)
        print(f"{path}: permissions")


def allow(place: Path, permissions: Any) -> None:
    smbd.set_nt_acl(str(place), PERMISSIONS, permissions, session, service="sysvol")


def remove(place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        for child in place.iterdir():
            remove(child)
        place.rmdir()
    else:
        place.unlink()


lp = LoadParm()
lp.load_default()
here = SamDB(url=lp.samdb_url(), lp=lp, session_info=system_session())
domain = security.dom_sid(here.get_domain_sid())
owner = ldb.Dn(here, str(here.search(here.domain_dn(), ldb.SCOPE_BASE, attrs=["fSMORoleOwner"])[0]["fSMORoleOwner"]))
if owner == ldb.Dn(here, str(here.get_dsServiceName())):
    sys.exit()  # these are the files that the others fetch

machine = Credentials()
machine.guess(lp)
machine.set_machine_account(lp)
machine.set_kerberos_state(MUST_USE_KERBEROS)
s3 = param.get_context()
s3.load("/etc/samba/smb.conf")


def connection() -> Any | str:
    """To the PDC emulator; where it is no more (it was rebuilt, and its role is still to be taken), to any other.

    Else why there is none.
    """
    others = here.search(here.get_config_basedn(), expression="(objectClass=nTDSDSA)", attrs=[])
    living = [each.dn for each in others if each.dn != ldb.Dn(here, str(here.get_dsServiceName()))]
    said = "there is none"
    for settings in [owner] if owner in living else living:
        name = str(here.search(settings.parent(), ldb.SCOPE_BASE, attrs=["dNSHostName"])[0]["dNSHostName"])
        try:
            return libsmb.Conn(name, "sysvol", lp=s3, creds=machine)
        except NTSTATUSError as error:
            said = f"{name}: {error.args[-1]}"
    return said


deadline = time.monotonic() + (0 if STAMP.exists() else FIRST)
while isinstance(there := connection(), str):
    if time.monotonic() > deadline:
        # Not a fault of this one: what it has stays, and its age is what check-replication looks at.
        print(f"SYSVOL stays as it is, nobody who has it answers: {there}")
        sys.exit()
    time.sleep(2)

session = system_session_unix()
wanted = list(entries(there))
for entry in [("", True, 0, 0), *wanted]:
    put(there, entry)
known = {SYSVOL / path.replace("\\", "/") for path, *_ in wanted}
for place in sorted(SYSVOL.rglob("*"), reverse=True):  # what a folder holds before the folder
    if place not in known:
        remove(place)
        print(f"{place.relative_to(SYSVOL)}: removed")
STAMP.touch()
