"""The words of IOS: its arguments, and how it refuses what it does not know."""

import string

from ..grammar import Grammar, Invalid


def interface(name: str) -> str:
    """The full name of an interface: gi1/0/1 is GigabitEthernet1/0/1."""
    kind = "GigabitEthernet" if name[0] in "gG" else "Vlan"
    return kind + name.lstrip(string.ascii_letters)


GRAMMAR = Grammar(
    arguments={
        "<word>": r"\S+",
        "<line>": r"\S.*",
        "<number>": r"\d{1,4}",
        "<large>": r"\d{1,6}",
        "<cause>": r"[a-z][a-z-]*",
        "<vlans>": r"\d{1,4}([,-]\d{1,4})*",
        "<ip>": r"(\d{1,3}\.){3}\d{1,3}",
        "<interface>": r"(?i)(g[a-z]*\d/\d/\d{1,2}|vl[a-z]*\d{1,4})",
        "<port>": r"\d/\d/\d{1,2}",
    },
    values={"<interface>": interface},
    invalid="% Invalid input detected at '^' marker.",
    incomplete="% Incomplete command.",
    ambiguous='% Ambiguous command:  "{line}"',
)
parse = GRAMMAR.parse


def invalid(column: int) -> Invalid:
    """The refusal of the word that begins at this column."""
    return Invalid(column, GRAMMAR.invalid)
