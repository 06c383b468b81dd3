"""A person's mail that was lost comes back: one message, a folder, and all of it, and nothing else is touched."""

from collections.abc import Iterator
from shlex import quote
from uuid import uuid4

import pytest
from testinfra.host import Host

from roles.mail.config import RECOVERABLE, STORE, MailConfig
from tests.mail_programs import MailPrograms

FOLDER = "Dossiers"


@pytest.fixture
def person(pair: tuple[str, str]) -> str:
    return pair[0]


@pytest.fixture
def tag(mail_server: Host, person: str) -> Iterator[str]:
    """A word in the subject of each message of the test, and in the name of each folder: all of it goes after it."""
    word = f"reprise{uuid4().hex[:12]}"
    yield word
    listed = mail_server.run("doveadm mailbox list -u %s", person).stdout.splitlines()
    for folder in (*listed, RECOVERABLE):
        mail_server.run("doveadm expunge -u %s mailbox %s SUBJECT %s", person, folder, word)
    for folder in sorted((each for each in listed if word in each), reverse=True):
        mail_server.run("doveadm mailbox delete -s -u %s %s", person, folder)
    mail_server.run("doveadm expunge -u %s mailbox %s SUBJECT %s", person, RECOVERABLE, word)


def back_up(server: Host) -> str:
    """Make a backup that begins now; a moment after it, by which it is found: others may be made meanwhile."""
    # A start joins the run that is under way, which may have read the mailbox already.
    server.check_output("while [ $(systemctl show -P ActiveState mail-backup) = activating ]; do sleep 0.3; done")
    server.check_output("systemctl start mail-backup.service")
    return server.check_output("date --iso-8601=seconds")


def test_what_was_lost_comes_back(
    programs: MailPrograms, mail_server: Host, wanted: MailConfig, person: str, tag: str
) -> None:
    folder = f"{FOLDER} {tag}"
    # They send three messages to themselves, put one in a folder of a folder, and mark it.
    told = programs.run(
        """
person, tag = given["person"], given["tag"]
ids = []
for number in range(3):
    message = letter(person, person, f"{tag} {number}", f"Contenu {number} de {tag}, à garder.")
    ids.append(message["Message-ID"])
    assert send(person, person, message) == [250, ""]
client = imap(person)
assert until(lambda: len(found(client, "INBOX", "SUBJECT", tag)) == 3)
client.create(quoted(given["folder"]))
(number,) = found(client, "INBOX", "SUBJECT", f'"{tag} 2"')
client.store(number, "+FLAGS", "(\\\\Flagged \\\\Seen $Important)")
assert client.copy(number, quoted(given["folder"]))[0] == "OK"
client.store(number, "+FLAGS", "\\\\Deleted")
client.expunge()
date = client.fetch(found(client, given["folder"], "ALL")[0], "INTERNALDATE")[1][0].decode()
tell(ids=ids, date=date)
""",
        [person],
        person=person,
        tag=tag,
        folder=f"{folder}/Été & suite",
    )
    then = back_up(mail_server)
    # What came after the backup, and what is lost.
    programs.run(
        """
person, tag = given["person"], given["tag"]
assert send(person, person, letter(person, person, f"{tag} later")) == [250, ""]
client = imap(person)
assert until(lambda: found(client, "INBOX", "SUBJECT", f'"{tag} later"'))
for number in found(client, "INBOX", "SUBJECT", tag):
    if b"later" not in client.fetch(number, "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1][0][1]:
        client.store(number, "+FLAGS", "\\\\Deleted")
client.expunge()
client.select("INBOX")
assert client.delete(quoted(given["folder"] + "/Été & suite"))[0] == "OK"
""",
        [person],
        person=person,
        tag=tag,
        folder=folder,
    )
    mail_server.run("doveadm expunge -u %s mailbox %s SUBJECT %s", person, RECOVERABLE, tag)

    def restore(*arguments: str) -> str:
        return mail_server.check_output(f"restore-mail {quote(person)} --at {then} {' '.join(map(quote, arguments))}")

    first = told["ids"][0]
    assert ": 1 messages" in restore("--message", first, "--in-place")
    assert ": 0 messages" in restore("--message", first, "--in-place")
    assert ": 1 messages" in restore("--folder", folder, "--in-place")
    whole = restore("--into", f"Tout {tag}")
    assert "restored into" in whole
    assert ": 0 messages" in restore("--into", f"Tout {tag}")

    seen = programs.run(
        """
tag, folder = given["tag"], given["folder"]
client = imap(given["person"])
def subjects(name):
    return sorted(text_of(client, number)["Subject"] for number in found(client, name, "SUBJECT", tag, readonly=True))
tell(inbox=subjects("INBOX"), whole=subjects(given["into"]))
(number,) = found(client, folder, "ALL", readonly=True)
said = client.fetch(number, "(FLAGS INTERNALDATE)")[1][0].decode()
date = client.fetch(number, "INTERNALDATE")[1][0].decode()
tell(folder=subjects(folder), said=said, body=text_of(client, number).get_content(), date=date)
tell(beside=subjects(given["into"] + "/" + folder))
tell(subscribed=any(quoted(folder).encode() in line for line in client.lsub()[1]))
""",
        [person],
        person=person,
        tag=tag,
        folder=f"{folder}/Été & suite",
        into=f"Tout {tag}",
    )
    assert seen["inbox"] == [f"{tag} 0", f"{tag} later"]
    assert seen["whole"] == [f"{tag} 0", f"{tag} 1"]
    assert seen["folder"] == seen["beside"] == [f"{tag} 2"]
    assert all(flag in seen["said"] for flag in ("\\Flagged", "\\Seen", "$Important")), seen
    assert seen["date"].partition("INTERNALDATE")[2] == told["date"].partition("INTERNALDATE")[2]
    assert f"Contenu 2 de {tag}, à garder." in seen["body"]
    journal = mail_server.check_output("journalctl -t restore-mail -o cat --since=-10min -g %s", person)
    assert "root" in journal
    # In clear, none of it is where it is kept.
    others = [each.home for each in wanted.mailboxes if each.address != person]
    assert mail_server.run(f"grep -rlq {tag} {' '.join(others)}").rc != 0


