"""What rehearsals share: a copy of the repository to change, its commands, and somebody at the ministry's desk."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from inventory.model import Administration
from inventory.secrets import secrets_of
from tests.passwords import settled

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = shutil.ignore_patterns(".git", ".cache", "__pycache__", ".*_cache")


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Path]:
    """The repository, to be changed; afterwards the lab is what the repository says again."""
    place = tmp_path / "repository"
    shutil.copytree(ROOT, place, ignore=NOT_OURS)
    (place / ".cache").symlink_to(ROOT / ".cache")
    yield place
    restored = run(ROOT, "deploys.engine", "deploy", "--yes", "--reason", "a rehearsal is over")
    assert restored.returncode == 0, restored.stdout + restored.stderr


def run(place: Path, *module: str) -> subprocess.CompletedProcess[str]:
    """Run a module of a repository, without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", *module],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(place)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def done(place: Path, *module: str) -> str:
    """What a module says, which must do what it is asked."""
    ran = run(place, *module)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def files(place: Path) -> dict[str, bytes]:
    """What a repository holds, by path; nothing of what is generated there."""
    return {str(path.relative_to(place)): path.read_bytes() for path in _walk(place)}


def _walk(folder: Path) -> Iterator[Path]:
    names = sorted(path.name for path in folder.iterdir())
    for name in sorted(set(names) - NOT_OURS(str(folder), names)):
        path = folder / name
        yield from _walk(path) if path.is_dir() else [path]


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


def first_logon(administration: Administration, institution: str, login: str) -> str:
    """The password that somebody new chooses: the temporary one is good for that alone."""
    temporary = secrets_of(administration.environment).get(f"institution-{institution}", login).reveal()

    def say(command: str, typed: str) -> tuple[int, str]:
        return at_the_desk(administration, f"{command} 2>&1", typed)

    status, said = say(f"kinit -c MEMORY: {login}", temporary)
    assert (status != 0, "You must change it now" in said) == (True, True), said
    return settled(login, temporary, say, administration.environment.state / "passwords.lock")


def ticket(login: str, command: str) -> str:
    """A command that runs with somebody's Kerberos ticket, which it gets with the password that it reads."""
    return f"export KRB5CCNAME=$(mktemp); kinit {login}@INTRA.GOV.BF >/dev/null && {command}; s=$?; kdestroy; exit $s"


def imap(address: str) -> str:
    """A command that logs in to the mailbox with the password that it reads; the server's certificate is checked."""
    script = f"""
import imaplib, ssl, sys
client = imaplib.IMAP4_SSL("mail1.intra.gov.bf", ssl_context=ssl.create_default_context())
print(client.login("{address}", sys.stdin.readline().rstrip())[0])
client.select()
"""
    return f"python3 -c '{script}'"


def share(name: str, command: str) -> str:
    """A command on a share of the file server, with a Kerberos ticket and nothing else."""
    return f"smbclient --use-kerberos=required //files1.intra.gov.bf/{name} -c '{command}' 2>&1"
