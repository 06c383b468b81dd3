"""Sections that two configurations have in common, word for word: they need no comparison, and are most of a switch.

A line that stands alone is a section too. What a section means depends on nothing but its own lines, so each is read
once in a run, however many switches have it. Whatever is not plainly a section of its own is left where it is.
"""

import re
from collections import Counter
from collections.abc import Set
from dataclasses import dataclass
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
    texts = [_Text.of(kind, text) for text in (one, other)]
    candidates = texts[0].candidates() & texts[1].candidates()
    common: dict[str, tuple[str, ...]] = {}
    taken: set[str] = set()
    for block in texts[0].blocks:
        if block in candidates and (found := _read(kind, block)) is not None and but.isdisjoint(found):
            common |= found
            taken.add(block)
    return common, texts[0].without(taken), texts[1].without(taken)


@dataclass(frozen=True)
class _Text:
    """A configuration as the blocks that it begins with, and what comes after the first text of people.

    Lines that say nothing (`!`) are left out.
    """

    blocks: list[str]
    rest: str

    @staticmethod
    def of(kind: type[HConfigDriverBase], text: str) -> "_Text":
        whole = text if text.endswith("\n") else f"{text}\n"
        people = PEOPLE.search(whole)
        end = people.start() if people else len(whole)
        blocks = BLOCK.findall(whole, 0, end)
        return _Text([block for block in blocks if "\n " in block or _read(kind, block) != {}], whole[end:])

    def candidates(self) -> set[str]:
        """The blocks that may be a section: opened once."""
        opened = Counter(map(_first, self.blocks))
        return {block for block in self.blocks if opened[_first(block)] == 1}

    def without(self, taken: set[str]) -> str:
        return "".join(block for block in self.blocks if block not in taken) + self.rest


def _first(block: str) -> str:
    return block.partition("\n")[0].rstrip()


@lru_cache(maxsize=20_000)
def _read(kind: type[HConfigDriverBase], block: str) -> dict[str, tuple[str, ...]] | None:
    """A section, as a comparison sees it, or nothing; None where the block is more or other than that."""
    children = tuple(get_hconfig(driver(kind), block).children)
    said = [child.text for child in children]
    if said != [_first(block)] and (said or block.startswith("banner")):  # hier_config waits for the end of a banner
        return None
    found = {child.text: tuple(line.text for line in child.children) for child in children}
    return None if found and bool(children[0].children) != ("\n " in block) else found
