"""The commands of user and privileged mode."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..grammar import Refused, command
from ..machine import Switch
from . import protections, rollback, shows

if TYPE_CHECKING:
    from .cli import Session

ATTEMPTS = 3  # at the enable secret
SAVED = "Building configuration...\n[OK]"

Show = Callable[[Switch], str]


def _nothing(*_: object) -> str:
    return ""


def _enable(session: Session) -> str:
    if session.privileged or session.switch.enable is None:
        session.privileged = True
        return ""
    return _ask_secret(session, 1)


def _ask_secret(session: Session, attempt: int) -> str:
    def answered(secret: str) -> str:
        if secret == session.switch.enable:
            session.privileged = True
            return ""
        return "% Bad secrets\n" if attempt == ATTEMPTS else _ask_secret(session, attempt + 1)

    return session.ask("Password: ", answered, hidden=True)


def _disable(session: Session) -> str:
    session.privileged = False
    return ""


def _configure_terminal(session: Session) -> str:
    session.configuring = True
    return "Enter configuration commands, one per line.  End with CNTL/Z."


def _configure_guarded(session: Session, minutes: str) -> str:
    where = rollback.arm(session.switch, session.user, int(minutes))
    copied = f"Rollback Confirmed Change: Backing up current running config to {where}\n\n"
    return copied + _configure_terminal(session)


def _confirm(session: Session) -> str:
    rollback.confirm(session.switch, session.user)
    return ""


def _revert_now(session: Session) -> str:
    rollback.revert(session.switch, session.user)
    return "!Pass 1\n\nTotal number of passes: 1\nRollback Done"


def _close(session: Session) -> str:
    session.closed = True
    return ""


def _save(session: Session) -> str:
    session.switch.save()
    return SAVED


def _ask_destination(session: Session) -> str:
    return session.ask("Destination filename [startup-config]? ", lambda _name: _save(session))


def _show(render: Show) -> Callable[[Session], str]:
    return lambda session: render(session.switch)


def _show_interface(session: Session, name: str) -> str:
    lines = session.switch.config.render().splitlines()
    header = f"interface {name}"
    if header not in lines:
        raise Refused(f"% Invalid interface {name}")
    first = lines.index(header)
    block = lines[first : lines.index("!", first)]
    return "\n".join(["Building configuration...", "", "Current configuration:", "!", *block, "end"])


EXEC = [
    command("enable", _enable),
    command("disable", _disable),
    command("exit", _close),
    command("logout", _close),
    command("quit", _close),
    command("terminal length <number>", _nothing),
    command("terminal width <number>", _nothing),
    command("configure terminal", _configure_terminal),
    command("configure terminal revert timer <number>", _configure_guarded),
    command("configure confirm", _confirm),
    command("configure revert now", _revert_now),
    command("show archive config rollback timer", _show(shows.rollback_timer)),
    command("write memory", _save),
    command("write", _save),
    command("copy running-config startup-config", _ask_destination),
    command("show running-config", _show(shows.running_config)),
    command("show running-config interface <interface>", _show_interface),
    command("show startup-config", _show(shows.startup_config)),
    command("show version", _show(shows.version)),
    command("show vlan brief", _show(shows.vlan_brief)),
    command("show interfaces status", _show(shows.interfaces_status)),
    command("show interfaces status err-disabled", _show(shows.err_disabled)),
    command("show errdisable recovery", _show(shows.errdisable_recovery)),
    command("show lldp neighbors", _show(shows.lldp_neighbors)),
    command("show lldp neighbors detail", _show(shows.lldp_neighbors_detail)),
    command("show ip dhcp snooping", _show(shows.dhcp_snooping)),
    command("show ip dhcp snooping binding", _show(protections.bindings)),
    command("show ip arp inspection", _show(protections.arp_inspection)),
    command("show spanning-tree inconsistentports", _show(protections.inconsistent_ports)),
    command("show port-security", _show(protections.port_security)),
    command("show snmp user", _show(shows.snmp_users)),
    command("show interfaces trunk", _show(shows.interfaces_trunk)),
    command("show interfaces switchport", _show(shows.interfaces_switchport)),
    command("show mac address-table", _show(shows.mac_address_table)),
]
UNPRIVILEGED = {
    *((word,) for word in ("enable", "exit", "logout", "quit")),
    *(("terminal", word) for word in ("length", "width")),
    *(("show", word) for word in ("version", "vlan", "interfaces", "mac")),
}
