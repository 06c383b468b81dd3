"""A rehearsal's report, from what the phases print and pytest reports. The lab itself: `make rehearse`."""

from pathlib import Path

import pytest

from deploys import rehearse
from deploys.rehearse import Rehearsal, Run, as_data, as_markdown, outcome, read_phases, read_tests

SAID = """── validate
inventory: valid
── verify
6 failed

phase             seconds
validate              0.5
network hosts        12.0
verify               40.1
total                52.6
memory of the lab: 1.50 GiB
"""

JUNIT = """<?xml version="1.0"?><testsuites><testsuite>
<testcase classname="tests.hosts.test_mail" name="test_smtp[mail1]" />
<testcase classname="tests.hosts.test_mail" name="test_imap[mail1]"><failure message="x">y</failure></testcase>
<testcase classname="tests.hosts.test_files" name="test_share"><error message="setup">y</error></testcase>
<testcase classname="tests.hosts.test_files" name="test_share" />
<testcase classname="tests.hosts.test_files" name="test_old"><skipped /></testcase>
</testsuite></testsuites>"""

PHASES = """
import subprocess, sys
from pathlib import Path
assert sys.argv[1] == "lab"
print("── verify", flush=True)
status = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "checks.py"]).returncode
print("\\nphase             seconds")
print("verify                0.1")
print("total                 0.1")
if status:
    print(f"verify failed (exit status {status})", file=sys.stderr)
sys.exit(status)
"""
CHECKS = """
import pytest
@pytest.mark.parametrize("host", ["mail1", "dc1"])
def test_answers(host):
    assert host != BROKEN
def test_new():
    assert NEW
"""


def test_phases_are_read_from_their_table() -> None:
    assert read_phases(SAID) == {"validate": 0.5, "network hosts": 12.0, "verify": 40.1}
    assert read_phases("no table") == {}


def test_a_test_that_failed_once_failed() -> None:
    assert read_tests(JUNIT) == {
        "tests.hosts.test_mail::test_smtp[mail1]": "passed",
        "tests.hosts.test_mail::test_imap[mail1]": "failed",
        "tests.hosts.test_files::test_share": "failed",
        "tests.hosts.test_files::test_old": "skipped",
    }


def test_the_phase_that_failed_is_named(tmp_path: Path) -> None:
    found = outcome(SAID + "network hosts failed (exit status 1)\n", 1, 52.61, tmp_path / "none.xml")
    assert (found.failed, found.verified, found.seconds) == ("network hosts", False, 52.6)


def rehearsal(before: dict[str, str], after: dict[str, str], **values: object) -> Rehearsal:
    base, change = Run(0, 10.0, {"deploy": 9.0}, "", before), Run(0, 5.0, {"deploy": 4.0}, "", after)
    fixed = {"summary": "1 boîte créée, rien n'est supprimé.", "changes": 3, "hosts": ["mail1"], "again": True}
    return Rehearsal("a" * 40, base, change, **{**fixed, **values})  # type: ignore[arg-type]


def test_what_broke_is_what_passed_before() -> None:
    found = rehearsal(
        {"kept": "passed", "broke": "passed", "ill": "failed", "mended": "failed", "gone": "passed"},
        {"kept": "passed", "broke": "failed", "ill": "failed", "mended": "passed", "new": "failed"},
    )
    data = as_data(found)
    assert [data[k] for k in ("broken", "new_failing", "mended", "still_failing", "gone")] == [
        ["broke"],
        ["new"],
        ["mended"],
        ["ill"],
        ["gone"],
    ]
    text = as_markdown(found)
    assert "**Cassé par ce changement\u00a0:**\n\n- `broke`\n" in text
    assert "ne casse rien" not in text
    assert not found.well


def test_a_change_that_breaks_nothing() -> None:
    found = rehearsal({"a": "passed", "ill": "failed"}, {"a": "passed", "ill": "failed", "new": "passed"})
    text = as_markdown(found)
    assert found.well
    assert "3 changements appliqués par-dessus, sur `mail1`." in text
    assert "2 contrôles réussis sur 3." in text
    assert "**Ce changement ne casse rien.**" in text
    assert "| + | `deploy` | 4.0 |" in text


@pytest.mark.parametrize("values", [{"again": False}, {"after": None}])
def test_no_rehearsal_is_well_that_did_not_end_well(values: dict[str, object]) -> None:
    found = rehearsal({"a": "passed"}, {"a": "passed"})
    changed = Rehearsal(**{**vars(found), **values})
    assert not changed.well
    assert "**Ce changement ne casse rien.**" not in as_markdown(changed) or changed.again is False


def test_a_change_that_does_not_deploy_names_the_phase() -> None:
    failed = Run(1, 5.0, {"lan": 1.0}, "lan", {})
    text = as_markdown(Rehearsal("a" * 40, Run(0, 1.0, {}, "", {"a": "passed"}), failed))
    assert "**Le déploiement de ce changement échoue à l'étape «\u00a0lan\u00a0»" in text


def test_trees_are_run_by_their_own_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two real runs, of two trees whose checks differ: pytest's own report says what broke."""
    monkeypatch.setattr(rehearse, "FOLDER", tmp_path)
    runs = {}
    for name, broken, new in (("base", "nobody", "True"), ("change", "mail1", "False")):
        tree = tmp_path / f"{name}-tree"
        (tree / "deploys").mkdir(parents=True)
        (tree / "deploys/phases.py").write_text(PHASES)
        (tree / "checks.py").write_text(f"BROKEN, NEW = {broken!r}, {new}\n" + CHECKS)
        runs[name] = rehearse.run(tree, name)
    found = Rehearsal("a" * 40, runs["base"], runs["change"])
    assert found.broken == ["checks::test_answers[mail1]", "checks::test_new"]
    assert (runs["base"].status, runs["change"].failed) == (0, "verify")
    assert "verify failed" in (tmp_path / "change.log").read_text()
