"""An institution asks for a journal, by its own file: what it sends and receives is kept, and takes two to read."""

import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pyrage
import pytest
from testinfra.host import Host

from inventory.model import Administration
from tests.mail_programs import MailPrograms, mail_server, programs
from tests.rehearsals.conftest import done, run

__all__ = ["mail_server", "programs"]  # fixtures

KEPT, OTHER = "sante", "mtdpce"
STORE = f"/srv/mail-journal/{KEPT}"
WANTED = """
journal:
  keep_days: 1825
  institution: [{institution}]
  witness: [{witness}]
"""


@pytest.fixture
def keys(copy: Path, tmp_path: Path, mail_server: Host) -> dict[str, Path]:
    """The keys of two persons, whose public ones are deployed. What another run left is taken away."""
    mail_server.check_output(f"rm -rf {STORE}")
    made = {name: pyrage.x25519.Identity.generate() for name in ("institution", "witness")}
    for name, key in made.items():
        (tmp_path / name).write_text(f"{key}\n")
    path = copy / f"inventory/institutions/{KEPT}/mail.yaml"
    public = {name: str(key.to_public()) for name, key in made.items()}
    path.write_text((path.read_text() if path.exists() else "") + WANTED.format(**public))
    done(copy, "deploys.engine", "deploy", "--deploy", "mail", "--yes")
    return {name: tmp_path / name for name in made}


def test_what_is_kept_takes_two_to_read(
    copy: Path, keys: dict[str, Path], tmp_path: Path, administration: Administration, programs: MailPrograms,
    mail_server: Host,
) -> None:  # fmt: skip
    kept, other = (administration.institutions[name] for name in (KEPT, OTHER))
    inside, outside = kept.address_of(kept.present[0]), other.address_of(other.present[0])
    word = uuid4().hex
    for number, (sender, recipient) in enumerate(((inside, outside), (outside, inside), (outside, outside))):
        assert programs.send(sender, recipient, f"{word}-{number}")[0] == 250
        assert programs.take(recipient, f"{word}-{number}")

    today, folder = datetime.now(UTC).date().isoformat(), tmp_path / "asked"
    mine = ("deploys.journal", "fetch", "--institution", KEPT, "--days", today, "--out", str(folder))
    assert run(copy, *mine, "--reason", " ").returncode == 1
    done(copy, *mine, "--reason", "l'affaire du 12")

    def opened(by: str) -> int:
        return run(copy, "deploys.journal", "open", "--folder", str(folder), "--key", str(keys[by])).returncode

    assert opened("institution") == 1  # the witness comes first
    assert opened("witness") == 0
    assert not list(folder.glob("*.eml"))
    assert opened("witness") == 1  # what is left is not for the witness
    assert opened("institution") == 0
    found = {}
    for path in folder.glob("*.eml"):
        envelope = json.loads(path.with_suffix(".json").read_text())
        subject = next(line for line in path.read_text().splitlines() if line.startswith("Subject: "))
        found[subject.removeprefix(f"Subject: {word}-")] = (envelope["from"], envelope["to"], envelope["login"])
    assert (found["0"], found["1"]) == ((inside, [outside], inside), (outside, [inside], outside))
    assert "2" not in found

    said = mail_server.check_output(f"tail -n 1 {STORE}/chain")
    assert (json.loads(said)["kind"], json.loads(said)["reason"]) == ("read", "l'affaire du 12")
    assert mail_server.run(f"grep --recursive --quiet {word} {STORE}").rc == 1  # in clear, nowhere
    checked = mail_server.check_output(f"mail-journal check {KEPT}")

    # A head that was kept: mailed to those who keep it.
    head = checked.split()[-1]
    mail_server.check_output(f"mail-journal check {KEPT} --head {head}")
    mail_server.check_output(f"sed -i '$d' {STORE}/chain")
    assert mail_server.run(f"mail-journal check {KEPT}").rc == 0
    assert mail_server.run(f"mail-journal check {KEPT} --head {head}").rc == 1
    mail_server.check_output(f'sed -i \'1s/"bytes": [0-9]*/"bytes": 1/\' {STORE}/chain')
    assert mail_server.run(f"mail-journal check {KEPT}").rc == 1


@pytest.mark.usefixtures("keys")
def test_what_cannot_be_kept_is_not_accepted(
    administration: Administration, programs: MailPrograms, mail_server: Host
) -> None:
    person = administration.institutions[KEPT].address_of(administration.institutions[KEPT].present[0])
    subject = uuid4().hex
    mail_server.check_output("systemctl stop mail-journal.service")
    try:
        code = "tell(said=send(given['who'], given['who'], letter(given['who'], given['who'], 'not kept'), patience=0))"
        refused = programs.run(code, [person], who=person)["said"]
    finally:
        mail_server.check_output("systemctl start mail-journal.service")
    assert refused[0] // 100 == 4  # put off, at the login already
    assert programs.send(person, person, subject)[0] == 250
    assert programs.take(person, subject)
    assert mail_server.check_output(f"grep --count message {STORE}/chain") == "1"
