"""One session with a switch: its sections, and the prompts of its modes."""

from collections.abc import Container, Mapping
from typing import ClassVar

from ..cisco import cli
from ..cisco.sections import TOP
from ..grammar import Command, Grammar
from .configuration import CONFIG
from .grammar import GRAMMAR
from .privileged import EXEC, UNPRIVILEGED

SUFFIX = {
    TOP: "",
    "archive": "-archive",
    "vlan": "-vlan",
    "port": "-if",
    "interface": "-if",
    "line": "-line",
    "arp": "-arp-nacl",
    "ip": "-std-nacl",
    "radius": "-radius-server",
}


class Session(cli.Session):
    commands: ClassVar[Mapping[str, list[Command]]] = CONFIG
    privileges: ClassVar[list[Command]] = EXEC
    unprivileged: ClassVar[Container[tuple[str, ...]]] = UNPRIVILEGED
    grammar: ClassVar[Grammar] = GRAMMAR
    modes: ClassVar[Mapping[str, str]] = {kind: f"config{suffix}" for kind, suffix in SUFFIX.items()}

    def kind(self, headers: tuple[str, ...]) -> str:
        if not headers:
            return TOP
        return "port" if headers[0].startswith("interface Gig") else headers[0].split()[0]
