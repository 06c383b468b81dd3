"""The domain and what it holds, converging on state. Passwords travel over stdin alone."""

import json
from collections.abc import Generator
from dataclasses import astuple

from pyinfra import host
from pyinfra.api import QuoteString, operation

from inventory.secrets import Secrets
from roles.common.commands import Explained, Says
from roles.common.late import Late
from roles.common.programs import program
from roles.directory import objects, privileged, records
from roles.directory import rights as delegated
from roles.directory.audit import recorded
from roles.directory.config import DATABASE, ControllerConfig
from roles.directory.facts import PROGRAMS, UNFINISHED, DirectoryEntries, DnsZones, Provisioned, UnitRights
from roles.directory.ldif import text_of
from roles.directory.passwords import with_passwords


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
    Ensure the units, people, groups and password policy of the inventory, all or nothing.

    + desired: what the directory must hold
    + secrets: where the first password of a new account is; an existing account keeps its own
    """
    entries = host.get_fact(DirectoryEntries)
    wanted = [*objects.changes(desired, entries), *privileged.changes(desired, entries)]
    if not wanted:
        host.noop("the directory holds what the inventory says")
        return
    yield Explained(
        recorded("ldbmodify", "-H", QuoteString(DATABASE)),
        changes=[Says(change.says, change.institution, change.removes) for change in wanted],
        _stdin=Late(lambda: text_of(with_passwords(wanted, secrets))),
    )


@operation()
def rights(desired: objects.Desired) -> Generator[Explained, None, None]:
    """
    Ensure that the help desk of each institution may do its work in its own unit. What others granted stays.

    + desired: what the directory must hold
    """
    wanted = delegated.missing(delegated.delegations(desired), host.get_fact(UnitRights))
    if not wanted:
        host.noop("the help desks hold their rights")
        return
    yield Explained(
        recorded(program(PROGRAMS / "grant.py")),
        changes=[Says(grant.says(), grant.delegation.institution) for grant in wanted],
        _stdin=json.dumps(
            [
                [grant.delegation.unit, grant.delegation.group, [delegated.RIGHTS[right] for right in grant.rights]]
                for grant in wanted
            ]
        ),
    )


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
