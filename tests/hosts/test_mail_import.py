"""Mailboxes of an old server come into ours: once, though the import is killed, and again for what came since."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from testinfra.host import Host

from inventory.model import Administration, Institution, Machine
from roles.mail.config import RECOVERABLE
from roles.mail.mailboxes import on_disk
from tests.old_mail import MASTER, PASSWORD, PORT, STARTTLS, OldServer, message, old_server
from tests.waiting import within

pytestmark = pytest.mark.machines("mail")

THEN = 1_500_000_000  # 2017: a date that nobody takes for that of the import
MANY = 40


CHANGE = """
import json, os, pathlib, sys
given = json.load(sys.stdin)
for old, new in given["moves"].items():
    os.rename(old, new)
for path in pathlib.Path(given["place"]).rglob(given.get("lost", "nothing of this name")):
    path.unlink()
"""


@pytest.fixture
def institution(administration: Administration) -> Institution:
    """One with two people, of whom no other test that runs beside this one asks anything."""
    return next(each for each in administration.institutions.values() if len(each.present) > 1)


@pytest.fixture
def people(institution: Institution) -> tuple[str, str]:
    one, other = institution.present[:2]
    return institution.address_of(one), institution.address_of(other)


@pytest.fixture
def tag(host: Host, people: tuple[str, str]) -> Iterator[str]:
    """A word in each subject and each name of a folder: what has it goes after the test."""
    word = f"ancien{uuid4().hex[:10]}"
    yield word
    for person in people:
        names = host.run("doveadm mailbox list -u %s", person).stdout.splitlines()
        for name in (*names, RECOVERABLE):
            host.run("doveadm expunge -u %s mailbox %s SUBJECT %s", person, name, word)
        for name in sorted((each for each in names if word in each), reverse=True):
            host.run("doveadm mailbox delete -s -u %s %s", person, name)
        host.run("doveadm expunge -u %s mailbox %s SUBJECT %s", person, RECOVERABLE, word)
        host.run(f"rm -f /var/lib/mail-import/{person}.*")
        # What doveadm removed, the copy of the mailbox is told.
        host.run(f"! test -d /run/mail-copy/ask || touch /run/mail-copy/ask/{person}")


@pytest.fixture
def old(host: Host, administration: Administration, machine: Machine, tag: str) -> Iterator[OldServer]:
    line = ["ssh", "-F", str(administration.environment.ssh_config), machine.name]
    with old_server(host, line, tag, ["awa", "issa"]) as server:
        yield server


@pytest.fixture
def command(old: OldServer, institution: Institution, tmp_path: Path) -> "Command":
    (tmp_path / "ca.crt").write_text(old.authority)
    return Command(institution.institution, tmp_path)


class Command:
    """`make import-mail`, as an engineer runs it."""

    def __init__(self, institution: str, folder: Path) -> None:
        self.institution, self.folder = institution, folder

    def begun(self, table: str, *more: str, server: str = f"localhost:{PORT}") -> subprocess.Popen[str]:
        (self.folder / "table").write_text(table)
        line = [sys.executable, "-m", "deploys.import_mail", "--institution", self.institution, "--from", server]
        line += ["--table", str(self.folder / "table"), "--authority", str(self.folder / "ca.crt"), *more]
        return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def run(self, table: str, *more: str, server: str = f"localhost:{PORT}") -> tuple[int, str]:
        with self.begun(table, *more, server=server) as running:
            said, _ = running.communicate(timeout=120)
            return running.returncode, said


def held(host: Host, person: str, tag: str) -> list[dict[str, str]]:
    """The messages of a test in a mailbox."""
    said = host.run(
        "doveadm -f json fetch -u %s %s SUBJECT %s", person, "mailbox flags date.received.unixtime hdr.subject", tag
    )
    return [
        each
        for each in json.loads(said.stdout_bytes.decode(errors="replace") or "[]")
        if each["mailbox"] != RECOVERABLE
    ]


def of(found: list[dict[str, str]], subject: str) -> dict[str, str]:
    (one,) = [each for each in found if subject in each["hdr.subject"]]
    return one


def test_mailboxes_come_from_an_old_server(
    host: Host, old: OldServer, command: Command, people: tuple[str, str], tag: str
) -> None:
    awa, issa = people
    on_old = f".Projets {tag}.{on_disk('Été')} &- v1"  # "Été & v1": a name on the wire
    old.fill(
        awa={
            "": [
                message(1, f"{tag} lu", THEN, flags="FRS", headers="Message-ID: <1@old>\n"),
                message(2, f"{tag} \xe9crit en 8 bits", THEN + 1, body="d\xe9j\xe0\0 vu\r sans fin"),
                message("unreadable", f"{tag} perdu", THEN + 2),
            ],
            "." + on_disk("Éléments envoyés"): [message(1, f"{tag} parti", THEN + 3, flags="S")],
            ".Sent Messages": [message(1, f"{tag} sent", THEN + 4, flags="Sa")],
            ".Trash": [message(1, f"{tag} jeté".encode().decode("latin-1"), THEN + 5)],
            on_old: [message(n, f"{tag} gros {n:02}.", THEN + 10 + n, body="y" * 60_000) for n in range(MANY)],
        },
        issa={
            "": [message(f"{n},W={100 << 20}", f"{tag} grand", THEN + n) for n in range(30)]
        },  # 100 MiB each, it says
    )
    table = f"adresse;ancien;mot de passe\n{awa};awa;{PASSWORD}\n{issa};issa;un autre\n"
    # It is killed while it is at it.
    with command.begun(table, "--jobs", "1", "--rate", "1") as running:
        begun = within(90, lambda: len(held(host, awa, f"{tag} gros")) > 3)
        rights = host.check_output(
            f"systemctl show -P NoNewPrivileges -P ProtectSystem mail-import-{command.institution}"
        )
        host.check_output(f"systemctl kill -s KILL mail-import-{command.institution}.service")
        said, _ = running.communicate(timeout=60)
        assert begun, said
        assert running.returncode == 1, said
    assert sorted(rights.split()) == ["strict", "yes"]
    assert len(held(host, awa, f"{tag} gros")) < MANY
    # Run again, it goes on. One who cannot be reached, and a message that cannot be read, stop nothing else.
    status, said = command.run(table)
    assert status == 1
    assert f"{awa} : incomplète, 1 à revoir" in said, said
    assert "n'est pas venu : « INBOX », message 3" in said, said
    assert f"{issa} : échec : l'ancien serveur refuse la connexion de « issa »" in said, said
    assert "0/2 boîtes complètes" in said
    found = held(host, awa, tag)
    counted = Counter(each["hdr.subject"] for each in found)
    assert set(counted.values()) == {1}, counted
    assert len(found) == MANY + 5, counted
    assert set(of(found, "lu")["flags"].split()) >= {"\\Seen", "\\Flagged", "\\Answered"}
    assert "$Forwarded" in of(found, "sent")["flags"]
    assert of(found, "lu")["date.received.unixtime"] == str(THEN)
    assert {of(found, "parti")["mailbox"], of(found, "sent")["mailbox"]} == {"Envoyés"}
    assert of(found, "jet")["mailbox"] == "Corbeille"
    assert of(found, "gros 07.")["mailbox"] == f"Projets {tag}/Été & v1"

    # In their new mailbox they delete one and move one; at the old server one comes, one is read, one is moved.
    host.check_output("doveadm expunge -u %s mailbox %s SUBJECT %s", awa, f"Projets {tag}/Été & v1", f"{tag} gros 03.")
    host.check_output("doveadm move -u %s Archives mailbox INBOX SUBJECT %s", awa, f"{tag} lu")
    old.fill(awa={"": [message(9, f"{tag} nouveau", THEN + 99)]})
    folder = f"{old.place}/mail/awa/Maildir/{on_old}/cur"
    old.given(CHANGE, moves={f"{folder}/{THEN + 11}.old1:2,": f"{folder}/{THEN + 11}.old1:2,S"}, lost="*unreadable*")
    old.given(CHANGE, moves={f"{folder}/{THEN + 12}.old2:2,": f"{old.place}/mail/awa/Maildir/.Trash/cur/2.old2:2,"})
    status, said = command.run(
        f"*;admin;{MASTER}\n{awa};awa\n{issa};issa\n", "--starttls", server=f"localhost:{STARTTLS}"
    )
    assert status == 1
    assert f"{awa} : complète : 1 message venu" in said, said
    assert "1 déplacé comme là-bas, 1 marqué comme là-bas" in said, said
    # What the mailbox has no room for does not come in part.
    assert f"{issa} : échec : 3000,0 Mio à faire venir et de la place pour" in said, said
    assert held(host, issa, tag) == []
    now = held(host, awa, tag)
    assert len(now) == MANY + 5, Counter(each["hdr.subject"] for each in now)
    assert of(now, "lu")["mailbox"] == "Archives"
    assert of(now, "gros 02.")["mailbox"] == "Corbeille"
    assert "\\Seen" in of(now, "gros 01.")["flags"]
    assert of(now, "nouveau")["mailbox"] == "INBOX"
    status, said = command.run(f"{awa};awa;{PASSWORD}\n")
    assert (status, f"{awa} : complète : rien de neuf" in said) == (0, True), said
    # No password is anywhere.
    assert PASSWORD not in host.run("journalctl --since -5min -o cat").stdout_bytes.decode(errors="replace")


def test_who_cannot_be_vouched_for_is_told_no_password(
    host: Host, old: OldServer, command: Command, people: tuple[str, str]
) -> None:
    table = f"{people[0]};awa;{PASSWORD}\n"
    status, said = command.run(table, server=f"127.0.0.1:{PORT}")
    assert status == 1
    assert "son certificat n'est pas accepté" in said
    (command.folder / "ca.crt").write_text(host.check_output("cat /etc/ssl/administration/ca.crt"))
    assert "son certificat n'est pas accepté" in command.run(table)[1]
    assert "Logged in" not in host.check_output("cat %s/log", old.place)
