"""The chain of a journal: what was done to it shows."""

import importlib.util
import json
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[3]


def _loaded(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / f"roles/mail/programs/journal/{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


chain = _loaded("chain")


@pytest.fixture
def journal(tmp_path: Path) -> object:
    found = chain.Journal(tmp_path / "sante")
    for number in range(5):
        found.take(f"message {number}".encode())
    return found


def test_a_journal_is_as_it_was_written(journal) -> None:
    found = list(journal.lines())
    assert [line["number"] for line in found] == [1, 2, 3, 4, 5]
    assert journal.check() == (5, found[-1]["hash"])
    assert journal.check(head=found[2]["hash"]) == (5, found[-1]["hash"])
    assert journal.sealed(found[3]).read_bytes() == b"message 3"


def _changed(journal) -> None:
    lines = journal.chain.read_text().replace('"bytes": 9', '"bytes": 8', 1)
    journal.chain.write_text(lines)


def _taken_out(journal) -> None:
    lines = journal.chain.read_text().splitlines(keepends=True)
    journal.chain.write_text("".join(lines[:2] + lines[3:]))


def _replaced(journal) -> None:
    journal.sealed(list(journal.lines())[1]).write_bytes(b"another")


def _removed(journal) -> None:
    journal.sealed(list(journal.lines())[1]).unlink()


@pytest.mark.parametrize("hurt", [_changed, _taken_out, _replaced, _removed])
def test_what_was_done_to_it_shows(journal, hurt: Callable[[object], None]) -> None:
    hurt(journal)
    with pytest.raises(chain.BrokenError):
        journal.check()


def test_an_end_that_was_cut_off_shows_to_who_kept_the_head(journal) -> None:
    _, head = journal.check()
    lines = journal.chain.read_text().splitlines(keepends=True)
    journal.chain.write_text("".join(lines[:3]))
    assert journal.check()[0] == 3  # by itself, it is a journal
    with pytest.raises(chain.BrokenError, match="cut off"):
        journal.check(head)


def test_a_line_that_a_power_cut_left_half_goes(journal) -> None:
    with journal.chain.open("ab") as file:
        file.write(b'{"number": 6, "half')
    assert journal.check()[0] == 5
    assert journal.take(b"the sixth")["number"] == 6
    assert journal.check()[0] == 6


def test_a_long_line_has_a_next_one(journal) -> None:
    journal.note("expired", numbers=list(range(100_000)))
    assert journal.note("read", who="Awa", reason="an inquiry")["number"] == 7
    assert [line["kind"] for line in journal.lines()][-2:] == ["expired", "read"]


def test_what_is_over_goes_and_its_lines_stay(journal) -> None:
    today = date.fromisoformat(next(journal.lines())["at"][:10])
    assert journal.expire(3, today + timedelta(days=3)) == 0
    assert journal.check()[0] == 5
    assert journal.expire(3, today + timedelta(days=4)) == 5
    assert not list(journal.folder.glob("sealed/*"))
    assert journal.expire(3, today + timedelta(days=5)) == 0
    assert json.loads(journal.chain.read_text().splitlines()[-1])["numbers"] == [1, 2, 3, 4, 5]
    assert journal.check()[0] == 6


def test_an_address_is_noted_as_it_stands_in_the_envelope(monkeypatch: pytest.MonkeyPatch) -> None:
    milter = SimpleNamespace(Base=object, set_flags=lambda _flags: None, runmilter=lambda *_arguments: None)
    for name, module in (("Milter", milter), ("chain", chain)):
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr(sys, "argv", ["ear", "unix:milter"])
    bare = _loaded("ear").bare
    paths = ("<awa@sante.bf>", "<>", "awa@sante.bf", "<x@[192.0.2.1]>", '<"a b"@x.org>')
    assert [bare(path) for path in paths] == ["awa@sante.bf", "", "awa@sante.bf", "x@[192.0.2.1]", '"a b"@x.org']
