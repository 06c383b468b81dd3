#!/usr/bin/python3 -I
"""Whether the controllers hold the same: each makes the other fetch, now, in both directions. A line for each trouble.

A controller that does not answer is said, and is no trouble of this one's. Exit status 1 where there is trouble.

One that was put back to an earlier state (an image) gives numbers out a second time, and the others pass over
what it changes. It stops itself for good, as soon as it sees that: the next deploy makes it join anew.

Once a controller took the place of another, two things that are left of the other are mended here: that it holds the
names (samba's join leaves it, and dbcheck calls it an error), and the tickets that samba here has for it.
"""

import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import ldb
from samba import WERRORError, dsdb
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
RESTARTED = Path("/var/lib/samba/.restarted-for")  # the replicas for whom samba was restarted here, a line each
LOCATIONS = "msDS-NC-Replica-Locations"
ANSWERS = 60  # seconds until samba fetches after a restart
SYSVOL_STAMP, SYSVOL_AGE = Path("/var/lib/samba/sysvol.synchronized"), 1800  # seconds: six turns of its timer

lp = LoadParm()
lp.load_default()
machine = Credentials()
machine.guess(lp)
machine.set_machine_account(lp)
nobody = Credentials()
nobody.guess(lp)
nobody.set_anonymous()
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

    def ahead(self) -> float:
        """The seconds that its clock is ahead of ours. Asked without a ticket, which a wrong clock would refuse."""
        root = SamDB(url=f"ldap://{self.name}", lp=lp, credentials=nobody)
        clock = str(root.search("", ldb.SCOPE_BASE, attrs=["currentTime"])[0]["currentTime"])
        return float(ldb.string_to_time(clock) - time.time())

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


def wrong_clock(other: Controller) -> list[str]:
    """That the clock of another is not ours; nothing where it cannot be asked."""
    try:
        ahead = other.ahead()
    except ldb.LdbError:
        return []
    way = "ahead" if ahead > 0 else "behind"
    said = f"the clock of {other.name} is {abs(ahead):.0f} s {way} of ours: `chronyc tracking` on both"
    return [said] if abs(ahead) > SKEW else []


def between(me: Controller, other: Controller) -> list[str]:
    """What is wrong between this controller and another."""
    try:
        last = seen(other.open(), me)
    except ldb.LdbError as error:
        return [f"{other.name} cannot be asked: {error.args[-1]}"]
    if last > int(here.sequence_number(ldb.SEQ_HIGHEST_SEQ)):
        PUT_BACK.touch()
        return []
    troubles = []
    for fetches, source in ((me, other), (other, me)):
        try:
            fetches.fetches_from(source)
        except Exception as error:  # whatever it says, the two do not hold the same
            troubles.append(f"{fetches.name} cannot fetch from {source.name}: {error.args[-1]}")
    return troubles


def restart_for(other: Controller) -> None:
    """Samba here forgets what another was. What its KDC must know of the other comes with the first fetch."""
    RESTARTED.write_text("".join(f"{guid}\n" for guid in (*restarted(), other.guid)))
    print(f"{me.name} has tickets for what {other.name} was: samba is restarted")
    subprocess.run(["systemctl", "restart", "samba-ad-dc.service"], check=True)
    for _ in range(ANSWERS):
        try:
            me.fetches_from(other)
        except Exception:  # not yet: samba is still starting
            time.sleep(1)
        else:
            return


def restarted() -> list[str]:
    """The replicas for whom that was done: once for each."""
    return RESTARTED.read_text().split() if RESTARTED.exists() else []


def gone() -> list[Any]:
    """The settings of controllers that are no more."""
    expression = "(&(objectClass=nTDSDSA)(isDeleted=TRUE))"
    return list(here.search(here.get_config_basedn(), expression=expression, controls=["show_deleted:1"]))


def replaces(controller: Controller) -> bool:
    """Whether it has taken the place of another of its name."""
    names = {each.dn.get_component_value(1).split("\n")[0].lower() for each in gone()}
    return controller.name.partition(".")[0].lower() in names


def rebuilt(me: Controller) -> bool:
    """Whether this one has lately taken the place of another, for whose keys the others have tickets."""
    return me.age < REBUILT and replaces(me)


def forget_gone() -> None:
    """Take away that a controller which is no more holds the names; nothing else is looked at."""
    dead = {str(misc.GUID(each["objectGUID"][0])) for each in gone()}
    zones = here.search(
        f"CN=Partitions,{here.get_config_basedn()}",
        expression=f"({LOCATIONS}=*)",
        attrs=[LOCATIONS],
        controls=["extended_dn:1:1", "reveal_internals:0", "show_deleted:1"],
    )
    for zone in zones:
        for value in zone[LOCATIONS]:
            if str(misc.GUID(ldb.Dn(here, value.decode()).get_extended_component("GUID"))) in dead:
                change = ldb.Message(zone.dn)
                change[LOCATIONS] = ldb.MessageElement(value, ldb.FLAG_MOD_DELETE, LOCATIONS)
                here.modify(change, ["show_recycled:1", f"local_oid:{dsdb.DSDB_CONTROL_REPLMD_VANISH_LINKS}:1"])


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
    clock = wrong_clock(other)  # first, and alone: what Kerberos would say of it leads elsewhere
    troubles = clock or between(me, other)
    if troubles and not clock and replaces(other) and str(other.guid) not in restarted():
        restart_for(other)
        troubles = between(me, other)
    if troubles and rebuilt(me):
        print(*troubles, f"{other.name} may have tickets for what {me.name} was: restart samba there", sep="\n")
    else:
        bad += troubles
        same += [] if troubles else [other.name]
if PUT_BACK.exists():
    subprocess.run(["systemctl", "stop", "samba-ad-dc.service"], check=True)
    print(f"{me.name} was put back to an earlier state, and is stopped: a deploy of all controllers makes it join anew")
    sys.exit(1)
forget_gone()
bad += sysvol(others)
print("\n".join(bad) or f"{me.name} holds the same as {', '.join(same) or 'nobody: it is alone'}")
sys.exit(bool(bad))
