"""What is deployed, as machines keep it, and how far behind it is."""

import subprocess
from dataclasses import asdict
from pathlib import Path

import pytest

from deploys.engine.record import Recorded
from deploys.record import Record, behind, commit, path_of, record

OLD = Record("0" * 40, "awa@bastion", "2026-11-25T13:00:00+00:00", "site")


def git(*arguments: str) -> str:
    who = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
    return subprocess.run(["git", *who, *arguments], capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def commits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Three commits of a checkout that is at hand."""
    monkeypatch.chdir(tmp_path)
    git("init", "--quiet", "--initial-branch=main")
    found = []
    for number in range(3):
        (tmp_path / "file").write_text(f"{number}\n")
        git("add", "file")
        git("commit", "--quiet", "--message", str(number))
        found.append(git("rev-parse", "HEAD"))
    return found


def at(commit: str) -> Record:
    return Record(commit, OLD.who, OLD.when, OLD.deploys)


def test_how_far_behind_in_words(commits: list[str]) -> None:
    assert behind(at(commits[2])) == ""
    assert behind(at(f"{commits[2]}+")) == ""
    assert behind(at(commits[1])) == " (1 commit behind)"
    assert behind(at(commits[0])) == " (2 commits behind)"
    assert behind(OLD) == " (a commit that is not here)"
    git("checkout", "--quiet", commits[0])
    assert behind(at(commits[2])) == " (ahead of this checkout)"


def test_a_commit_of_another_branch_is_not_only_behind(commits: list[str]) -> None:
    git("checkout", "--quiet", "-b", "other", commits[0])
    git("commit", "--quiet", "--allow-empty", "--message", "other")
    assert behind(at(commits[2])) == " (1 commit behind, and 2 of another branch)"


def test_a_work_tree_with_more_says_so(commits: list[str], tmp_path: Path) -> None:
    assert commit() == commits[2]
    (tmp_path / "untracked").touch()
    assert commit() == commits[2]
    (tmp_path / "file").write_text("more\n")
    assert commit() == f"{commits[2]}+"
    assert record("site", "why").commit == f"{commits[2]}+"
    assert record("site", "why").reason == "why"


def test_without_git_there_is_no_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert commit() == "none"
    assert behind(OLD) == " (a commit that is not here)"
    monkeypatch.setenv("PATH", str(tmp_path))
    assert commit() == "none"


def test_a_record_that_says_nothing_is_none() -> None:
    assert Recorded().process([str(asdict(OLD)).replace("'", '"')]) == OLD
    for text in ("", "{", "[]", "null", '{"commit": "x"}', '{"unknown": 1}'):
        assert Recorded().process([text]) is None


def test_each_deploy_has_its_own() -> None:
    assert path_of("site") == "/var/lib/administration/deployed-site.json"
    assert path_of("mail") != path_of("site")
