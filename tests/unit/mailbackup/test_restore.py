"""What is restored: which backup, which folders, where they go, and that nothing is put where there is no room."""

import argparse
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from roles.mail.config import RECOVERABLE
from roles.mailbackup.backups import restore
from roles.mailbackup.backups.chosen import chosen, folders_of, instant, targets
from roles.mailbackup.backups.mailboxes import Mailbox, Message, folder_of, on_disk, ranges
from roles.mailbackup.backups.repository import BackupError, Snapshot
from roles.mailbackup.backups.whole import put_aside

NOW = datetime(2026, 11, 28, 14, 0, tzinfo=UTC)
HOURS = [Snapshot(str(hour), NOW - timedelta(hours=hour)) for hour in (3, 2, 1)]
MAILDIR = Path("/srv/mail/M1/Maildir")


@pytest.mark.parametrize("folder", ["Envoyés", "Été & suite/Œuvre", "A&B", "Archives", "INBOX", "日本/x"])
def test_a_folder_has_the_name_of_imap_on_the_disk(folder: str) -> None:
    assert folder_of(on_disk(folder)) == folder


def test_names_on_the_disk_are_those_of_dovecot() -> None:
    assert on_disk("Envoyés") == ".Envoy&AOk-s"
    assert on_disk("Été & suite/b") == ".&AMk-t&AOk- &- suite.b"


def test_numbers_are_a_set_of_imap() -> None:
    assert list(ranges([5, 1, 2, 3, 9, 8])) == ["1:3", "5:5", "8:9"]
    assert list(ranges([])) == []


def test_a_time_is_its_end() -> None:
    assert instant(None, NOW) == NOW
    assert instant("90m", NOW) == NOW - timedelta(minutes=90)
    assert instant("2d", NOW) == NOW - timedelta(days=2)
    assert instant("2026-11-28T12:00:05+00:00", NOW) == datetime(2026, 11, 28, 12, 0, 5, 999999, UTC)
    assert instant("2026-11-28 12:00+00:00", NOW) == datetime(2026, 11, 28, 12, 0, 59, 999999, UTC)
    assert instant("2026-11-27", NOW).replace(tzinfo=None) == datetime(2026, 11, 27, 23, 59, 59, 999999)
    with pytest.raises(BackupError, match="--at lundi: not a time"):
        instant("lundi", NOW)


def test_the_last_backup_by_then_is_chosen() -> None:
    assert chosen(HOURS, NOW).id == "1"
    assert chosen(HOURS, NOW - timedelta(minutes=90)).id == "2"
    with pytest.raises(BackupError, match="no backup of then: the oldest is of"):
        chosen(HOURS, NOW - timedelta(days=1))
    with pytest.raises(BackupError, match="no backup yet"):
        chosen([], NOW)


def test_folders_are_told_with_what_they_hold() -> None:
    def node(path: str, kind: str = "file", size: int = 10) -> dict[str, object]:
        return {"path": f"{MAILDIR}/{path}", "type": kind, "size": size}

    nodes = [
        node("cur", "dir"),
        node("cur/1:2,S"),
        node("new/2"),
        node(".Envoy&AOk-s/cur", "dir"),
        node("dovecot-uidlist"),
    ]
    found = folders_of([*nodes, {"path": "/srv", "type": "dir"}], MAILDIR, HOURS[0])
    assert {name: (each.messages, each.size) for name, each in found.items()} == {"INBOX": (2, 20), "Envoyés": (0, 0)}
    with pytest.raises(BackupError, match="holds no such mailbox"):
        folders_of([], MAILDIR, HOURS[0])


def test_each_folder_goes_where_it_is_looked_for() -> None:
    all_of_it = {"INBOX", "A", "A/b"}
    assert targets(all_of_it, "R", None, False, False) == {"INBOX": "R", "A": "R/A", "A/b": "R/A/b"}
    assert targets({"A", "A/b"}, "R", "A", False, False) == {"A": "R", "A/b": "R/b"}
    assert targets({"INBOX"}, "R", "inbox", False, False) == {"INBOX": "R"}
    assert targets({"A/b"}, "R", None, True, False) == {"A/b": "R"}
    assert targets(all_of_it, "R", None, False, True) == {name: name for name in all_of_it}


def asked(**values: Any) -> argparse.Namespace:
    nothing = {"folder": None, "message": None, "into": None, "in_place": False, "all": False, "list": False}
    return argparse.Namespace(**{"address": "a@x", "target": None, **nothing, **values})


def test_what_time_empties_is_restored_only_for_one_message() -> None:
    folders = ["INBOX", RECOVERABLE, "Z", "Restauré 2026-11-01 10h00"]
    assert restore.narrowed(folders, asked()) == ["INBOX", "Z"]
    assert restore.narrowed(folders, asked(in_place=True)) == ["INBOX", "Z", "Restauré 2026-11-01 10h00"]
    assert restore.narrowed(folders, asked(message="<1@x>"))[-1] == RECOVERABLE
    with pytest.raises(BackupError, match="Y: no such folder in that backup; there are INBOX"):
        restore.narrowed(folders, asked(folder="Y"))


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"into": "A", "in_place": True}, "one of them"),
        ({"into": RECOVERABLE}, "no such folder can be made"),
        ({"into": "a.b"}, "no such folder can be made"),
        ({"into": "INBOX"}, "--in-place"),
        ({"all": True}, "--all is all"),
        ({"address": None}, "whose mailbox"),
        ({"target": "/x"}, "--target is for --all"),
    ],
)
def test_what_does_not_go_together_is_refused(values: dict[str, Any], says: str) -> None:
    with pytest.raises(BackupError, match=says):
        restore.check(asked(**values))


class Full(Mailbox):
    """A mailbox that holds one message and has room for a hundred bytes; nothing may be put into it."""

    def folders(self) -> set[str]:
        return {"INBOX"}

    def messages(self, folders: Any, describe: bool = False) -> Any:  # noqa: ARG002  # as of a Mailbox
        return iter([Message("INBOX", 7, "g1", "<1@x>", 60)] if "INBOX" in folders else [])

    def free(self) -> int:
        return 100


def test_what_has_no_room_is_not_begun(tmp_path: Path) -> None:
    found = [Message("INBOX", uid, f"g{uid}", f"<{uid}@x>", 60) for uid in (1, 2, 3)]
    with pytest.raises(BackupError, match="nothing was restored"):
        restore.put(Full("a@x"), found, asked(in_place=True), HOURS[0], tmp_path, print)


def test_what_is_there_is_not_doubled(tmp_path: Path) -> None:
    found = [Message("INBOX", 1, "another", "<1@x>", 60), Message("INBOX", 2, "g1", "", 60)]
    said = restore.put(Full("a@x"), found, asked(in_place=True), HOURS[0], tmp_path, print)
    assert "0 messages" in said
    assert "2 were there" in said


def test_what_is_beside_the_mail_is_kept_under_another_name(tmp_path: Path) -> None:
    store, journal, empty = (tmp_path / name for name in ("mail", "journal", "empty"))
    for folder in (store, journal, empty):
        folder.mkdir()
    for folder in (store, journal):
        (folder / "file").write_text("new")
    moved = put_aside([store, journal, empty, tmp_path / "none"], store)
    assert list(moved) == [journal]
    assert (moved[journal] / "file").read_text() == "new"
    assert not journal.exists()
    assert (store / "file").exists()
