"""One session of the command line: a line in, what the switch answers out. It knows nothing of SSH."""

import re
from collections.abc import Callable
from ipaddress import IPv4Interface

from . import shows, vlans
from .config import PORTS, TOP
from .grammar import Command, Invalid, Match, Refused, command, parse
from .machine import DataPlaneError, Switch

Show = Callable[[Switch], str]


class Session:
    """Modes: `>` user, `#` privileged, `(config)#` and its sections."""

    def __init__(self, switch: Switch, privileged: bool = True) -> None:
        self.switch = switch
        self.privileged = privileged
        self.configuring = False
        self.headers: tuple[str, ...] = ()  # the sections that lines go to; `vlan 10,20` opens two
        self.question: str | None = None
        self.closed = False

    @property
    def prompt(self) -> str:
        if self.question is not None:
            return self.question
        name = self.switch.config.hostname[:20]
        if self.configuring:
            return f"{name}(config{SUFFIX[self._section]})#"
        return f"{name}{'#' if self.privileged else '>'}"

    def feed(self, line: str) -> str:
        """Take one line; the answer has no trailing newline."""
        configuring = self.configuring
        try:
            output = self.run(line)
            if configuring:
                self.switch.plane.apply(self.switch.config)
        except Invalid as error:
            return f"{' ' * (len(self.prompt) + error.column)}^\n{error}\n"
        except Refused as error:
            return str(error)
        except DataPlaneError as error:
            return f"% Data plane: {error}"
        return output

    def run(self, line: str) -> str:
        """Take one line without touching the data plane. Raises Refused."""
        if self.question is not None:
            self.question = None
            return _save(self)
        if not line.strip() or line.lstrip().startswith("!"):
            return ""
        return self._configure(line) if self.configuring else self._execute(line)

    def end(self) -> None:
        """Leave configuration mode from anywhere, as Ctrl-Z does."""
        self.configuring, self.headers = False, ()

    @property
    def _section(self) -> str:
        """The kind of section that is open: the name of its table of commands."""
        if not self.headers:
            return TOP
        header = self.headers[0]
        return "port" if header.startswith("interface Gig") else header.split()[0]

    def _execute(self, line: str) -> str:
        text, _, wanted = line.partition("|")
        commands = EXEC if self.privileged else [c for c in EXEC if c.words[:2] in UNPRIVILEGED]
        match = parse(text, commands)
        output: str = match.command.run(self, *match.arguments)
        return _filter(output, wanted.strip()) if wanted else output

    def _configure(self, line: str) -> str:
        no, body = _negation(line)
        offset = len(line) - len(body)
        section = CONFIG[self._section]
        try:
            match = parse(body, section, partial=no)
        except Invalid as here:
            # A global command is taken from within a section too.
            try:
                match = parse(body, CONFIG[TOP], partial=no)
            except Invalid as above:
                raise Invalid(max(here.column, above.column) + offset) from None
            self.headers = ()
        output: str = match.command.run(self, match, no)
        return output


def _negation(line: str) -> tuple[bool, str]:
    found = re.match(r"\s*no\s+", line)
    return (True, line[found.end() :]) if found else (False, line)


def _filter(output: str, wanted: str) -> str:
    verb, _, pattern = wanted.partition(" ")
    lines = output.splitlines()
    if pattern and "include".startswith(verb):
        return "\n".join(line for line in lines if re.search(pattern, line))
    if pattern and "exclude".startswith(verb):
        return "\n".join(line for line in lines if not re.search(pattern, line))
    if pattern and "begin".startswith(verb):
        first = next((i for i, line in enumerate(lines) if re.search(pattern, line)), len(lines))
        return "\n".join(lines[first:])
    raise Refused("% Incomplete command.")


# Privileged and user mode


def _nothing(*_: object) -> str:
    return ""


def _privilege(session: Session, privileged: bool) -> str:
    session.privileged = privileged
    return ""


def _configure_terminal(session: Session) -> str:
    session.configuring = True
    return "Enter configuration commands, one per line.  End with CNTL/Z."


def _close(session: Session) -> str:
    session.closed = True
    return ""


