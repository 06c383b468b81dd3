"""The domain and what it holds, converging on state. Passwords travel over stdin alone."""

import json
from collections.abc import Generator, Mapping
from dataclasses import astuple
from functools import partial

from pyinfra import host
from pyinfra.api import QuoteString, operation

from inventory.secrets import Secrets
from roles.common.commands import Explained, Says
from roles.common.late import Late
from roles.common.programs import program
from roles.directory import objects, privileged, records
from roles.directory import rights as delegated
from roles.directory.audit import recorded
from roles.directory.config import DATABASE, SYSVOL_STAMP, ControllerConfig
from roles.directory.facts import (
    PROGRAMS,
    UNFINISHED,
    DirectoryEntries,
    DnsZones,
    Held,
    KnownControllers,
    Provisioned,
    UnitRights,
)
from roles.directory.ldif import Entries, text_of
from roles.directory.passwords import with_passwords
from roles.directory.peers import comes, founds, provisioned

MOST_ASKED = 2000  # accounts that one command line can name
BATCH = 1000  # changes of one transaction, which samba keeps in memory: 0.4 MiB a new account among 20,000


@operation()
def domain(cfg: ControllerConfig, secrets: Secrets) -> Generator[Explained, None, None]:
    """
    Ensure that this is a controller of the domain: found it where nobody has it, else join those who have.

    A domain that exists is never touched, and an attempt that died is begun again.

    + cfg: the controller, whose smb.conf is in place
    + secrets: where the administrator's password is
    """
    if host.get_fact(Provisioned):
        host.noop(f"a controller of {cfg.realm}")
        return
    joins = not founds(cfg, {name: provisioned(name) for name in cfg.others})
    what, made = ("join.py", _join) if joins else ("samba_tool.py", _found)
    yield Explained(
        *("touch", UNFINISHED, "&&", program(PROGRAMS / what), "&&", "rm", UNFINISHED),
        changes=[f"{'join' if joins else 'provision'} the domain {cfg.realm}"],
        opens=True,
        _stdin=Late(lambda: json.dumps(made(cfg, secrets.get("directory", "administrator").reveal()))),
    )


def _found(cfg: ControllerConfig, password: str) -> list[str]:
    return [
        *("domain", "provision", "--server-role=dc", "--dns-backend=SAMBA_INTERNAL", "--use-rfc2307"),
        *("--function-level=2016", f"--realm={cfg.realm}", f"--domain={cfg.workgroup}"),
        *(f"--host-name={cfg.name}", f"--host-ip={cfg.address}", "--quiet", f"--adminpass={password}"),
        "--debuglevel=0",  # else each entry of every new domain is a line of audit
    ]


def _join(cfg: ControllerConfig, password: str) -> dict[str, object]:
    peers = [f"{name}.{cfg.domain}" for name in cfg.others]
    return {"realm": cfg.realm, "peers": peers, "password": password}


@operation()
def fresh_tickets(cfg: ControllerConfig) -> Generator[Explained, None, None]:
    """
    Ensure that samba holds no tickets for what another controller was before it was rebuilt: they live for hours.

    + cfg: the controller
    """
    known = host.get_fact(KnownControllers)
    coming = {name for name in known.controllers.intersection(cfg.others) if comes(name)}
    if not (known.rebuilt or coming):
        host.noop("no controller was rebuilt since samba started")
        return
    yield Explained(
        "systemctl restart samba-ad-dc.service",
        changes=[
            f"restart samba-ad-dc.service: {', '.join(sorted(known.rebuilt | coming))} is rebuilt, with other keys"
        ],
        risk="interruption",
    )


@operation()
def controllers(cfg: ControllerConfig) -> Generator[Explained, None, None]:
    """
    Ensure that the directory knows no other controllers than the inventory, and that each role has a living holder.

    + cfg: the controller that takes the roles which nobody of the inventory holds
    """
    known = host.get_fact(KnownControllers)
    if known.controllers.issubset(cfg.controllers) and set(known.roles.values()).issubset(cfg.controllers):
        host.noop("every controller is of the inventory, and holds what one alone holds")
    # A role whose holder was rebuilt, or is no more, can only be seized; between living ones an engineer transfers it.
    for role in (role for role, holder in known.roles.items() if holder not in cfg.controllers):
        # Who is the PDC emulator has the files that the others fetch: a controller that was rebuilt fetches them first.
        first = ("/usr/local/sbin/sync-sysvol", "&&", "test", "-e", SYSVOL_STAMP, "&&") if role == "pdc" else ()
        yield Explained(
            recorded(*first, "samba-tool", "fsmo", "seize", "--force", f"--role={role}"),
            changes=[f"role {role}: taken by {cfg.name}, its holder is no more"],
        )
    for name in sorted(known.controllers - set(cfg.controllers)):
        yield Explained(
            recorded(
                *("samba-tool", "domain", "demote", "--machine-pass", "--use-kerberos=required"),
                QuoteString(f"--remove-other-dead-server={name.upper()}"),
            ),
            changes=[f"controller {name}: remove from the directory"],
            risk="removal",
        )


@operation()
def content(desired: objects.Desired, secrets: Secrets) -> Generator[Explained, None, None]:
    """
    Ensure the units, people, groups and password policy of the inventory: a batch is done whole, or not at all.

    What a run that died left undone, the next one does: only what differs is changed.

    + desired: what the directory must hold
    + secrets: where the first password of a new account is; an existing account keeps its own
    """
    entries, same = _held(objects.digests(desired))
    wanted = [*objects.changes(desired, entries, same), *privileged.changes(desired, entries)]
    if not wanted:
        host.noop("the directory holds what the inventory says")
        return
    for first in range(0, len(wanted), BATCH):
        batch = wanted[first : first + BATCH]
        yield Explained(
            recorded("ldbmodify", "-H", QuoteString(DATABASE)),
            changes=[Says(change.says, change.institution, change.removes) for change in batch],
            _stdin=Late(partial(_ldif, batch, secrets)),
        )


def _held(wanted: Mapping[str, objects.Account]) -> tuple[Entries, list[objects.Account]]:
    """What the directory holds otherwise than as wanted, and the accounts that are as wanted.

    Each answer is one look at everything: the accounts that differ are asked for whole, with the rest anew.
    """
    held: Held = host.get_fact(DirectoryEntries)
    if others := sorted(held.digests - wanted.keys()):
        held = host.get_fact(DirectoryEntries, whole=others if len(others) <= MOST_ASKED else ["*"])
    if held.digests - wanted.keys():  # somebody was at work between the two
        held = host.get_fact(DirectoryEntries, whole=["*"])
    return held.entries, [account for digest, account in wanted.items() if digest in held.digests]


def _ldif(batch: list[objects.Change], secrets: Secrets) -> str:
    return text_of(with_passwords(batch, secrets))


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
