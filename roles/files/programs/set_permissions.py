"""Create the folders of shares and give them, and all that they hold, their permissions. Stdin: a JSON list."""

import json
import re
import subprocess
import sys
from pathlib import Path

from samba.auth_util import system_session_unix
from samba.dcerpc import security
from samba.samba3 import param, smbd

OWNER, ACCESS = security.SECINFO_OWNER | security.SECINFO_GROUP, security.SECINFO_DACL


def sid_of(group: str) -> str:
    answer = subprocess.run(
        ["wbinfo", "--name-to-sid", f"{workgroup}\\{group}"], capture_output=True, text=True, check=False
    )
    if answer.returncode != 0:
        sys.exit(f"{group}: no such group in the directory {workgroup}: {answer.stderr.strip()}")
    return answer.stdout.split()[0]


def give(path: Path, share: str, sddl: str, what: int) -> None:
    smbd.set_nt_acl(str(path), what, security.descriptor.from_sddl(sddl, no_domain), session, service=share)


param.get_context().load("/etc/samba/smb.conf")
workgroup = param.get_context().get("workgroup")
session = system_session_unix()
no_domain = security.dom_sid("S-0-0")  # every identifier is written in full

for wanted in json.load(sys.stdin):
    folder = Path(wanted["path"])
    folder.mkdir(parents=True, exist_ok=True)
    sddl = re.sub(r"<(.+?)>", lambda group: sid_of(group[1]), wanted["permissions"])
    inherited = "D:AI" + sddl.partition("D:PAI")[2]
    for path in (path for path in folder.rglob("*") if not path.is_symlink()):
        flags = "OICIID" if path.is_dir() else "ID"
        give(path, wanted["share"], inherited.replace(";OICI;", f";{flags};"), ACCESS)
    give(folder, wanted["share"], sddl, OWNER | ACCESS)  # last: a run that dies before is begun again