def test_who_restores_is_told_each_mistake(mail_server: Host, person: str) -> None:
    mistakes = {
        "nobody.at.all@example.org": "no such mailbox",
        f"{person} --at 2001-01-01": "no backup of then: the oldest is of",
        f"{person} --at lundi": "not a time",
        f"{person} --folder Nulle-part": "no such folder in that backup",
        f"{person} --message '<none@example.org>'": "no such message",
        f"{person} --into A --in-place": "one of them",
    }
    for arguments, says in mistakes.items():
        refused = mail_server.run(f"restore-mail {arguments}")
        assert refused.rc == 1
        assert says in refused.stderr
        assert len(refused.stderr.strip().splitlines()) == 1, refused.stderr
    assert (
        mail_server.run("runuser -u nobody -- restore-mail --all").stderr == "restore-mail: only root restores mail\n"
    )


def test_the_mail_of_a_lost_machine_comes_back_whole(mail_server: Host, wanted: MailConfig) -> None:
    running = mail_server.run("restore-mail --all")
    assert running.rc == 1
    assert "systemctl stop postfix dovecot" in running.stderr
    # A mailbox is made when something comes to it.
    there = [each.home for each in wanted.mailboxes if mail_server.file(f"{each.home}/Maildir").is_directory]
    assert there
    back_up(mail_server)
    scratch = mail_server.check_output("mktemp -d")
    try:
        said = mail_server.check_output("restore-mail --all --target %s", scratch)
        assert scratch in said
        for home in there:
            assert mail_server.check_output("stat -c %%U:%%a %s", f"{scratch}{home}/Maildir") == "vmail:700"
        indexes = mail_server.check_output(f"find {scratch} -name 'dovecot.index*' -o -name 'dovecot.list.index*'")
        assert indexes == ""
        # Each mailbox can be read, with what makes its numbers the same as before.
        assert mail_server.run(f"ls {scratch}{STORE}/*/Maildir/dovecot-uidlist").succeeded
        assert "is not empty" in mail_server.run("restore-mail --all --target %s", scratch).stderr
    finally:
        mail_server.run("rm -rf %s", scratch)
