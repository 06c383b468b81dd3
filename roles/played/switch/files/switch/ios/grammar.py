"""The words of a switch: its interfaces, and lists of VLANs."""

import string
from dataclasses import replace

from ..cisco.grammar import GRAMMAR as CISCO


def interface(name: str) -> str:
    """The full name of an interface: gi1/0/1 is GigabitEthernet1/0/1."""
    kind = "GigabitEthernet" if name[0] in "gG" else "Vlan"
    return kind + name.lstrip(string.ascii_letters)


GRAMMAR = replace(
    CISCO,
    arguments={
        **CISCO.arguments,
        "<cause>": r"[a-z][a-z-]*",
        "<vlans>": r"\d{1,4}([,-]\d{1,4})*",
        "<interface>": r"(?i)(g[a-z]*\d/\d/\d{1,2}|vl[a-z]*\d{1,4})",
        "<port>": r"\d/\d/\d{1,2}",
    },
    values={"<interface>": interface},
)
