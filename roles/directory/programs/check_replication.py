#!/usr/bin/python3 -I
"""Whether the controllers hold the same: each makes the other fetch, now, in both directions. A line for each trouble.

A controller that does not answer is said, and is no trouble of this one's. Exit status 1 where there is trouble.

One that was put back to an earlier state (an image) gives numbers out a second time, and the others pass over
what it changes. It stops itself for good, as soon as it sees that: the next deploy makes it join anew.
"""

import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import ldb
from samba import WERRORError
from samba.auth import system_session
from samba.credentials import Credentials
from samba.dcerpc import drsblobs, drsuapi, misc
from samba.drs_utils import drs_DsBind
from samba.ndr import ndr_unpack
from samba.param import LoadParm
from samba.samdb import SamDB

REBUILT = 900  # seconds: the time that a deploy has to restart the others
SKEW = 60  # seconds between clocks; Kerberos stops at 300
PUT_BACK = Path("/var/lib/samba/.put-back")
SYSVOL_STAMP, SYSVOL_AGE = Path("/var/lib/samba/sysvol.synchronized"), 1800  # seconds: six turns of its timer

lp = LoadParm()
lp.load_default()
machine = Credentials()
machine.guess(lp)
machine.set_machine_account(lp)
here = SamDB(url=lp.samdb_url(), lp=lp, session_info=system_session())


class Controller:
    """A controller as the directory knows it: its name, and the identifier of its replica."""

    def __init__(self, settings: Any) -> None:
        server = here.search(settings.dn.parent(), ldb.SCOPE_BASE, attrs=["dNSHostName"])[0]
        self.name = str(server.get("dNSHostName", idx=0, default=b"").decode() or server.dn.get_rdn_value().lower())
        self.guid = misc.GUID(settings["objectGUID"][0])
        self.invocation = misc.GUID(settings["invocationId"][0])
        self.age = time.time() - ldb.string_to_time(str(settings["whenCreated"]))

    def answers(self) -> bool:
        """Whether somebody listens there; a machine that is off is not waited for."""
        try:
            socket.create_connection((self.name, 389), timeout=3).close()
        except OSError:
            return False
        return True

    def open(self) -> SamDB:
        return SamDB(url=f"ldap://{self.name}", lp=lp, credentials=machine, session_info=system_session())

    def fetches_from(self, source: "Controller") -> None:
        """Make this one fetch all that the other has, and wait for it."""
        rpc = drsuapi.drsuapi(f"ncacn_ip_tcp:{self.name}[seal]", lp, machine)
        handle, _ = drs_DsBind(rpc)
        for partition in PARTITIONS:
            request = drsuapi.DsReplicaSyncRequest1()  # not-a-secret: a structure of samba
            request.naming_context = drsuapi.DsReplicaObjectIdentifier()
            request.naming_context.dn = partition
            request.source_dsa_guid = source.guid
            request.options = drsuapi.DRSUAPI_DRS_WRIT_REP
            try:
                rpc.DsReplicaSync(handle, 1, request)
            except WERRORError:  # it does not know the other yet: it looks who there is, and tries again
                rpc.DsExecuteKCC(handle, 1, drsuapi.DsExecuteKCC1())
                rpc.DsReplicaSync(handle, 1, request)


def between(me: Controller, other: Controller) -> list[str]:
    """What is wrong between this controller and another. Raises LdbError where the other cannot be asked."""
    there = other.open()
    troubles = []
    clock = str(there.search("", ldb.SCOPE_BASE, attrs=["currentTime"])[0]["currentTime"])
    ahead = ldb.string_to_time(clock) - time.time()
    if abs(ahead) > SKEW:
        troubles.append(f"the clock of {other.name} is {abs(ahead):.0f} s {'ahead' if ahead > 0 else 'behind'}")
    if seen(there, me) > int(here.sequence_number(ldb.SEQ_HIGHEST_SEQ)):
        PUT_BACK.touch()
        return troubles
    for fetches, source in ((me, other), (other, me)):
        try:
            fetches.fetches_from(source)
        except Exception as error:  # whatever it says, the two do not hold the same
            troubles.append(f"{fetches.name} cannot fetch from {source.name}: {error.args[-1]}")
    return troubles


def rebuilt(me: Controller) -> bool:
    """Whether this one has lately taken the place of another of its name, for whose keys the others have tickets."""
    gone = here.search(
        here.get_config_basedn(), expression="(&(objectClass=nTDSDSA)(isDeleted=TRUE))", controls=["show_deleted:1"]
    )
    names = {each.dn.get_component_value(1).split("\n")[0].lower() for each in gone}
    return me.age < REBUILT and me.name.partition(".")[0].lower() in names


def seen(there: SamDB, whose: Controller) -> int:
    """The last change of a controller that another one has."""
    found = there.search(there.domain_dn(), ldb.SCOPE_BASE, attrs=["replUpToDateVector"])[0]
    if "replUpToDateVector" not in found:
        return 0
    vector = ndr_unpack(drsblobs.replUpToDateVectorBlob, found["replUpToDateVector"][0])
    cursors = [each for each in vector.ctr.cursors if each.source_dsa_invocation_id == whose.invocation]
    return max((int(each.highest_usn) for each in cursors), default=0)


def sysvol(others: list[Controller]) -> list[str]:
    """Whether the files of the group policies were fetched; the PDC emulator has them first."""
    owner = str(here.search(here.domain_dn(), ldb.SCOPE_BASE, attrs=["fSMORoleOwner"])[0]["fSMORoleOwner"])
    if not others or owner.casefold() == str(here.get_dsServiceName()).casefold():
        return []
    if not SYSVOL_STAMP.exists():
        return ["SYSVOL was never fetched: systemctl start sync-sysvol"]
    age = time.time() - SYSVOL_STAMP.stat().st_mtime
    return [f"SYSVOL was last fetched {age / 60:.0f} minutes ago"] if age > SYSVOL_AGE else []


PARTITIONS = [str(each) for each in here.search("", ldb.SCOPE_BASE, attrs=["namingContexts"])[0]["namingContexts"]]
found = here.search(
    here.get_config_basedn(), expression="(objectClass=nTDSDSA)", attrs=["objectGUID", "invocationId", "whenCreated"]
)
me = next(each for each in map(Controller, found) if str(each.guid) == here.get_ntds_GUID())
others = [each for each in map(Controller, found) if each.guid != me.guid]
bad, same = [], []
for other in others:
    if not other.answers():
        print(f"{other.name} does not answer")
        continue
    try:
        troubles = between(me, other)
    except ldb.LdbError as error:
        troubles = [f"{other.name} cannot be asked: {error.args[-1]}"]
    if troubles and rebuilt(me):
        print(*troubles, f"{other.name} may have tickets for what {me.name} was: restart samba there", sep="\n")
    else:
        bad += troubles
        same += [] if troubles else [other.name]
if PUT_BACK.exists():
    subprocess.run(["systemctl", "stop", "samba-ad-dc.service"], check=True)
    sys.exit(f"{me.name} was put back to an earlier state, and is stopped: the next deploy makes it join anew")
bad += sysvol(others)
print("\n".join(bad) or f"{me.name} holds the same as {', '.join(same) or 'nobody: it is alone'}")
sys.exit(bool(bad))
