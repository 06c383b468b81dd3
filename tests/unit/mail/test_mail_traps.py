"""The ledger of traps: each has a test, and each test that it names exists."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
LEDGER = ROOT / "docs" / "mail-traps.md"
ROWS = [
    line.split("|")[1:3]
    for line in LEDGER.read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| trap ")
]


@pytest.mark.parametrize(("trap", "tests"), ROWS, ids=[trap.strip()[:50] for trap, _ in ROWS])
def test_each_trap_has_a_test(trap: str, tests: str) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", tests)
    assert named, trap
    for path, name in named:
        module = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        assert name in {each.name for each in module.body if isinstance(each, ast.FunctionDef)}, f"{path}::{name}"


def test_the_ledger_is_read() -> None:
    assert len(ROWS) > 35
