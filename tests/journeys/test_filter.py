"""What comes in from outside is looked at: viruses, spam, attachments, forged names; and the filter learns."""

import re
from uuid import uuid4

import pytest
from testinfra.host import Host

from inventory.model import Administration
from roles.mail.rspamd import CONTROLLER
from tests.conftest import connect
from tests.mail_programs import MailPrograms
from tests.stranger import say, stranger_of
from tests.waiting import within

REFUSED = {
    "virus": "contient un virus",
    "packed virus": "contient un virus",
    "gtube": "Gtube",
    "docm": "note.docm peut contenir des macros",
    "macros in docx": "note.docx peut contenir des macros",
    "macros in doc": "note.doc peut contenir des macros",
    "program": "facture.pdf.exe est un programme",
    "packed program": "facture.zip est un programme",
}
# Who speaks before the greeting: what the server then says, to the end.
HASTY = """
import socket, sys
client = socket.create_connection((sys.argv[1], 25), 60)
lines = "EHLO hasty.example.org", "MAIL FROM:<someone@example.org>", f"RCPT TO:<{sys.argv[2]}>", "QUIT"
client.sendall("".join(f"{line}\\r\\n" for line in lines).encode())
print(client.makefile(errors="replace").read())
"""
# Two messages that are there already, moved as a person does: both to what is not wanted, and one back.
MOVE = r"""
client = imap(given["login"])
for name, places in (("back", ["INBOX", "Indésirables", "INBOX"]), ("away", ["INBOX", "Indésirables"])):
    subject = f"{name}-{given['id']}"
    message = letter("someone@example.org", given["login"], subject, given["words"])
    message.replace_header("Message-ID", f"<{subject}@example.org>")
    client.append(quoted("INBOX"), None, None, message.as_bytes())
    for place, to in zip(places, places[1:]):
        (number,) = until(lambda: found(client, place, "SUBJECT", subject))
        client._simple_command("MOVE", number.decode(), quoted(to))
    for number in until(lambda: found(client, places[-1], "SUBJECT", subject)):
        client.store(number, "+FLAGS", r"\Deleted")
    client.expunge()
"""


@pytest.fixture
def stranger(administration: Administration) -> Host:
    """Who writes from outside."""
    return stranger_of(administration)


def test_what_harms_is_refused_and_its_sender_told_why(
    stranger: Host, programs: MailPrograms, pair: tuple[str, str]
) -> None:
    subject = f"filter-{uuid4()}"
    said = say(stranger, programs.server, pair[0], [*REFUSED, "docx"], subject=subject)
    for kind, reason in REFUSED.items():
        code, text = said[kind]
        assert code == 554, said
        assert reason in text, said
    assert said["docx"][0] == 250, said
    assert programs.take(pair[0], subject)


def test_our_names_are_not_for_strangers(stranger: Host, programs: MailPrograms, pair: tuple[str, str]) -> None:
    for sender in ("", "someone@example.org"):
        code, text = say(stranger, programs.server, pair[0], ["liar"], sender=sender, author=pair[1])["liar"]
        assert code == 554, text
        assert "Message refuse" in text


def test_a_message_that_we_signed_comes_back_and_a_changed_one_does_not(
    mail_server: Host, programs: MailPrograms, pair: tuple[str, str]
) -> None:
    subject = f"filter-{uuid4()}"
    assert programs.send(pair[1], pair[0], subject)[0] == 250
    text = programs.take(pair[0], subject)

    def judged(text: str) -> str:
        asked = f"printf '%%s' %s | rspamc -h {CONTROLLER} --ip 192.0.2.1 --from '' symbols"
        return mail_server.check_output(asked, text)

    def comes_back() -> bool:  # keys are in the DNS: an answer that did not come at once counts for nothing
        return "R_DKIM_ALLOW" in judged(text) and "Action: reject" not in judged(text)

    assert within(60, comes_back), judged(text)
    assert "Action: reject" in judged(text.replace("Bonjour", "Bonsoir"))


def test_what_is_suspicious_is_put_off_once(stranger: Host, programs: MailPrograms, pair: tuple[str, str]) -> None:
    # Who was put off is known for a day: each time it is somebody else. What is put off otherwise is told otherwise.
    sender = f"someone.{uuid4().hex}@example.org"
    values = {"sender": sender, "author": sender, "patience": 0}

    def put_off() -> bool:
        code, text = say(stranger, programs.server, pair[0], ["bare"], **values)["bare"]
        assert code // 100 == 4, text
        return "Message suspect" in text

    assert within(60, put_off)


def test_who_speaks_before_the_greeting_is_refused_and_nobody_else_waits(
    administration: Administration, programs: MailPrograms, pair: tuple[str, str]
) -> None:
    hasty = connect(administration, administration.running("files")[0].name)  # it has never been polite
    said = hasty.check_output("python3 -c %s %s %s", HASTY, programs.server, pair[0])
    assert "\n550 5.5.1 Protocol error" in said or said.startswith("521"), said
    polite = connect(administration, administration.running("database")[0].name)
    greeting = f"import smtplib; print(smtplib.SMTP({programs.server!r}, 25, timeout=60).ehlo()[0])"
    assert polite.check_output("python3 -c %s", greeting) == "250"


def test_what_people_move_is_learned(mail_server: Host, programs: MailPrograms, pair: tuple[str, str]) -> None:
    name = str(uuid4())

    def learned(message: str) -> list[str]:
        """What was learned of it, in order."""
        said = mail_server.run("grep -h %s /var/log/rspamd/rspamd.log", f"{message}-{name}").stdout
        return re.findall("learned message as (spam|ham): ", said)

    words = " ".join(uuid4().hex for _ in range(30))
    programs.run(MOVE, [pair[0]], login=pair[0], id=name, words=words)
    assert within(30, lambda: learned("back") == ["spam", "ham"]), learned("back")
    assert within(30, lambda: learned("away") == ["spam"]), learned("away")
