"""The one who changes the temporary passwords of the lab's people."""

from pathlib import Path

import pytest

from tests.passwords import chosen, settled

TEMPORARY = "t3mporary-Password"  # not-a-secret: made up


class Directory:
    """Somebody's account."""

    def __init__(self, password: str = TEMPORARY) -> None:
        self.password, self.failures, self.changes = password, 0, 0

    def say(self, command: str, typed: str) -> tuple[int, str]:
        password, *new = typed.splitlines()
        if password != self.password:
            self.failures += 1
            return 1, "Password incorrect"
        if command == "kpasswd awa":
            self.password, again = new
            assert self.password == again
            self.changes += 1
            return 0, "Password changed."
        assert command == "kinit -c MEMORY: awa"
        return 0, ""


def test_the_first_time_changes_it_and_later_ones_do_not(tmp_path: Path) -> None:
    directory = Directory()
    for _ in range(3):
        assert settled("awa", TEMPORARY, directory.say, tmp_path / "lock") == chosen(TEMPORARY)
    assert (directory.password, directory.changes, directory.failures) == (chosen(TEMPORARY), 1, 1)


def test_somebody_who_has_neither_is_named(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="awa: Password incorrect"):
        settled("awa", TEMPORARY, Directory("another").say, tmp_path / "lock")


def test_what_is_chosen_is_long_and_of_three_kinds() -> None:
    password = chosen(TEMPORARY)
    assert len(password) == 24
    assert any(c.islower() for c in password)
    assert any(c.isupper() for c in password)
    assert any(c.isdigit() for c in password)
    assert chosen("another") != password
