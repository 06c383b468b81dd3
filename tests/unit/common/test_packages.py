"""Which packages are there: asked of the real dpkg-query, over a database of the test's own."""

from pathlib import Path

import pytest

from roles.common.packages import InstalledPackages, packages
from tests.unit.common.conftest import Here

STATUS = "Package: {name}\nStatus: {status}\nArchitecture: amd64\nMaintainer: x\nVersion: 1\nDescription: x\n"


@pytest.fixture
def debian(here: Here, tmp_path: Path) -> Here:
    database = tmp_path / "dpkg"
    for folder in ("updates", "info"):
        (database / folder).mkdir(parents=True)
    states = {
        "postfix": "install ok installed",
        "postfix-lmdb": "hold ok installed",
        "removed": "deinstall ok config-files",
        "half": "install ok half-configured",
        "unpacked": "install ok unpacked",
    }
    (database / "status").write_text("\n".join(STATUS.format(name=n, status=s) for n, s in states.items()))
    here.environment["DPKG_ADMINDIR"] = str(database)
    return here


def test_only_what_is_installed_and_configured_counts(debian: Here) -> None:
    names = ["postfix", "postfix-lmdb", "removed", "half", "unpacked", "no-such-package"]
    assert debian.get_fact(InstalledPackages, names=names) == {"postfix", "postfix-lmdb"}
    assert debian.get_fact(InstalledPackages, names=["no-such-package"]) == set()


def test_a_database_that_cannot_be_read_is_no_answer(debian: Here, tmp_path: Path) -> None:
    (tmp_path / "dpkg/status").write_text("this is no status\n")
    command = InstalledPackages().command(["postfix"]).get_raw_value()
    assert debian.sh(command).returncode != 0


def test_what_is_missing_is_installed_at_once_and_named_one_by_one(debian: Here) -> None:
    (command,) = debian.commands(packages, names=["removed", "postfix", "half", "postfix"])
    assert [change.text for change in command.changes] == ["install half", "install removed"]
    assert command.get_raw_value().endswith("half removed >/dev/null")
    assert command.opens


def test_nothing_is_installed_twice(debian: Here) -> None:
    assert debian.commands(packages, names=["postfix"]) == []
    assert debian.left_alone == ["every package is installed"]


def test_apt_gets_each_name_as_one_word(debian: Here, tmp_path: Path) -> None:
    debian.program("apt-get", f'for word; do echo "$word"; done >"{tmp_path}/words"')
    debian.does(packages, names=["a b", "$(touch /tmp/never)", "c"])
    words = (tmp_path / "words").read_text().splitlines()
    assert words[:4] == ["install", "--yes", "--quiet=2", "--no-install-recommends"]
    assert words[-3:] == ["$(touch /tmp/never)", "a b", "c"]
