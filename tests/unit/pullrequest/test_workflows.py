"""What the forges run: only make, nothing of a stranger's with a secret, every right the least."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[3]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
TREE = ".cache/pull-request"

# A container of CI has neither make nor git: the one line that is not make.
PACKAGES = "apt-get update -qq && apt-get install -y -qq --no-install-recommends ca-certificates git make python3-venv"
MAKE = re.compile(rf"make(?P<tree> -C {re.escape(TREE)})? (?P<target>[a-z]+)(?P<variables>( [A-Z_]+=[\w.-]+)*)")
PINNED = re.compile(r"(?P<action>actions/(checkout|upload-artifact))@[0-9a-f]{40}")
# What a workflow may say of a stranger's event, and only outside of its commands.
EVENT = {
    "github.event.pull_request.number",
    "github.event.pull_request.base.sha",
    "github.event.pull_request.head.sha",
    "github.event.pull_request.user.login",
    "github.event.pull_request.draft",
}
# Which of make's words may meet credentials in the tree of a pull request.
OUTSIDE = {"overlay", "credentials", "forget", "ownership"}


def read(path: Path) -> dict[str, Any]:
    found = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def steps(workflow: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, job in workflow["jobs"].items():
        for step in job["steps"]:
            yield name, step


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))


def made(command: str) -> re.Match[str]:
    found = MAKE.fullmatch(command)
    assert found, f"not make: {command}"
    assert found["target"] in targets(), command
    return found


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows_run_make_alone(path: Path) -> None:
    workflow = read(path)
    for _, step in steps(workflow):
        assert ("run" in step) != ("uses" in step)
        assert "continue-on-error" not in step
        assert "shell" not in step
        if "run" in step and step["run"] != PACKAGES:
            made(step["run"])
    assert {"pull-request", "plan", "main"} == {path.stem for path in WORKFLOWS}
    assert all(job["timeout-minutes"] <= 120 for job in workflow["jobs"].values())


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_are_pinned_and_leave_no_token(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for line in re.findall(r"uses: (.*)", text):
        assert re.fullmatch(rf"{PINNED.pattern} # v\d+\.\d+\.\d+", line), line
    for _, step in steps(read(path)):
        if "checkout" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] is False
            assert step["with"]["fetch-depth"] == 0


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_no_strangers_word_reaches_a_shell(path: Path) -> None:
    for _, step in steps(read(path)):
        assert "${{" not in step.get("run", "")
    said = set(re.findall(r"github\.(?:event\.[\w.]+|head_ref)", path.read_text(encoding="utf-8")))
    assert said <= EVENT


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_rights_are_the_least(path: Path) -> None:
    workflow = read(path)
    assert workflow["permissions"] in ({}, {"contents": "read"})
    for name, job in workflow["jobs"].items():
        given = job.get("permissions", {})
        assert set(given.values()) <= {"read", "write"}
        assert [right for right in given if given[right] == "write"] in ([], ["pull-requests"]), name
        if "secrets." in str(job):
            assert job.get("environment") in ("plan", "drift"), name
            assert job["steps"][-1]["run"] == "make forget ENV=production"
            assert job["steps"][-1]["if"] == "${{ always() }}"


def test_a_strangers_code_meets_no_secret() -> None:
    path = ROOT / ".github/workflows/pull-request.yml"
    workflow = read(path)
    assert set(workflow["on"]) == {"pull_request"}
    assert "secrets" not in path.read_text(encoding="utf-8").replace("no secret", "")
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        assert "permissions" not in job
        assert "environment" not in job
        assert job["runs-on"] == "ubuntu-24.04"


def test_what_is_trusted_runs_mains_code() -> None:
    workflow = read(ROOT / ".github/workflows/plan.yml")
    assert set(workflow["on"]) == {"pull_request_target"}
    assert workflow["permissions"] == {}
    for name, step in steps(workflow):
        if "checkout" in step.get("uses", ""):
            assert step["with"]["ref"] == "${{ github.event.pull_request.base.sha }}", name
        elif "run" in step:
            found = made(step["run"])
            assert bool(found["tree"]) is (found["target"] not in OUTSIDE), step["run"]
    secretive = [name for name, job in workflow["jobs"].items() if "secrets." in str(job)]
    assert secretive == ["plan"]
    assert workflow["jobs"]["plan"]["environment"] == "plan"
    assert workflow["jobs"]["plan"]["needs"] == "comment"


def gitlab() -> dict[str, Any]:
    return read(ROOT / ".gitlab-ci.yml")


def gitlab_jobs() -> dict[str, dict[str, Any]]:
    found = gitlab()
    named = {key: job for key, job in found.items() if isinstance(job, dict) and "script" in job}
    return {key: {**found.get(job.get("extends", ""), {}), **job} for key, job in named.items()}


def test_gitlab_runs_make_alone() -> None:
    assert gitlab()["default"]["before_script"] == [PACKAGES]
    for job in gitlab_jobs().values():
        for command in [*job["script"], *job.get("after_script", [])]:
            made(command)
        assert "allow_failure" not in job


def test_gitlab_keeps_secrets_to_main() -> None:
    jobs = gitlab_jobs()
    merge_requests = {k for k, job in jobs.items() if "merge_request_event" in str(job["rules"])}
    assert merge_requests == {"data", "ownership", "code", "rehearsal"}
    for name, job in jobs.items():
        main = all("$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH" in rule["if"] for rule in job["rules"])
        assert main is (name not in merge_requests), name
        assert ("environment" in job) is (name in {"comment", "plan", "drift"}), name
        secretive = "credentials" in str(job["script"])
        assert secretive is (name in {"plan", "drift"})
        assert (job.get("after_script") == ["make forget ENV=production"]) is secretive
    for name in ("comment", "plan"):
        assert '$CI_COMMIT_REF_PROTECTED == "true"' in jobs[name]["rules"][0]["if"]
        for command in jobs[name]["script"]:
            found = made(command)
            assert bool(found["tree"]) is (found["target"] not in OUTSIDE), command
