"""What a mail server accepted is on the other one too, until it is where it goes."""

import json
from collections.abc import Iterator
from pathlib import PurePosixPath
from uuid import uuid4

import pytest
from testinfra.host import Host

from inventory.model import Administration, Machine
from roles.mail.config import SHADOW, MailConfig, config_of
from roles.mail.config import STORE as MAILBOXES
from roles.mail.programs.shadow.replay import DOOR, HELD_DOOR
from roles.mail.programs.shadow.store import NAME
from roles.mail.shadow import LIBRARY, STORE
from roles.mailbackup.config import BESIDE
from tests.conftest import connect, reaches
from tests.waiting import within

pytestmark = pytest.mark.machines("mail")

FIGURE = "grep -v '^#' /run/mail-shadow/figures"


@pytest.fixture
def standby(administration: Administration) -> Host:
    return connect(administration, administration.standing_by[0].name)


@pytest.fixture
def wanted(administration: Administration, machine: Machine) -> MailConfig:
    return config_of(administration, machine)


def copies(standby: Host, machine: Machine, tag: str) -> list[str]:
    """The files of the copies of some messages; one may go while they are looked for."""
    found = standby.run("grep -lsrF -- %s %s", tag, f"{STORE}/{machine.name}").stdout.split()
    return [path for path in found if NAME.match(PurePosixPath(path).name)]


@pytest.fixture
def tag(host: Host, wanted: MailConfig) -> Iterator[str]:
    """A word; what of it waits in the queue or lies in a mailbox is gone after the test."""
    word = f"ombre{uuid4().hex[:12]}"
    yield word
    waiting = [json.loads(line) for line in host.check_output("postqueue -j").splitlines()]
    for message in waiting:
        if any(word in each["address"] for each in message["recipients"]):
            host.run("postsuper -d %s", message["queue_id"])
    box = wanted.mailboxes[0].address
    for folder in ("INBOX", "Récupérables"):
        host.run("doveadm expunge -u %s mailbox %s SUBJECT %s", box, folder, word)


def test_a_copy_is_there_while_a_message_waits_and_gone_with_it(
    host: Host, standby: Host, machine: Machine, wanted: MailConfig, tag: str, administration: Administration
) -> None:
    box = wanted.mailboxes[0].address
    nowhere = administration.running("database")[0].address  # it takes no mail
    letter = f"From: {box}\nSubject: {tag}\nMessage-ID: <{tag}@test>\n\nBonjour.\n"
    host.check_output(f"printf %s | sendmail -i -f %s %s '{tag}@[{nowhere}]'", letter, box, box)
    assert within(30, lambda: bool(copies(standby, machine, tag)))
    (path,) = copies(standby, machine, tag)
    envelope, _, content = standby.check_output("cat %s", path).partition("\n")
    assert json.loads(envelope)["to"] == [box, f"{tag}@[{nowhere}]"]
    assert f"Subject: {tag}\n" in content
    assert "DKIM-Signature: " in content  # it is what goes out, not what came in
    assert standby.check_output("stat -c '%U %a' " + path) == "mail-shadow 600"
    assert standby.check_output(f"stat -c '%U %a' {PurePosixPath(path).parent}") == "mail-shadow 700"
    # The other server knows who has it: one recipient of two.
    state = json.dumps({"held": False, "left": [f"{tag}@[{nowhere}]"]})
    assert within(60, lambda: standby.run("cat %s", f"{path}.state").stdout == state)
    host.check_output("postsuper -d %s", json.loads(envelope)["queue"])
    assert within(150, lambda: not copies(standby, machine, tag))
    # Not before the mailbox was copied with it.
    assert standby.check_output("doveadm search -u %s mailbox INBOX SUBJECT %s", box, tag) != ""


def test_each_server_has_copies_of_the_other(host: Host, standby: Host) -> None:
    for server in (host, standby):
        assert within(30, lambda server=server: "mail_shadow_alone 0" in server.run(FIGURE).stdout)


def test_only_the_other_mail_server_hands_in_copies(administration: Administration, machine: Machine) -> None:
    stranger = connect(administration, administration.running("applications")[0].name)
    for server in (machine, *administration.standing_by):
        assert within(30, lambda server=server: reaches(stranger, str(server.address), 25))
        assert not reaches(stranger, str(server.address), SHADOW)


def test_copies_are_in_no_backup_and_for_few(host: Host) -> None:
    assert not any(f"{STORE}/".startswith(f"{each}/") for each in (MAILBOXES, *BESIDE))
    for unit in ("mail-shadow", "mail-shadow-ear"):
        said = host.check_output("systemctl show -p User,NoNewPrivileges,ProtectSystem %s.service", unit).splitlines()
        assert {"User=mail-shadow", "NoNewPrivileges=yes", "ProtectSystem=strict"} == set(said)


def test_what_is_left_of_the_other_server_could_be_sent_now(host: Host, standby: Host) -> None:
    # The doors that root alone reaches: Postfix greets behind them, and one holds what comes in.
    script = "import sys; from shadow.replay import _Door; d = _Door(sys.argv[1], timeout=60); print(d.ehlo('x')[0])"
    for server in (host, standby):
        for door in (DOOR, HELD_DOOR):
            assert server.check_output(f"PYTHONPATH={LIBRARY} python3 -B -c %s %s", script, door) == "250"
            assert not server.run("runuser -u nobody -- test -e %s", door).succeeded
        assert "replay-held/unix/smtpd_client_restrictions = check_client_access,static:HOLD" in server.check_output(
            "postconf -P"
        )
