"""A shared mailbox: who sees it, who writes in its name; lists and the addresses of before."""

import json
from pathlib import Path

import pytest
from testinfra.host import Host

import roles.mail.sessions
from inventory.model import Administration
from roles.mail.config import RECOVERABLE, Alias, MailConfig, Shared
from roles.mail.sessions import opened
from tests.conftest import connect
from tests.mail_programs import MailPrograms, tell, told

CLOSE = Path(roles.mail.sessions.__file__).with_name("programs") / "close_mailboxes.py"


@pytest.fixture
def box(wanted: MailConfig) -> Shared:
    """A shared mailbox that some only read."""
    return next(each for each in wanted.shared if set(each.seers) - set(each.senders))


@pytest.fixture
def sender(box: Shared) -> str:
    return box.senders[0]


@pytest.fixture
def reader(box: Shared) -> str:
    return next(each for each in box.seers if each not in box.senders)


@pytest.fixture
def stranger(box: Shared, wanted: MailConfig) -> str:
    """Somebody of the same institution without a right on it."""
    domain = box.address.partition("@")[2]
    people = [each.address for each in wanted.mailboxes if each.address.endswith(f"@{domain}")]
    return next(address for address in people if address not in box.seers)


def alias_of(wanted: MailConfig, *, internal: bool) -> Alias:
    return next(each for each in wanted.aliases if each.internal is internal and len(each.mailboxes) > 1)


def test_who_sees_a_shared_mailbox_follows_the_groups(
    programs: MailPrograms, box: Shared, sender: str, reader: str, stranger: str, tag: str
) -> None:
    people = [sender, reader, stranger]
    told = programs.run(
        """
box, tag, where = given["box"], given["tag"], "Partagés/" + given["box"]
tell(sent=send(given["people"][2], box, letter(given["people"][2], box, tag)))
seen = {}
for person in given["people"]:
    client = imap(person)
    lines = client.list('""', quoted("Partagés/*"))[1]
    listed = any(quoted(where).strip('"') in line.decode() for line in lines if line)
    got = until(lambda: found(client, where, "SUBJECT", tag, readonly=True), 60 if listed else 1)
    try:
        client.select(quoted(where))
        mine = client.search(None, "SUBJECT", tag)[1][0].split()
        marked = bool(mine) and client.store(mine[0], "+FLAGS", r"\\Flagged")[0] == "OK"
    except imaplib.IMAP4.error:
        marked = False
    seen[person] = [listed, bool(got), marked]
tell(seen=seen)
""",
        people,
        people=people,
        box=box.address,
        tag=tag,
    )
    assert told["sent"] == [250, ""]
    assert told["seen"] == {
        sender: [True, True, True],
        reader: [True, True, False],
        stranger: [False, False, False],
    }


def test_only_who_may_sends_in_its_name_and_the_copy_is_in_it(
    programs: MailPrograms, box: Shared, sender: str, reader: str, stranger: str, tag: str
) -> None:
    people = [sender, reader, stranger]
    told = programs.run(
        """
box, tag = given["box"], given["tag"]
sender, reader, stranger = given["people"]
tell(granted=send(sender, stranger, letter(box, stranger, tag), envelope=box))
tell(header=send(sender, stranger, letter(box, stranger, tag)))
for name in ("reader", "stranger"):
    person = given["people"][1 if name == "reader" else 2]
    tell(**{f"{name}_envelope": send(person, sender, letter(box, sender, tag), envelope=box)[0]})
    tell(**{f"{name}_header": send(person, sender, letter(box, sender, tag))[0]})
client = imap(sender)
copies = until(lambda: found(client, "Partagés/" + box + "/Envoyés", "SUBJECT", tag))
tell(copies=len(copies), seen=bool(copies) and b"Seen" in b"".join(client.fetch(copies[0], "(FLAGS)")[1]))
theirs = imap(stranger)
tell(received=len(until(lambda: len(f := found(theirs, "INBOX", "SUBJECT", tag)) == 2 and f) or []))
""",
        people,
        people=people,
        box=box.address,
        tag=tag,
    )
    assert told["granted"] == [250, ""]
    assert told["header"] == [250, ""]
    assert told["reader_envelope"] == told["stranger_envelope"] == 553
    assert told["reader_header"] == told["stranger_header"] == 554
    assert told["received"] == 2
    assert told["copies"] == 1
    assert told["seen"]


