"""Twenty thousand people are compared in little time: nothing grows with the square."""

import time
from pathlib import Path

from inventory.model import load
from roles.directory.ldif import Add, Entries, Modify, parse, text_of
from roles.directory.objects import Change, changes, desired_of
from tests import scale

EACH = 667  # of each of thirty institutions
CPU = 3  # seconds, for each; the machine that this was written on takes 0.3 to 1, with others at work beside


def held(wanted: list[Change]) -> Entries:
    """The directory once everything was created."""
    entries: Entries = {}
    for change in wanted:
        match change.record:
            case Add(dn, attributes):
                entries[dn] = {name: [str(value) for value in values] for name, values in attributes.items()}
            case Modify(dn, steps):
                for _, name, values in steps:
                    entries.setdefault(dn, {}).setdefault(name, []).extend(values)
    return entries


def test_it_is_compared_at_once(tmp_path: Path) -> None:
    scale.write(tmp_path / "inventory", EACH)
    desired = desired_of(load("lab", tmp_path / "inventory"))
    started = time.process_time()
    wanted = changes(desired, {})
    text = text_of(change.record for change in wanted)
    created = time.process_time()
    entries = held(wanted)
    again = time.process_time()
    assert changes(desired, entries) == []
    compared = time.process_time()
    assert len(parse(text.splitlines())) > scale.INSTITUTIONS * EACH
    read = time.process_time()
    assert max(created - started, compared - again, read - compared) < CPU
