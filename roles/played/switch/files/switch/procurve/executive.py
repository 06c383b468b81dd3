"""The commands of the operator and of the manager. In configuration mode they are taken as well."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..grammar import command
from ..machine import Switch
from . import protections, restart, shows

if TYPE_CHECKING:
    from .cli import Session

SAVE = "Do you want to save current configuration [y/n/^C]? "
CONTINUE = "Do you want to continue [y/n]? "

Show = Callable[[Switch], str]


def _nothing(*_: object) -> str:
    return ""


def _enable(session: Session) -> str:
    def answered(secret: str) -> str:
        session.privileged = secret == session.switch.enable
        return "" if session.privileged else "Invalid password"

    if not session.privileged and session.switch.enable is not None:
        return session.ask("Password: ", answered, hidden=True)
    session.privileged = True
    return ""


def _configure(session: Session) -> str:
    session.configuring = True
    return ""


def _exit(session: Session) -> str:
    return session.leave()


def _paging(paged: bool) -> Callable[[Session], str]:
    def run(session: Session) -> str:
        session.paged = paged and session.terminal
        return ""

    return run


def _save(session: Session) -> str:
    """It says nothing."""
    session.switch.save()
    return ""


def _unsaved(switch: Switch) -> bool:
    return switch.saved != switch.personality.dump(switch.config)


def _logout(session: Session) -> str:
    def out(key: str) -> str:
        if key == "n":
            return ""
        if _unsaved(session.switch):
            return session.ask(SAVE, save_and_close)
        session.closed = True
        return ""

    def save_and_close(key: str) -> str:
        if key == "y":
            session.switch.save()
        session.closed = True
        return ""

    return session.ask("Do you want to log out [y/n]? ", out)


def _boot(question: str) -> Callable[[Session], str]:
    """Start again now. Where what runs is not saved, it asks for that too."""

    def run(session: Session) -> str:
        switch = session.switch

        def agreed(key: str) -> str:
            if key == "n":
                return ""
            return session.ask(SAVE, saved) if _unsaved(switch) else start()

        def saved(key: str) -> str:
            if key == "y":
                switch.save()
            return start()

        def start() -> str:
            session.closed = True
            switch.restart()
            return ""

        return session.ask(question, agreed)

    return run


def _reload_after(session: Session, minutes: str) -> str:
    """It does not ask whether to save: what is not saved by then is lost."""

    def agreed(key: str) -> str:
        if key == "n":
            return ""
        restart.schedule(session.switch, int(minutes))
        return f"Reload scheduled (in {restart.words(int(minutes))})"

    return session.ask(
        f"Reload scheduled in {restart.words(int(minutes))}.\n"
        f"System will be rebooted at the scheduled time from primary image. {CONTINUE}",
        agreed,
    )


def _no_reload(session: Session) -> str:
    session.switch.pending = None
    return ""


def _show_reload(session: Session) -> str:
    pending: restart.Reload | None = session.switch.pending
    return f"Reload scheduled (in {restart.words(pending.minutes)})" if pending else "No reload is scheduled."


def _show(render: Show) -> Callable[[Session], str]:
    return lambda session: render(session.switch)


def _show_vlan(session: Session, number: str) -> str:
    return shows.vlan(session.switch, int(number))


def _show_arp(session: Session, vlan: str) -> str:
    return protections.arp_statistics(session.switch, int(vlan))


def _show_memberships(session: Session, which: str) -> str:
    return shows.memberships(session.switch, which)


EXEC = [
    command("enable", _enable),
    command("exit", _exit),
    command("logout", _logout),
    command("quit", _logout),
    command("configure", _configure),
    command("configure terminal", _configure),
    command("page", _paging(True)),
    command("no page", _paging(False)),
    command("terminal width <number>", _nothing),
    command("terminal length <number>", _nothing),
    command("write memory", _save),
    command("write terminal", _show(shows.running_config)),
    command("reload", _boot(f"System will be rebooted from primary image. {CONTINUE}")),
    command("reload after <number>", _reload_after),
    command("no reload", _no_reload),
    command("boot", _boot(f"This management module will now reboot from primary image. {CONTINUE}")),
    command("boot system", _boot(f"System will be rebooted from primary image. {CONTINUE}")),
    command("show reload after", _show_reload),
    command("show running-config", _show(shows.running_config)),
    command("show config", _show(shows.startup_config)),
    command("show version", _show(shows.version)),
    command("show vlans", _show(shows.vlans)),
    command("show vlans <vlan>", _show_vlan),
    command("show vlans ports <word> detail", _show_memberships),
    command("show interfaces brief", _show(shows.interfaces_brief)),
    command("show interfaces status", _show(shows.interfaces_status)),
    command("show mac-address", _show(shows.mac_address)),
    command("show dhcp-snooping binding", _show(protections.bindings)),
    command("show arp-protect statistics <vlan>", _show_arp),
    command("show lldp info remote-device detail", _show(shows.lldp_neighbours)),
]
UNPRIVILEGED = {
    *((word,) for word in ("enable", "exit", "logout", "quit", "page")),
    ("no", "page"),
    *(("show", word) for word in ("version", "vlans", "interfaces", "mac-address")),
}
