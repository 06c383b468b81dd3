"""A DSI's change, from the edit to the person at work, and back: in a copy of the repository, on the lab's machines."""

import json
from pathlib import Path
from uuid import uuid4

import pytest

from inventory.model import Administration
from tests.rehearsals.conftest import ROOT, at_the_desk, first_logon, imap, run, share, ticket

TAG = uuid4().hex[:6]  # the lab remembers those who left: each run has somebody new
LOGIN, FOLDER = f"nafi.{TAG}", f"sante-rh-{TAG}"
PERSON = f"  - {{id: E-{TAG.upper()}, login: {LOGIN}, given: Nafi, family: Nouvelle}}\n"
SHARE = f"  {FOLDER}:\n    description: Dossiers du personnel\n    write: [agents]\n"

MAILBOXES = "mail: only people of the inventory have a mailbox open"
MAIL = [
    MAILBOXES,
    "mail: rules of sending are valid and in place",
    "mail: postfix mailboxes",
    "mail: postfix runs with its present maps",
    "mail: which mailboxes are copied where",
]
# Every step that a plan names, and no other.
JOINING = [
    ("app1", "applications: cim: only people of the inventory have a session"),
    ("dc1", "directory: people, groups and policy"),
    ("files1", "files: only people of the inventory have a share open"),
    ("files1", "files: shares"),
    ("files1", "files: smbd serves the present shares"),
    ("files1", "files: folders and who may open them"),
    *(("mail1", step) for step in MAIL),
    ("mail1", "dav: who there is and what is shared is valid and in place"),
    *(("mail2", step) for step in MAIL),
    ("web1", "webmail: who writes from which address"),
]
LEAVING = [step for step in JOINING if step != ("files1", "files: folders and who may open them")]
for server in ("mail1", "mail2"):
    LEAVING.insert(LEAVING.index((server, MAILBOXES)) + 1, (server, "mail: only root reads what somebody left"))


@pytest.fixture
def changed(copy: Path) -> Path:
    """The copy with one more person and one more share."""
    folder = copy / "inventory/institutions/sante"
    for name, added in (("people.yaml", PERSON), ("shares.yaml", SHARE)):
        (folder / name).write_text((folder / name).read_text().rstrip() + "\n" + added)
    return copy


def planned(place: Path) -> tuple[list[tuple[str, str]], list[str]]:
    """The steps that a plan names, and the lines of all of them."""
    ran = run(place, "deploys.engine", "plan", "--json")
    assert ran.returncode == 2, ran.stderr
    changes = json.loads(ran.stdout)["changes"]
    steps = [(change["host"], change["step"]) for change in changes]
    return steps, [line["text"] for change in changes for line in change["lines"]]


def test_a_person_and_a_share_are_planned_exactly_deployed_and_used(
    changed: Path, administration: Administration
) -> None:
    steps, lines = planned(changed)
    assert steps == JOINING
    for line in (f"person {LOGIN}: create", f"group sante-agents: add {LOGIN}", f"share {FOLDER}: create"):
        assert line in lines

    assert run(changed, "deploys.secrets").stdout == f"  generated: institution-sante: {LOGIN}\n"
    deployed = run(changed, "deploys.engine", "deploy", "--yes")
    assert deployed.returncode == 0, deployed.stdout + deployed.stderr
    assert f"{len(JOINING)} changed, 0 failed" in deployed.stdout
    assert run(changed, "deploys.engine", "plan").returncode == 0

    password = first_logon(administration, "sante", LOGIN)
    read = imap(f"{LOGIN}@sante.gov.bf")
    assert at_the_desk(administration, read, password) == (0, "OK")
    mine, others = share(FOLDER, "mkdir essai; rmdir essai"), share("mtdpce", "ls")
    assert at_the_desk(administration, ticket(LOGIN, mine), password)[0] == 0
    assert at_the_desk(administration, ticket(LOGIN, others), password)[0] != 0

    steps, lines = planned(ROOT)
    assert steps == LEAVING
    assert f"account {LOGIN}: disable" in lines
    assert f"share {FOLDER}: remove" in lines
    assert run(ROOT, "deploys.engine", "deploy", "--yes").returncode == 0
    assert at_the_desk(administration, ticket(LOGIN, "true"), password)[0] != 0
    assert at_the_desk(administration, read, password)[0] != 0