def _save(session: Session) -> str:
    session.switch.save()
    return "Building configuration...\n[OK]"


def _ask_destination(session: Session) -> str:
    session.question = "Destination filename [startup-config]? "
    return ""


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
    command("enable", lambda session: _privilege(session, True)),
    command("disable", lambda session: _privilege(session, False)),
    command("exit", _close),
    command("logout", _close),
    command("quit", _close),
    command("terminal length <number>", _nothing),
    command("terminal width <number>", _nothing),
    command("configure terminal", _configure_terminal),
    command("write memory", _save),
    command("write", _save),
    command("copy running-config startup-config", _ask_destination),
    command("show running-config", _show(shows.running_config)),
    command("show running-config interface <interface>", _show_interface),
    command("show startup-config", _show(shows.startup_config)),
    command("show version", _show(shows.version)),
    command("show vlan brief", _show(shows.vlan_brief)),
    command("show interfaces status", _show(shows.interfaces_status)),
    command("show interfaces trunk", _show(shows.interfaces_trunk)),
    command("show interfaces switchport", _show(shows.interfaces_switchport)),
    command("show mac address-table", _show(shows.mac_address_table)),
]
UNPRIVILEGED = {
    *((word,) for word in ("enable", "exit", "logout", "quit")),
    *(("terminal", word) for word in ("length", "width")),
    *(("show", word) for word in ("version", "vlan", "interfaces", "mac")),
}


# Configuration mode


def _set(session: Session, match: Match, no: bool) -> str:
    """A setting with one value: a new line replaces the old one."""
    for header in session.headers or (TOP,):
        lines = session.switch.config.section(header)
        if no:
            lines.pop(match.command.leaf, None)
        else:
            lines[match.command.leaf] = match.text
    return ""


def _add(session: Session, match: Match, no: bool) -> str:
    """A setting with several values: each line stands for itself."""
    lines = session.switch.config.section(TOP)
    if no:
        lines.pop(match.text, None)
    else:
        lines[match.text] = match.text
    return ""


def _hostname(session: Session, match: Match, no: bool) -> str:
    session.switch.config.section(TOP)["hostname"] = "hostname Switch" if no else match.text
    return ""


def _vlan(session: Session, match: Match, no: bool) -> str:
    numbers = vlans.parse(match.arguments[0]) if match.arguments else set()
    if not numbers or not numbers <= set(vlans.ALL):
        raise Refused("Command rejected: Bad VLAN list")
    if no and 1 in numbers:
        raise Refused("%Default VLAN 1 may not be deleted.")
    headers = tuple(f"vlan {number}" for number in sorted(numbers))
    for header in headers:
        if no:
            session.switch.config.sections.pop(header, None)
        elif header != "vlan 1":
            session.switch.config.section(header)
    session.headers = () if no else headers
    return ""


def _interface(session: Session, match: Match, no: bool) -> str:
    header = match.text.replace("interface vlan ", "interface Vlan").replace(
        "interface gigabitethernet ", "interface GigabitEthernet"
    )
    physical = "GigabitEthernet" in header
    if physical and header.removeprefix("interface ") not in PORTS:
        raise Invalid(len("interface "))
    if no and physical:
        raise Refused("% Removal of physical interfaces is not permitted")
    if no:
        session.switch.config.sections.pop(header, None)
    else:
        session.switch.config.section(header)
    session.headers = () if no else (header,)
    return ""


def _line(session: Session, match: Match, no: bool) -> str:
    if no:
        session.switch.config.sections.pop(match.text, None)
    else:
        session.switch.config.section(match.text)
    session.headers = () if no else (match.text,)
    return ""


def _access_vlan(session: Session, match: Match, no: bool) -> str:
    _set(session, match, no)
    header = "" if no else f"vlan {match.arguments[0]}"
    if no or int(match.arguments[0]) in session.switch.config.vlans:
        return ""
    session.switch.config.section(header)
    return f"% Access VLAN does not exist. Creating {header}"


