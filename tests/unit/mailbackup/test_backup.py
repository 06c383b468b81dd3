"""The hourly backup: what restic's words mean, and what only a person may decide."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from roles.mailbackup.backups import backup
from roles.mailbackup.backups.repository import (
    BackupError,
    NoRepositoryError,
    Repository,
    Snapshot,
    UnreachableError,
    failures,
    refusal,
)
from tests.unit.mailbackup.test_restore import NOW


class Played(Repository):
    """A repository that is there or not, and holds backups or not."""

    there: str = ""
    held: tuple[Snapshot, ...] = ()

    def identity(self) -> str:
        if not self.there:
            raise NoRepositoryError("none")
        return self.there

    def run(self, *arguments: str) -> str:
        assert arguments == ("init",)
        object.__setattr__(self, "there", "made")
        return ""

    def snapshots(self) -> list[Snapshot]:
        return list(self.held)


@pytest.fixture
def repository(tmp_path: Path) -> Played:
    return Played(tmp_path)


def is_(repository: Played, there: str, *held: Snapshot) -> None:
    object.__setattr__(repository, "there", there)
    object.__setattr__(repository, "held", held)


def test_the_first_backup_makes_the_repository(repository: Played, tmp_path: Path) -> None:
    backup.known(repository, tmp_path)
    assert (tmp_path / "repository").read_text() == "made\n"
    backup.known(repository, tmp_path)


def test_a_repository_that_is_lost_is_not_made_anew_in_silence(repository: Played, tmp_path: Path) -> None:
    (tmp_path / "repository").write_text("ours\n")
    with pytest.raises(BackupError, match="lost the repository ours, with all backups"):
        backup.known(repository, tmp_path)
    is_(repository, "other")
    with pytest.raises(BackupError, match="another repository, other for ours"):
        backup.known(repository, tmp_path)


def test_an_empty_store_is_not_saved_over_what_a_lost_machine_left(repository: Played, tmp_path: Path) -> None:
    is_(repository, "ours", Snapshot("1", NOW))
    with pytest.raises(BackupError, match="this machine is new"):
        backup.known(repository, tmp_path)
    is_(repository, "ours")
    backup.known(repository, tmp_path)


def test_who_does_not_answer_is_asked_again_and_a_mistake_is_not() -> None:
    answers: Iterator[Exception | None] = iter([UnreachableError("a"), UnreachableError("b"), None])

    def ask() -> str:
        if error := next(answers):
            raise error
        return "done"

    assert backup.patiently(ask, patience=10, pause=0) == "done"
    answers = iter([BackupError("wrong"), None])
    with pytest.raises(BackupError, match="wrong"):
        backup.patiently(ask, patience=10, pause=0)


@pytest.mark.parametrize(
    ("status", "said", "kind", "says"),
    [
        (
            1,
            "rclone: ssh: connect to host 10.0.0.1 port 22: Connection refused\nFatal: unable",
            UnreachableError,
            "refused",
        ),
        (
            1,
            "Fatal: unable to open: error talking HTTP to rclone: exit status 255",
            UnreachableError,
            "does not answer",
        ),
        (10, "Fatal: repository does not exist", NoRepositoryError, "no repository"),
        (11, "Fatal: unable to create lock", UnreachableError, "locked"),
        (12, "Fatal: wrong password", BackupError, "password"),
        (1, '{"message_type":"exit_error","code":1,"message":"Fatal: no space left"}', BackupError, "no space left"),
    ],
)
def test_restic_is_understood(status: int, said: str, kind: type[BackupError], says: str) -> None:
    error = refusal(status, said)
    assert type(error) is kind
    assert says in str(error)


def test_mail_that_moves_while_it_is_read_is_no_failure() -> None:
    def line(message: str) -> str:
        return json.dumps({"message_type": "error", "error": {"message": message}, "item": "/srv/mail/M1/x"})

    gone, refused = line("lstat /x: no such file or directory"), line("open /x: permission denied")
    assert failures(f"{gone}\nwords\n{gone}") == []
    assert failures(f"{gone}\n{refused}") == ["/srv/mail/M1/x: open /x: permission denied"]
