"""A DSI's change, from the edit to the person at work, and back: in a copy of the repository, on the lab's machines."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from inventory.model import Administration
from inventory.secrets import secrets_of

ROOT = Path(__file__).resolve().parents[2]
SERVER = "mail1.intra.gov.bf"

TAG = uuid4().hex[:6]  # the lab remembers those who left: each run has somebody new
LOGIN, FOLDER = f"nafi.{TAG}", f"sante-rh-{TAG}"
PERSON = f"  - {{login: {LOGIN}, given: Nafi, family: Nouvelle}}\n"
SHARE = f"  {FOLDER}:\n    description: Dossiers du personnel\n    write: [agents]\n"

# Every step that a plan names, and no other.
JOINING = [
    ("dc1", "directory: people, groups and policy"),
    ("files1", "files: shares"),
    ("files1", "files: smbd serves the present shares"),
    ("files1", "files: folders and who may open them"),
    ("mail1", "mail: mailboxes of dovecot"),
    ("mail1", "mail: postfix mailboxes"),
    ("mail1", "mail: postfix runs with its present maps"),
]
LEAVING = [*JOINING[:3], *JOINING[4:7]]

READ = f"""
import imaplib, ssl, sys
client = imaplib.IMAP4_SSL("{SERVER}", ssl_context=ssl.create_default_context())
print(client.login("{LOGIN}@sante.gov.bf", sys.stdin.readline().rstrip())[0])
"""


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Path]:
    """The repository with one more person and one more share; afterwards the lab is what the repository says again."""
    place = tmp_path / "repository"
    shutil.copytree(ROOT, place, ignore=shutil.ignore_patterns(".git", ".cache", "__pycache__", ".*_cache"))
    (place / ".cache").symlink_to(ROOT / ".cache")
    folder = place / "inventory/institutions/sante"
    for name, added in (("people.yaml", PERSON), ("shares.yaml", SHARE)):
        (folder / name).write_text((folder / name).read_text().rstrip() + "\n" + added)
    yield place
    run(ROOT, "deploys.engine", "deploy", "--yes")


def run(place: Path, *module: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *module],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(place)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def planned(place: Path) -> tuple[list[tuple[str, str]], list[str]]:
    """The steps that a plan names, and the lines of all of them."""
    ran = run(place, "deploys.engine", "plan", "--json")
    assert ran.returncode == 2, ran.stderr
    changes = json.loads(ran.stdout)["changes"]
    steps = [(change["host"], change["step"]) for change in changes]
    return steps, [line["text"] for change in changes for line in change["lines"]]


def test_a_person_and_a_share_are_planned_exactly_deployed_and_used(copy: Path, administration: Administration) -> None:
    steps, lines = planned(copy)
    assert steps == JOINING
    for line in (f"person {LOGIN}: create", f"group sante-agents: add {LOGIN}", f"share {FOLDER}: create"):
        assert line in lines

    assert run(copy, "deploys.secrets").stdout == f"  generated: institution-sante: {LOGIN}\n"
    deployed = run(copy, "deploys.engine", "deploy", "--yes")
    assert deployed.returncode == 0, deployed.stdout + deployed.stderr
    assert "7 changed, 0 failed" in deployed.stdout
    assert run(copy, "deploys.engine", "plan").returncode == 0

    password = secrets_of(administration.environment).get("institution-sante", LOGIN).reveal()
    assert at_the_desk(administration, f"python3 -c '{READ}'", password) == (0, "OK")
    mine = f"smbclient --use-kerberos=required //files1.intra.gov.bf/{FOLDER} -c 'mkdir essai; rmdir essai'"
    others = "smbclient --use-kerberos=required //files1.intra.gov.bf/mtdpce -c ls"
    ticket = f"export KRB5CCNAME=$(mktemp); kinit {LOGIN}@INTRA.GOV.BF >/dev/null"
    assert at_the_desk(administration, f"{ticket} && {mine}; s=$?; kdestroy; exit $s", password)[0] == 0
    assert at_the_desk(administration, f"{ticket} && {others}; s=$?; kdestroy; exit $s", password)[0] != 0

    steps, lines = planned(ROOT)
    assert steps == LEAVING
    assert f"account {LOGIN}: disable" in lines
    assert f"share {FOLDER}: remove" in lines
    assert run(ROOT, "deploys.engine", "deploy", "--yes").returncode == 0
    assert at_the_desk(administration, ticket, password)[0] != 0
    assert at_the_desk(administration, f"python3 -c '{READ}'", password)[0] != 0


def at_the_desk(administration: Administration, command: str, password: str) -> tuple[int, str]:
    """The exit status and output of a command on the workstation that reads a password."""
    ran = subprocess.run(
        ["ssh", "-F", str(administration.environment.ssh_config), "ws1", command],
        input=f"{password}\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return ran.returncode, ran.stdout.strip()
