"""One session with a router: sections within sections, and the prompts of its modes."""

from collections.abc import Container, Mapping
from typing import ClassVar

from ..cisco import cli
from ..cisco.privileged import UNPRIVILEGED
from ..cisco.sections import TOP, WITHIN
from ..grammar import Command, Grammar
from .configuration import CONFIG
from .grammar import GRAMMAR
from .privileged import EXEC

KINDS = (  # how a section begins, and which table of commands it has
    ("policy-map type inspect ", "firewall", "action"),
    ("policy-map ", "policy", "mark"),
    ("router bgp ", "bgp", "family"),
    ("class-map type inspect ", "inspected", ""),
    ("class-map ", "class", ""),
    ("zone security ", "zone", ""),
    ("zone-pair ", "pair", ""),
    ("ip access-list standard ", "standard", ""),
    ("ip access-list extended ", "extended", ""),
    ("ip dhcp pool ", "pool", ""),
    ("route-map ", "map", ""),
    ("line ", "line", ""),
    ("archive", "archive", ""),
    ("interface ", "interface", ""),
)


class Session(cli.Session):
    commands: ClassVar[Mapping[str, list[Command]]] = CONFIG
    privileges: ClassVar[list[Command]] = EXEC
    unprivileged: ClassVar[Container[tuple[str, ...]]] = UNPRIVILEGED
    grammar: ClassVar[Grammar] = GRAMMAR
    modes: ClassVar[Mapping[str, str]] = {
        TOP: "config", "firewall": "config-pmap", "action": "config-pmap-c", "policy": "config-pmap",
        "mark": "config-pmap-c", "bgp": "config-router", "family": "config-router-af", "inspected": "config-cmap",
        "class": "config-cmap", "zone": "config-sec-zone", "pair": "config-sec-zone-pair",
        "standard": "config-std-nacl", "extended": "config-ext-nacl", "pool": "dhcp-config", "map": "config-route-map",
        "line": "config-line", "archive": "config-archive", "interface": "config-if", "sub": "config-subif",
    }  # fmt: skip

    def kind(self, headers: tuple[str, ...]) -> str:
        if not headers:
            return TOP
        header = headers[0]
        kind, inner = next((kind, inner) for begins, kind, inner in KINDS if header.startswith(begins))
        if kind == "interface" and "." in header:
            return "sub"
        return inner if WITHIN in header else kind

    def around(self) -> list[tuple[str, ...]]:
        outer = [(header.partition(WITHIN)[0],) for header in self.headers if WITHIN in header]
        return [*([self.headers] if self.headers else []), *outer, ()]

    def leave(self) -> None:
        """Out of a section: into the one that it is in, or none."""
        outer, within, _ = self.headers[0].partition(WITHIN)
        self.headers = (outer,) if within else ()
