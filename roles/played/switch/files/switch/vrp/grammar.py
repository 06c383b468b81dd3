"""The words of VRP: its arguments, and how it refuses what it does not know."""

import string
from ipaddress import IPv4Network

from ..grammar import Grammar, Invalid

WRONG = "Error: Wrong parameter found at '^' position."


def interface(name: str) -> str:
    """The full name of an interface: g0/0/1 is GigabitEthernet0/0/1."""
    kind = "GigabitEthernet" if name[0] in "gG" else "Vlanif"
    return kind + name.lstrip(string.ascii_letters)


def mask(given: str) -> str:
    """24 is printed as 255.255.255.0."""
    return str(IPv4Network(f"0.0.0.0/{given}").netmask) if given.isdigit() and int(given) <= 32 else given


GRAMMAR = Grammar(
    arguments={
        "<word>": r"\S+",
        "<line>": r"\S.*",
        "<number>": r"\d{1,5}",
        "<ip>": r"(\d{1,3}\.){3}\d{1,3}",
        "<mask>": r"(\d{1,3}\.){3}\d{1,3}|\d{1,2}",
        "<interface>": r"(?i)(g[a-z]*\d/\d/\d{1,2}|vlanif\d{1,4})",
        "<port>": r"\d/\d/\d{1,2}",
    },
    values={"<interface>": interface, "<mask>": mask},
    invalid="Error: Unrecognized command found at '^' position.",
    incomplete="Error:Incomplete command found at '^' position.",
    ambiguous="Error:Ambiguous command found at '^' position.",
)
parse = GRAMMAR.parse


def invalid(column: int) -> Invalid:
    """The refusal of the word that begins at this column."""
    return Invalid(column, GRAMMAR.invalid)


def wrong(column: int) -> Invalid:
    """The refusal of a value that begins at this column."""
    return Invalid(column, WRONG)
