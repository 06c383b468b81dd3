"""Copies of mailboxes: which come first, and what a server that is away, slow or full of folders costs."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from roles.mail.programs import mail_copy
from roles.mail.programs.mail_copy import AWAY, LONGEST_STATE, SOON, Copies, asked

BOXES = [f"p{number}@sante.bf" for number in range(6)]


class Doveadm:
    """What the program is asked for, and what it answers."""

    def __init__(self) -> None:
        self.ran: list[list[str]] = []
        self.given: list[float] = []
        self.state, self.status, self.stalls, self.listens = "state", 0, False, True

    def run(self, line: list[str], timeout: float, **_: object) -> subprocess.CompletedProcess[str]:
        self.ran.append(line)
        self.given.append(timeout)
        if self.stalls:
            raise subprocess.TimeoutExpired(line, timeout)
        return subprocess.CompletedProcess(line, self.status, self.state, "no")


@pytest.fixture
def doveadm(monkeypatch: pytest.MonkeyPatch) -> Doveadm:
    found = Doveadm()
    monkeypatch.setattr(mail_copy.subprocess, "run", found.run)
    monkeypatch.setattr(mail_copy, "listens", lambda *_: found.listens)
    monkeypatch.setattr(mail_copy, "forget_rules", lambda *_: None)
    return found


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Time goes on when it is told to."""
    now = [1_000_000.0]

    def later(seconds: float) -> None:
        now[0] += seconds

    monkeypatch.setattr(mail_copy, "time", SimpleNamespace(time=lambda: now[0], monotonic=lambda: now[0]))
    return later


@pytest.fixture
def copies(tmp_path: Path, doveadm: Doveadm, clock: object, monkeypatch: pytest.MonkeyPatch) -> Copies:  # noqa: ARG001
    monkeypatch.setattr(mail_copy, "FOLDER", tmp_path / "run")
    monkeypatch.setattr(mail_copy, "ASK", tmp_path / "run" / "ask")
    (tmp_path / "run" / "ask").mkdir(parents=True)
    settings = tmp_path / "settings.json"
    settings.write_text(json.dumps({"others": ["mail2"], "port": 4125, "mailboxes": BOXES, "together": {}}))
    found = Copies(settings)
    found.read()
    return found


def through(copies: Copies) -> list[str]:
    """Synchronise what is due, a few at a time; those that were, in order."""
    done: list[str] = []
    while chosen := copies.next():
        for address in chosen:
            copies.synchronise(address)
        done += chosen
    return done


def test_what_changed_comes_before_what_is_only_compared(copies: Copies) -> None:
    copies.changed(BOXES[5])
    assert through(copies) == [BOXES[5], *BOXES[:5]]


def test_a_mailbox_is_merged_once_then_the_copy_follows(copies: Copies, doveadm: Doveadm, clock) -> None:
    through(copies)
    copies.changed(BOXES[0])
    assert through(copies) == []  # what happens within a second goes together
    clock(1.1)
    assert through(copies) == [BOXES[0]]
    lines = [line[1:6] for line in doveadm.ran if BOXES[0] in line]
    assert lines == [["sync", "-u", BOXES[0], "-s", ""], ["backup", "-u", BOXES[0], "-s", "state"]]
    clock(3600)
    assert through(copies) == BOXES
    assert doveadm.ran[-1][5] == ""  # compared whole


def test_many_mailboxes_are_compared_whole_more_seldom(copies: Copies, clock, monkeypatch) -> None:
    monkeypatch.setattr(mail_copy, "SPARED", 1000)
    through(copies)
    clock(len(BOXES) * 1000 - 1)
    assert through(copies) == []
    clock(2)
    assert through(copies) == BOXES


def test_a_server_that_is_away_costs_a_question_now_and_then(copies: Copies, doveadm: Doveadm, clock) -> None:
    doveadm.status, doveadm.listens = 75, False
    for _ in range(50):
        through(copies)
        clock(1)
    assert len(doveadm.ran) == 1
    doveadm.status, doveadm.listens = 0, True
    clock(2 * AWAY)
    assert sorted(through(copies)) == BOXES
    assert (copies.failures, copies.mailboxes[BOXES[1]].failures) == (1, 0)


def test_what_stalls_is_given_more_and_what_is_away_is_not(copies: Copies, doveadm: Doveadm, clock) -> None:
    doveadm.stalls = True
    for _ in range(3):
        copies.synchronise(BOXES[0])
    assert doveadm.given == [SOON, 4 * SOON, 16 * SOON]
    doveadm.listens = False
    copies.synchronise(BOXES[1])
    doveadm.listens = True
    clock(AWAY + 1)
    copies.synchronise(BOXES[1])
    assert doveadm.given[-2:] == [SOON, SOON]


def test_a_mailbox_of_thousands_of_folders_is_compared_whole(copies: Copies, doveadm: Doveadm) -> None:
    doveadm.state = "x" * (LONGEST_STATE + 1)
    copies.synchronise(BOXES[0])
    assert copies.mailboxes[BOXES[0]].states == {"mail2": ""}
    assert copies.mailboxes[BOXES[0]].changed is None


def test_who_left_while_it_waited_ends_nothing(copies: Copies, doveadm: Doveadm) -> None:
    copies.synchronise("who@left.bf")
    assert doveadm.ran == []


def test_what_is_no_file_asks_for_nothing(copies: Copies) -> None:
    through(copies)
    (mail_copy.ASK / "folder").mkdir()
    (mail_copy.ASK / BOXES[2]).touch()
    asked(copies)
    assert [path.name for path in mail_copy.ASK.iterdir()] == ["folder"]
    assert copies.mailboxes[BOXES[2]].told
