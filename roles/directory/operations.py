"""The domain and what it holds, converging on state. Passwords travel over stdin alone."""

import json
from collections.abc import Generator
from dataclasses import astuple
from functools import partial

from pyinfra import host
from pyinfra.api import QuoteString, operation

from inventory.secrets import Secrets
from roles.common.commands import Explained, Says
from roles.common.late import Late
from roles.common.programs import program
from roles.directory import objects, records
from roles.directory.config import DATABASE, ControllerConfig
from roles.directory.facts import PROGRAMS, UNFINISHED, DirectoryEntries, DnsZones, Provisioned
from roles.directory.ldif import text_of
from roles.directory.passwords import with_passwords

BATCH = 2000  # changes of one transaction; samba keeps it in memory, some 150 KiB a new account


@operation()
def provisioned(cfg: ControllerConfig, secrets: Secrets) -> Generator[Explained, None, None]:
    """
    Ensure the domain. An attempt that died is begun again; a domain that exists is never touched.

    + cfg: the controller, whose smb.conf is in place
    + secrets: where the administrator's password is
    """
    if host.get_fact(Provisioned):
        host.noop(f"the domain {cfg.realm} exists")
        return
    arguments = [
        *("domain", "provision", "--server-role=dc", "--dns-backend=SAMBA_INTERNAL", "--use-rfc2307"),
        *("--function-level=2016", f"--realm={cfg.realm}", f"--domain={cfg.workgroup}"),
        *(f"--host-name={cfg.name}", f"--host-ip={cfg.address}", "--quiet"),
    ]
    yield Explained(
        *("touch", UNFINISHED, "&&", program(PROGRAMS / "samba_tool.py"), "&&", "rm", UNFINISHED),
        changes=[f"provision the domain {cfg.realm}"],
        opens=True,
        _stdin=Late(
            lambda: json.dumps([*arguments, f"--adminpass={secrets.get('directory', 'administrator').reveal()}"])
        ),
    )


@operation()
def content(desired: objects.Desired, secrets: Secrets) -> Generator[Explained, None, None]:
    """
    Ensure the units, people, groups and password policy of the inventory: a batch is done whole, or not at all.

    What a run that died left undone, the next one does: only what differs is changed.

    + desired: what the directory must hold
    + secrets: where the first password of a new account is; an existing account keeps its own
    """
    wanted = objects.changes(desired, host.get_fact(DirectoryEntries))
    if not wanted:
        host.noop("the directory holds what the inventory says")
        return
    for first in range(0, len(wanted), BATCH):
        batch = wanted[first : first + BATCH]
        yield Explained(
            *("ldbmodify", "-H", QuoteString(DATABASE), ">/dev/null"),
            changes=[Says(change.says, change.institution, change.removes) for change in batch],
            _stdin=Late(partial(_ldif, batch, secrets)),
        )


def _ldif(batch: list[objects.Change], secrets: Secrets) -> str:
    return text_of(with_passwords(batch, secrets))


@operation()
def zones(desired: records.Zones, server: str) -> Generator[Explained, None, None]:
    """
    Ensure the names of the inventory. Records that it does not decide of stay as they are.

    + desired: the zones and records that must exist
    + server: the controller's full name
    """
    wanted = records.changes(desired, host.get_fact(DnsZones))
    if not wanted.says():
        host.noop("the zones hold what the inventory says")
        return
    yield Explained(
        program(PROGRAMS / "change_zones.py"),
        changes=wanted.says(),
        _stdin=json.dumps(
            {
                "server": server,
                "zones": wanted.zones,
                "add": [astuple(record) for record in wanted.add],
                "remove": [astuple(record) for record in wanted.remove],
            }
        ),
    )
