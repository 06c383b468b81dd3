"""CODEOWNERS says what inventory/ownership.py enforces."""

import re
import subprocess
from fnmatch import fnmatchcase

from inventory.codeowners import PATH, codeowners, is_current
from inventory.model import load
from inventory.ownership import owners

HANDLE = re.compile(r"@[A-Za-z0-9][A-Za-z0-9._/-]*")


def rules(text: str) -> list[tuple[str, list[str]]]:
    """Patterns with their owners, as GitHub and GitLab read them."""
    lines = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    return [(pattern, who) for pattern, *who in lines]


def asked(path: str, text: str) -> list[str]:
    """The owners of a path: those of the last line that matches."""
    found: list[str] = []
    for pattern, who in rules(text):
        if pattern == "*" or (
            f"/{path}".startswith(pattern) if pattern.endswith("/") else fnmatchcase(f"/{path}", pattern)
        ):
            found = who
    return found


def test_it_is_current() -> None:
    assert is_current(load("production")), "run `make codeowners`"


def test_every_line_has_owners_that_a_forge_understands() -> None:
    for pattern, who in rules(PATH.read_text()):
        assert who, pattern  # a line without owners would free what it matches
        assert len(who) == len(set(who))
        assert all(HANDLE.fullmatch(handle) for handle in who), pattern
        assert not re.search(r"[\\!\[\]\s#]", pattern)


def test_the_first_to_be_asked_is_the_owner() -> None:
    administration = load("production")
    text, known = codeowners(administration), owners(administration)
    tracked = subprocess.run(["git", "ls-files", "-z"], capture_output=True, text=True, check=True).stdout.split("\0")
    for path in filter(None, tracked):
        expected = known.platform if path.endswith("/institution.yaml") else known.of(path)
        assert asked(path, text)[: len(expected.reviewers)] == list(expected.reviewers), path
        assert set(known.platform.reviewers) <= set(asked(path, text)), path


def test_a_new_institution_makes_it_old(tmp_path) -> None:
    administration = load("production")
    path = tmp_path / "CODEOWNERS"
    assert not is_current(administration, path)
    path.write_text(codeowners(administration))
    assert is_current(administration, path)
    fewer = administration.institutions.copy()
    fewer.popitem()
    object.__setattr__(administration, "institutions", fewer)
    assert not is_current(administration, path)
