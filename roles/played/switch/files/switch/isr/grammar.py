"""The words of a router: its interfaces have other names than a switch's."""

import re
import string
from dataclasses import replace

from ..cisco.grammar import GRAMMAR as CISCO

KINDS = {"g": "GigabitEthernet", "l": "Loopback"}


def interface(name: str) -> str:
    """The full name of an interface: gi0/0/2.10 is GigabitEthernet0/0/2.10."""
    return KINDS[name[0].lower()] + name.lstrip(string.ascii_letters)


GRAMMAR = replace(
    CISCO,
    arguments={
        **CISCO.arguments,
        "<interface>": r"(?i)(g[a-z]*\d/\d/\d(\.\d{1,4})?|lo[a-z]*\d{1,4})",
        "<port>": r"\d/\d/\d(\.\d{1,4})?",
        "<as>": r"\d{1,10}",
        "<prefix>": r"(\d{1,3}\.){3}\d{1,3}/\d{1,2}",
    },
    values={"<interface>": interface},
)


def entry(text: str) -> str:
    """An entry of an access list, as it is printed: one host needs no word."""
    return re.sub(r"^(permit|deny) host (\S+)$", r"\1 \2", " ".join(text.split()))
