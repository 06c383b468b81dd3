"""From what a device runs to what it must run: the fewest lines, as hier_config proposes them by our rules."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from hier_config import HConfig, get_hconfig
from hier_config.child import HConfigChild

from roles.network.alike import apart, driver
from roles.network.platform import Owned, Platform, Sections


@dataclass(frozen=True)
class Remediation:
    """What to send, not yet in order; what runs before it and what runs after it.

    `unmanaged` is on the device, and neither wanted nor ours to remove. Only its first words are given: the rest may
    be a secret.
    """

    delta: HConfig
    before: Sections
    after: Sections
    unmanaged: tuple[str, ...]

    def gone(self, section: str) -> list[str]:
        """The lines of a section that will not run afterwards; of "", the sections."""
        before, after = (found.get(section, ()) if section else found for found in (self.before, self.after))
        return [line for line in before if line not in after]


def remediation(platform: Platform, running: str, intended: str) -> Remediation:
    """Compare two configurations, each as the device would print it."""
    alike, rest = _apart(platform, running, intended)
    _refuse_foreign(platform, alike)
    before = {**alike, **rest.found}
    return Remediation(rest.delta, before, _afterwards(before, rest.ours, rest.wanted), rest.unmanaged)


@dataclass(frozen=True)
class _Rest:
    """What two configurations do not have in common, compared. It is shared by devices: nobody changes it."""

    delta: HConfig
    found: Sections  # of what runs
    ours: Sections  # the part of it that is not left alone
    wanted: Sections
    unmanaged: tuple[str, ...]


def _apart(platform: Platform, running: str, intended: str) -> tuple[Sections, _Rest]:
    """What both have, and the rest. Where lines elsewhere belong to a section too, it is not set aside."""
    entangled = frozenset[str]()
    while True:
        alike, present, wanted = apart(platform.driver, running, intended, entangled)
        rest = _compared(platform, present, wanted)
        if not (more := alike.keys() & (rest.found.keys() | rest.wanted.keys())):
            return alike, rest
        entangled |= more


@lru_cache(maxsize=500)  # a change of all switches of a kind is the same lines on most of them
def _compared(platform: Platform, running: str, intended: str) -> _Rest:
    present, wanted = (get_hconfig(driver(platform.driver), text) for text in (running, intended))
    found = _sections(present)
    _refuse_foreign(platform, _sections(wanted))
    unmanaged = tuple(_set_aside(platform, present, wanted))
    delta = present.config_to_get_to(wanted)
    platform.refine(present, delta)
    delta.set_order_weight()
    return _Rest(delta, found, _sections(present), _sections(wanted), unmanaged)


def sections(platform: Platform, configuration: str) -> Sections:
    """A configuration as the device prints it, by its sections."""
    return _sections(get_hconfig(driver(platform.driver), configuration))


def ours(platform: Platform, running: str) -> str:
    """The part of a configuration that is ours: what `remediation` would have to intend to come back to it."""
    config = get_hconfig(driver(platform.driver), running)
    for section in list(config.children):
        owned = platform.owner(section.text)
        for line in [section] if owned is None else _foreign_lines(section, owned.lines):
            line.delete()
    return "\n".join(config.dump_simple())


def same(platform: Platform, one: str, other: str) -> bool:
    """Whether two configurations are the same, down to what is not ours."""
    return len({frozenset(_paths(get_hconfig(driver(platform.driver), text))) for text in (one, other)}) == 1


def _paths(config: HConfig) -> Iterator[tuple[str, ...]]:
    return (tuple(line.path()) for line in config.all_children())


def _sections(config: HConfig) -> dict[str, tuple[str, ...]]:
    return {section.text: tuple(line.text for line in section.children) for section in config.children}


def _afterwards(before: Sections, ours: Sections, wanted: Sections) -> Sections:
    """What will run: what is wanted, and everything that is not ours."""
    kept = {
        section: tuple(line for line in lines if line not in ours.get(section, ()))
        for section, lines in before.items()
        if section not in ours or section in wanted
    }
    return kept | {section: (*kept.get(section, ()), *lines) for section, lines in wanted.items()}


def _refuse_foreign(platform: Platform, wanted: Sections) -> None:
    """What a template prints and nobody owns would be sent again and again, or never taken back."""
    for section, lines in wanted.items():
        owned = platform.owner(section)
        foreign = section if owned is None else _first_foreign(owned, section, lines)
        if foreign:
            raise ValueError(f"{platform.name}: the intention has a line that nobody owns: {foreign}")


@lru_cache(maxsize=20_000)  # as the sections that switches have in common
def _first_foreign(owned: Owned, section: str, lines: tuple[str, ...]) -> str | None:
    """The first line of a section that is not ours, with its section."""
    found = next((line for line in lines if owned.lines is None or not re.match(owned.lines, line)), None)
    return None if found is None else f"{section}: {found}"


def _set_aside(platform: Platform, present: HConfig, wanted: HConfig) -> list[str]:
    """Take what is not ours out of the running configuration; returns what is worth a report."""
    aside: list[HConfigChild] = []
    reported: list[str] = []
    for section in present.children:
        owned = platform.owner(section.text)
        if owned is None or not (
            section.text in wanted.children or _replaced(section, wanted) or _goes(section, owned)
        ):
            aside.append(section)
            lines = list(section.all_children()) if section.children else [section]
        else:
            lines = _foreign_lines(section, owned.lines)
            aside += lines
        reported += [_beginning(line) for line in lines if _is_news(platform, line)]
    for line in aside:
        line.delete()
    return reported


def _replaced(section: HConfigChild, wanted: HConfig) -> bool:
    return section.is_idempotent_command(wanted.children)


def _goes(section: HConfigChild, owned: Owned) -> bool:
    return owned.removed and not _foreign_lines(section, owned.lines)


def _foreign_lines(section: HConfigChild, ours: str | None) -> list[HConfigChild]:
    return [line for line in section.children if ours is None or not re.match(ours, line.text)]


def _is_news(platform: Platform, line: HConfigChild) -> bool:
    bare_section = line.depth() == 1 and re.match(r"(interface|line) ", line.text)
    return not (bare_section or re.match(platform.ordinary, line.text))


def _beginning(line: HConfigChild) -> str:
    words = line.text.split()
    shown = " ".join(words[:2]) + (" …" if len(words) > 2 else "")
    return ": ".join([*[parent.text for parent in line.lineage()][:-1], shown])
