"""The commands of the user view, and `display`, which every view takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..grammar import Refused, command
from ..machine import Switch
from . import protections, restart, shows
from .grammar import wrong

if TYPE_CHECKING:
    from .cli import Session

QUESTION = "The current configuration will be written to the device.\nAre you sure to continue?[Y/N]"
FILE = "Info: Please input the file name ( *.cfg, *.zip ) [vrpcfg.zip]:"
WRITTEN = "Now saving the current configuration to the slot 0.\nSave the configuration successfully."


def _nothing(*_: object) -> str:
    return ""


def _system_view(session: Session) -> str:
    session.configuring = True
    return "Enter system view, return user view with Ctrl+Z."


def _pages(session: Session, lines: str) -> str:
    if int(lines) > 512:
        raise wrong(session.typed.index(lines))
    session.page = int(lines)
    return "Info: The configuration takes effect on the current user terminal interface only."


def _close(session: Session) -> str:
    session.closed = True
    return ""


def _save(session: Session) -> str:
    """It asks whether, and then for the name of the file: an empty line is the usual one."""

    def named(name: str = "") -> str:
        if name and not name.endswith((".cfg", ".zip")):
            raise Refused("Error: The file name is invalid.")
        session.switch.save()
        return WRITTEN

    def sure() -> str:
        if session.switch.saved is not None:
            return named()
        session.ask(FILE, named, any_answer=True)
        return ""

    session.ask(QUESTION, sure)
    return ""


def _show(render: Callable[[Switch], str]) -> Callable[[Session], str]:
    return lambda session: render(session.switch)


def _show_interface(session: Session, name: str) -> str:
    lines = session.switch.config.render().splitlines()
    header = f"interface {name}"
    if header not in lines:
        raise wrong(session.typed.index("interface") + len("interface "))
    first = lines.index(header)
    return "\n".join(["#", *lines[first : lines.index("#", first)], "#", "return"])


DISPLAY = [
    command("display current-configuration", _show(shows.current)),
    command("display current-configuration interface <interface>", _show_interface),
    command("display saved-configuration", _show(shows.saved)),
    command("display version", _show(shows.version)),
    command("display vlan", _show(shows.vlans)),
    command("display port vlan", _show(shows.port_vlans)),
    command("display mac-address", _show(shows.mac_addresses)),
    command("display interface brief", _show(shows.interface_brief)),
    command("display lldp neighbor", _show(shows.lldp)),
    command("display lldp neighbor brief", _show(shows.lldp_brief)),
    command("display dhcp snooping user-bind all", _show(protections.bindings)),
    command("display error-down recovery", _show(protections.error_down)),
    command("display schedule reboot", _show(restart.shown)),
]
USER = [
    *DISPLAY,
    command("system-view", _system_view),
    command("quit", _close),
    command("screen-length <number> temporary", _pages),
    command("terminal monitor", _nothing),
    command("undo terminal monitor", lambda _: "Info: Current terminal monitor is off."),
    command("save", _save),
    command("reboot", restart.now),
    command("schedule reboot delay <number>", restart.schedule),
    command("undo schedule reboot", restart.call_off),
]
