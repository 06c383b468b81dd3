"""Restore a backup of the domain where nobody sees it, start it there, and use it. Prints what was proved, a line each.

To be run in network, mount and process namespaces of its own (unshare --net --mount --pid --fork --kill-child
--mount-proc): the domain that people use is not touched, and all that is started here ends with this program.
Argument: the backup. Stdin: JSON of realm, account and password (a person or service that must be able to log in), and
of made: when the backup was made, by its name, or nothing where that is now. Who came since need not be in it.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import ldb
from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB

LIVE = "/etc/samba/smb.conf"
TAKES = 600  # seconds that a backup takes at most, from its reading of the directory to its name
NAME = "rehearsal"  # a restored domain begins with a controller of another name
KERBEROS = "[libdefaults]\n default_realm = {0}\n dns_lookup_kdc = false\n[realms]\n {0} = {{\n  kdc = 127.0.0.1\n }}\n"


def run(what: str, *command: str, stdin: str = "", **environment: str) -> None:
    done = subprocess.run(
        command, input=stdin, capture_output=True, text=True, check=False, env={**os.environ, **environment}
    )
    if done.returncode:
        said = (done.stderr + done.stdout).strip().splitlines() or [f"exit status {done.returncode}"]
        sys.exit(f"{what} failed: {said[-1]}")


def wait_for(what: str, there: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not there():
        if time.monotonic() > deadline:
            sys.exit(f"{what} did not come within {seconds:g} s")
        time.sleep(0.2)


def listening(port: int) -> bool:
    return bool(subprocess.run(["ss", "-Hltn", f"sport = :{port}"], capture_output=True, check=True).stdout)


def accounts(configuration: str) -> dict[str, dict[str, float]]:
    """The accounts and groups of a domain by kind: their identifiers, and when they were made."""
    lp = LoadParm()
    lp.load(configuration)
    db = SamDB(url=lp.samdb_url(), lp=lp, session_info=system_session(), flags=ldb.FLG_DONT_CREATE_DB)
    kinds = {"people and services": "(objectCategory=person)", "groups": "(objectCategory=group)"}
    found = {}
    for kind, of_it in kinds.items():
        entries = db.search(db.domain_dn(), expression=of_it, attrs=["objectGUID", "whenCreated"])
        found[kind] = {
            db.schema_format_value("objectGUID", each["objectGUID"][0]).decode(): float(
                ldb.string_to_time(str(each["whenCreated"]))
            )
            for each in entries
        }
    return found


def since(made: str) -> float:
    """From when on an account may be missing: the backup was under way before it had its name."""
    when = datetime.strptime(made, "%Y-%m-%dT%H-%M-%SZ").replace(tzinfo=UTC) if made else datetime.now(UTC)
    return when.timestamp() - (TAKES if made else 0)


def end_all() -> None:
    """End whatever was started here, in this namespace: it would write on in the folder that is removed."""
    if os.getpid() != 1:
        sys.exit("this program is not the first of a process namespace of its own")
    try:
        os.kill(-1, signal.SIGKILL)
        while True:
            os.wait()
    except (ProcessLookupError, ChildProcessError):
        return  # nothing is left


def rehearse(backup: str, folder: Path, login: dict[str, str]) -> None:
    began = time.monotonic()
    domain, kerberos = folder / "domain", folder / "krb5.conf"
    configuration = f"{domain}/etc/smb.conf"
    restore = ("domain", "backup", "restore", f"--backup-file={backup}", f"--targetdir={domain}")
    run("the restore", "samba-tool", *restore, f"--newservername={NAME}", f"--configfile={LIVE}")
    run("the permissions of SYSVOL", "samba-tool", "ntacl", "sysvolreset", f"--configfile={configuration}")
    run("the check of the database", "samba-tool", "dbcheck", "--cross-ncs", f"--configfile={configuration}")
    print(f"{Path(backup).name} is restored in {time.monotonic() - began:.0f} s, and its database is sound")

    restored, live = accounts(configuration), accounts(LIVE)
    for kind, known in live.items():
        then = {each for each, created in known.items() if created < since(login["made"])}
        if lost := then - restored[kind].keys():
            sys.exit(f"{len(lost)} of {len(then)} {kind} are not in the backup")
        later = f"; {len(known) - len(then)} came later" if len(known) > len(then) else ""
        print(f"{len(then)} of {len(then)} {kind} are in it{later}")

    alone = ("--option=interfaces=lo", "--option=bind interfaces only=yes")
    samba = subprocess.Popen(["samba", f"--configfile={configuration}", *alone, "--foreground", "--no-process-group"])
    wait_for("the restored controller", lambda: samba.poll() is not None or (listening(88) and listening(636)))
    kerberos.write_text(KERBEROS.format(login["realm"]))
    who = f"{login['account']}@{login['realm']}"
    environment = {"KRB5_CONFIG": str(kerberos), "KRB5CCNAME": "MEMORY:"}
    run(f"the login of {login['account']}", "kinit", who, stdin=login["password"], **environment)
    print(f"{login['account']} logs in to it")


subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run/samba"], check=True)
given = json.load(sys.stdin)
with tempfile.TemporaryDirectory(prefix="rehearsal.", dir="/var/lib/samba") as scratch:
    try:
        rehearse(sys.argv[1], Path(scratch), given)
    finally:
        end_all()
