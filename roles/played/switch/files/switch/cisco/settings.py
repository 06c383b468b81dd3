"""The settings that every Cisco takes: how a line becomes one, and the commands that all have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..grammar import Command, Match, Refused, command
from .sections import BANNER, TOP

if TYPE_CHECKING:
    from .cli import Session


def setting(session: Session, match: Match, no: bool) -> str:
    """A setting with one value: a new line replaces the old one."""
    for header in session.headers or (TOP,):
        lines = session.switch.config.section(header)
        if no:
            lines.pop(match.command.leaf, None)
        else:
            lines[match.command.leaf] = match.text
    return ""


def added(session: Session, match: Match, no: bool) -> str:
    """A setting with several values: each line stands for itself."""
    lines = session.switch.config.section(TOP)
    if no:
        lines.pop(match.text, None)
    else:
        lines[match.text] = match.text
    return ""


def on_by_default(session: Session, match: Match, no: bool) -> str:
    """A setting that is on unless somebody says no: only that is printed."""
    for header in session.headers or (TOP,):
        lines = session.switch.config.section(header)
        if no:
            lines[match.text] = f"no {match.text}"
        else:
            lines.pop(match.text, None)
    return ""


def section(session: Session, match: Match, no: bool) -> str:
    """A section, which the lines that follow go to."""
    if no:
        session.switch.config.remove(match.text)
    else:
        session.switch.config.section(match.text)
    session.headers = () if no else (match.text,)
    return ""


def _banner(session: Session, match: Match, no: bool) -> str:
    """Text between two of the same character, over as many lines as it takes. It is printed between ^C."""
    if no:
        session.switch.config.section(TOP).pop(BANNER, None)
        return ""
    typed = match.arguments[0]
    delimiter = "^C" if typed.startswith("^C") else typed[0]
    text = typed.removeprefix(delimiter)
    if delimiter not in text:
        session.banner = (delimiter, [text] if text else [])
        return f"Enter TEXT message.  End with the character '{delimiter}'."
    session.switch.config.section(TOP)[BANNER] = f"{BANNER} ^C{text.split(delimiter)[0]}^C"
    return ""


def continue_banner(session: Session, line: str) -> None:
    """One more line of a banner, up to the delimiter."""
    delimiter, lines = session.banner or ("", [])
    text, found, _ = line.partition(delimiter)
    lines.append(text)
    if found:
        session.banner = None
        session.switch.config.section(TOP)[BANNER] = f"{BANNER} ^C\n" + "\n".join(lines) + "^C"


def _hostname(session: Session, match: Match, no: bool) -> str:
    config = session.switch.config
    config.section(TOP)["hostname"] = f"hostname {config.unnamed}" if no else match.text
    return ""


def _user(session: Session, match: Match, no: bool) -> str:
    """A user of SNMP version 3: no configuration shows it, `show snmp user` does."""
    name = match.arguments[0]
    if no:
        session.switch.config.users.pop(name, None)
        return ""
    if len(match.arguments) < 6:
        raise Refused("% Incomplete command.")
    session.switch.config.users[name] = match.text
    return "Configuring snmpv3 USM user, persisting snmpEngineBoots. Please Wait..."


def leave(session: Session, *_: object) -> str:
    """One level out: of a section, else of configuration mode."""
    if session.headers:
        session.leave()
    else:
        session.end()
    return ""


def _end(session: Session, *_: object) -> str:
    session.end()
    return ""


def _do(session: Session, match: Match, _no: bool) -> str:
    return session.execute(match.arguments[0])


EVERYWHERE = [command("exit", leave), command("end", _end), command("do <line>", _do)]
SECTIONS: dict[str, list[Command]] = {
    TOP: [
        *EVERYWHERE,
        command("hostname <word>", _hostname),
        command("service password-encryption", setting),
        command("service tcp-keepalives-in", setting),
        command("service tcp-keepalives-out", setting),
        command("service pad", on_by_default),
        command("cdp run", on_by_default),
        command("lldp run", setting),
        command("ip source-route", on_by_default),
        command("ip http server", on_by_default),
        command("ip http secure-server", on_by_default),
        command("ip ssh version <number>", setting),
        command("banner login <line>", _banner),
        command("login block-for <number> attempts <number> within <number>", setting),
        command("aaa new-model", setting),
        command("archive", section),
        command("line con <number>", section),
        command("line vty <number> <number>", section),
        command("logging host <ip>", added),
        command("ntp server <ip>", added),
        command("snmp-server location <line>", setting),
        command("snmp-server contact <line>", setting),
        command("snmp-server view <word> <word> <included|excluded>", added),
        command(
            "snmp-server user <word> <word> v3 auth <sha|md5> <word> priv aes <128|192|256> <word> access <word>",
            _user,
        ),
        command("snmp-server user <word> <word> v3", _user),
    ],
    "archive": [*EVERYWHERE, command("path <word>", setting), command("maximum <number>", setting)],
    "line": [
        *EVERYWHERE,
        command("access-class <word> in", setting),
        command("exec-timeout <number> <number>", setting),
        command("transport input <line>", setting),
    ],
}
