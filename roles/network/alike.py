"""Sections that two configurations have in common, word for word: they need no comparison, and are most of a switch.

What such a section means depends on nothing but its own lines, so each is read once in a run, however many switches
have it. Whatever is not plainly a section of its own is left where it is.
"""

import re
from collections import Counter
from collections.abc import Set
from functools import cache, lru_cache

from hier_config import get_hconfig
from hier_config.platforms.driver_base import HConfigDriverBase

from roles.network.platform import Sections

BLOCK = re.compile(r"^.*(?:\n .*)*\n?", re.MULTILINE)  # a line, and those below it that are indented
# Where the text of people begins that does not end on its own line: any of its lines may look like a section.
PEOPLE = re.compile(r"^(?:banner|header) (?!\S+ (?P<mark>\^C|\S)[^\n]*(?P=mark)$)", re.MULTILINE)


@cache
def driver(kind: type[HConfigDriverBase]) -> HConfigDriverBase:
    """The one of its kind: it holds rules and nothing else."""
    return kind()


def apart(
    kind: type[HConfigDriverBase], one: str, other: str, but: Set[str] = frozenset()
) -> tuple[Sections, str, str]:
    """The sections that both configurations have, some left out, and the text that is left of each."""
    one, other = (text if text.endswith("\n") else f"{text}\n" for text in (one, other))
    candidates = [_candidates(text) for text in (one, other)]
    common: dict[str, tuple[str, ...]] = {}
    taken: set[str] = set()
    for block in candidates[0]:
        if block in candidates[1] and (section := _read(kind, block)) and section[0] not in but:
            common[section[0]] = section[1]
            taken.add(block)
    return common, _without(one, taken), _without(other, taken)


def _candidates(text: str) -> dict[str, None]:
    """The blocks that are plainly a section: with lines, and opened once."""
    people = PEOPLE.search(text)
    blocks = BLOCK.findall(text, 0, people.start() if people else len(text))
    opened = Counter(block.partition("\n")[0].rstrip() for block in blocks)
    return dict.fromkeys(block for block in blocks if "\n " in block and opened[block.partition("\n")[0].rstrip()] == 1)


def _without(text: str, taken: set[str]) -> str:
    people = PEOPLE.search(text)
    end = people.start() if people else len(text)
    return "".join(block for block in BLOCK.findall(text, 0, end) if block not in taken) + text[end:]


@lru_cache(maxsize=20_000)
def _read(kind: type[HConfigDriverBase], block: str) -> tuple[str, tuple[str, ...]] | None:
    """A section, as a comparison sees it; None where the block is more or less than one.

    A driver's `SCATTERED` are sections of which other lines speak too (VRP: `vlan batch 10` and `vlan 10`).
    """
    if re.match(getattr(kind, "SCATTERED", r"(?!)"), block):
        return None
    children = tuple(get_hconfig(driver(kind), block).children)
    if len(children) != 1 or not children[0].children:
        return None
    return children[0].text, tuple(line.text for line in children[0].children)