def _allowed(change: Callable[[set[int], set[int]], set[int]]) -> Callable[[Session, Match, bool], str]:
    """A form of `switchport trunk allowed vlan`, from the VLANs that were allowed and those on the line."""

    def run(session: Session, match: Match, no: bool) -> str:
        setting = "switchport trunk allowed vlan"
        for header in session.headers:
            before = set(session.switch.config.port(header.removeprefix("interface ")).allowed)
            given = vlans.parse(match.arguments[0]) if match.arguments else set()
            after = set(vlans.ALL) if no else change(before, given)
            lines = session.switch.config.section(header)
            if after == set(vlans.ALL):
                lines.pop(setting, None)
            else:
                lines[setting] = f"{setting} {vlans.render(after) or 'none'}"
        return ""

    return run


def _address(session: Session, match: Match, no: bool) -> str:
    if not no:
        address, mask = match.arguments
        try:
            IPv4Interface(f"{address}/{mask}")
        except ValueError:
            raise Refused(f"Bad mask {mask} for address {address}") from None
    return _set(session, match, no)


def _exit(session: Session, *_: object) -> str:
    if session.headers:
        session.headers = ()
    else:
        session.end()
    return ""


def _end(session: Session, *_: object) -> str:
    session.end()
    return ""


def _do(session: Session, match: Match, _no: bool) -> str:
    return session._execute(match.arguments[0])


LEAVE = [command("exit", _exit), command("end", _end)]
CONFIG: dict[str, list[Command]] = {
    TOP: [
        *LEAVE,
        command("do <line>", _do),
        command("hostname <word>", _hostname),
        command("version <word>", _nothing),
        command("service password-encryption", _set),
        command("vtp mode <transparent|off>", _set),
        command("spanning-tree mode <rapid-pvst|pvst|mst>", _set),
        command("lldp run", _set),
        command("vlan <vlans>", _vlan),
        command("interface <interface>", _interface),
        command("interface vlan <number>", _interface),
        command("interface gigabitethernet <port>", _interface),
        command("line vty <number> <number>", _line),
        command("ip default-gateway <ip>", _set),
        command("ip domain-name <word>", _set),
        command("ip ssh version <number>", _set),
        command("logging host <ip>", _add),
        command("ntp server <ip>", _add),
        command("snmp-server location <line>", _set),
        command("snmp-server contact <line>", _set),
    ],
    "vlan": [*LEAVE, command("name <word>", _set)],
    "port": [
        *LEAVE,
        command("description <line>", _set),
        command("shutdown", _set),
        command("switchport mode <access|trunk>", _set),
        command("switchport nonegotiate", _set),
        command("switchport access vlan <number>", _access_vlan),
        command("switchport trunk native vlan <number>", _set),
        command("switchport trunk allowed vlan <vlans>", _allowed(lambda _, given: given)),
        command("switchport trunk allowed vlan add <vlans>", _allowed(lambda before, given: before | given)),
        command("switchport trunk allowed vlan remove <vlans>", _allowed(lambda before, given: before - given)),
        command("switchport trunk allowed vlan except <vlans>", _allowed(lambda _, given: set(vlans.ALL) - given)),
        command("switchport trunk allowed vlan all", _allowed(lambda *_: set(vlans.ALL))),
        command("switchport trunk allowed vlan none", _allowed(lambda *_: set())),
        command("spanning-tree portfast", _set),
        command("spanning-tree bpduguard <enable|disable>", _set),
    ],
    "interface": [
        *LEAVE,
        command("description <line>", _set),
        command("shutdown", _set),
        command("ip address <ip> <ip>", _address),
    ],
    "line": [
        *LEAVE,
        command("access-class <word> in", _set),
        command("exec-timeout <number> <number>", _set),
        command("login local", _set),
        command("transport input <line>", _set),
    ],
}
SUFFIX = {TOP: "", "vlan": "-vlan", "port": "-if", "interface": "-if", "line": "-line"}


def boot(switch: Switch) -> None:
    """Read the startup configuration, as at power on, and drive the data plane with it."""
    session = Session(switch)
    session.configuring = True
    for line in (switch.saved or "").removesuffix("end\n").splitlines():
        session.run(line)
    switch.plane.apply(switch.config)
