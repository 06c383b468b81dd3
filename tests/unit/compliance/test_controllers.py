"""`make compliance` of the domain: what is intended needs no machine, and a controller that is silent is one line."""

import json
from pathlib import Path
from typing import Any

import pytest

from deploys import compliance
from deploys.controllers import NoAnswerError
from inventory.model import load

ADMINISTRATION = load("lab")
FOUND = json.loads((Path(__file__).parent / "domain.json").read_text())


def test_what_is_intended_is_what_a_deploy_would_write() -> None:
    found = compliance.controller(ADMINISTRATION, ADMINISTRATION.machine("dc1"), "intended", first=True)
    assert (found.content, found.fqdn, found.domain) == (None, "dc1.intra.gov.bf", "intra.gov.bf")
    assert found.settings["ldap server require strong auth"] == "yes"


def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[int, str, str]:
    monkeypatch.setattr("sys.argv", ["compliance", *arguments])
    status = compliance.main()
    said = capsys.readouterr()
    return status, said.out, said.err


def test_a_controller_that_does_not_answer_is_one_line_and_the_next_one_is_judged(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [machine.name for machine in ADMINISTRATION.running("directory")]

    def ask(_: Any, name: str, *_program: Any) -> str:
        if name == names[0]:
            raise NoAnswerError(f"{name} does not answer: Connection refused")
        return json.dumps({**FOUND, "certificate": ""})

    monkeypatch.setattr(compliance, "ask", ask)
    monkeypatch.setattr(compliance, "audited", lambda *_: [])
    status, said, wrong = run(capsys, monkeypatch, "--from", "running", "--verbose")
    assert (status, wrong) == (1, f"{names[0]} does not answer: Connection refused\n")
    if len(names) > 1:
        assert f"pass           {names[1]}         krbtgt-age" in said  # the domain's content is judged all the same


def test_one_controller_alone(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    status, said, _ = run(capsys, monkeypatch, "--from", "intended", "--limit", "dc1")
    assert status == 0
    assert said.startswith("1 devices, 41 rules: 0 fail")