def test_rights_that_are_withdrawn_end_what_is_open(
    programs: MailPrograms, wanted: MailConfig, box: Shared, sender: str, reader: str, mail_server: Host
) -> None:
    """As a deploy does which takes somebody out of a group; the others stay in."""
    code = """
client = imap(given["person"])
client.select(quoted("Partagés/" + given["box"]), readonly=True)
print("in", flush=True)
sys.stdin.readline()
try:
    print(client.noop()[0], flush=True)
except (imaplib.IMAP4.abort, OSError):
    print("closed", flush=True)
"""
    groups = {each.address: each.groups for each in wanted.mailboxes}
    everybody = [*groups, *(opened(*each) for each in groups.items()), *(each.address for each in wanted.shared)]
    names = [name for name in everybody if name != opened(sender, groups[sender])]
    with (
        programs.held(code, [sender], person=sender, box=box.address) as withdrawn,
        programs.held(code, [reader], person=reader, box=box.address) as other,
    ):
        assert [told(withdrawn), told(other)] == ["in\n", "in\n"]
        mail_server.check_output("printf %s | python3 -I -c %s", json.dumps(names), CLOSE.read_text())
        for session in (withdrawn, other):
            tell(session, "\n")
        assert [told(withdrawn), told(other)] == ["closed\n", "OK\n"]


def test_a_list_reaches_its_people_from_inside_alone(
    programs: MailPrograms, wanted: MailConfig, administration: Administration, tag: str
) -> None:
    internal = alias_of(wanted, internal=True)
    sender, *others = internal.mailboxes
    told = programs.run(
        """
tell(sent=send(given["sender"], given["list"], letter(given["sender"], given["list"], given["tag"])))
arrived = {}
for person in given["others"]:
    client = imap(person)
    arrived[person] = len(until(lambda: found(client, "INBOX", "SUBJECT", given["tag"])))
tell(arrived=arrived)
""",
        list(internal.mailboxes),
        sender=sender,
        others=others,
        list=internal.address,
        tag=tag,
    )
    assert told["sent"] == [250, ""]
    assert told["arrived"] == dict.fromkeys(others, 1)
    outside = connect(administration, administration.running("applications")[0].name)
    refused = outside.check_output(
        "python3 -c %s %s %s",
        "import smtplib, sys; c = smtplib.SMTP(sys.argv[1]); c.ehlo(); c.docmd('MAIL FROM:<x@example.org>');"
        " print(*c.docmd('RCPT TO:<%s>' % sys.argv[2]))",
        programs.server,
        internal.address,
    )
    assert refused.startswith("554"), refused
    assert "liste interne" in refused


def test_an_address_of_before_arrives_and_an_unknown_one_does_not(
    programs: MailPrograms, wanted: MailConfig, tag: str
) -> None:
    domain = wanted.former_domains[0]
    old = next(each for each in wanted.aliases if each.address.endswith(f"@{domain}") and len(each.mailboxes) == 1)
    (person,) = old.mailboxes
    told = programs.run(
        """
person, old, tag = given["person"], given["old"], given["tag"]
tell(sent=send(person, old, letter(person, old, tag)))
tell(unknown=send(person, given["unknown"], letter(person, old, tag))[0])
tell(forged=send(person, person, letter(person, person, tag), envelope=old)[0])
client = imap(person)
tell(arrived=len(until(lambda: found(client, "INBOX", "SUBJECT", tag))))
""",
        [person],
        person=person,
        old=old.address,
        unknown=f"{tag}@{domain}",
        tag=tag,
    )
    assert told == {"sent": [250, ""], "unknown": 550, "forged": 553, "arrived": 1}


def test_what_is_deleted_in_a_shared_mailbox_can_be_taken_back(
    programs: MailPrograms, box: Shared, sender: str, reader: str, stranger: str, tag: str
) -> None:
    told = programs.run(
        """
tag, box, gone = given["tag"], "Partagés/" + given["box"], "Partagés/" + given["box"] + "/" + given["gone"]
tell(sent=send(given["stranger"], given["box"], letter(given["stranger"], given["box"], tag)))

def tried(ask):
    "What is answered, or that it is refused."
    try:
        return ask()[0]
    except imaplib.IMAP4.error:
        return "NO"

client, other = imap(given["sender"]), imap(given["reader"])
got = until(lambda: found(client, box, "SUBJECT", tag))
client.store(got[0], "+FLAGS", r"\\Deleted")
client.expunge()
tell(left=len(found(client, box, "SUBJECT", tag)), own=len(found(client, given["gone"], "SUBJECT", tag, readonly=True)))
for name, person in (("sender", client), ("reader", other)):
    kept = found(person, gone, "SUBJECT", tag, readonly=True)
    tried(lambda: person.select(quoted(gone)))
    tell(**{name: [len(kept), tried(lambda: person.store(kept[0], "+FLAGS", r"\\Deleted"))]})
    tried(person.expunge)
    tell(**{f"{name}_removes": tried(lambda: person.delete(quoted(gone)))})
kept = found(client, gone, "SUBJECT", tag, readonly=True)
tell(back=client.copy(kept[0], quoted(box))[0], again=len(found(client, box, "SUBJECT", tag)))
""",
        [sender, reader, stranger],
        sender=sender,
        reader=reader,
        stranger=stranger,
        box=box.address,
        tag=tag,
        gone=RECOVERABLE,
    )
    assert told == {
        "sent": [250, ""],
        "left": 0,
        "own": 0,
        "sender": [1, "NO"],
        "sender_removes": "NO",
        "reader": [1, "NO"],
        "reader_removes": "NO",
        "back": "OK",
        "again": 1,
    }
