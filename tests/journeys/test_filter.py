"""What comes in from outside is looked at: viruses, spam, attachments, forged names; and the filter learns."""

import json
import re
from typing import Any
from uuid import uuid4

import pytest
from testinfra.host import Host

from inventory.model import Administration
from roles.mail.rspamd import CONTROLLER
from tests.conftest import connect
from tests.mail_programs import MailPrograms
from tests.waiting import within

# What a stranger's mail server does: each message over a connection of its own, the last answer of each. What is put
# off (a 4xx) is tried again for `patience` seconds, as mail servers do.
STRANGER = r"""
import base64, email.message, email.utils, io, json, smtplib, sys, time, zipfile
given = json.load(sys.stdin)

def archive(*names):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for name in names:
            file.writestr(name, "something")
    return packed.getvalue()

EICAR = base64.b64decode(given["eicar"])
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "_VBA_PROJECT".encode("utf-16-le") + bytes(3048)
ATTACHED = {
    "virus": ("eicar.txt", EICAR),
    "docm": ("note.docm", b"anything"),
    "macros in docx": ("note.docx", archive("word/document.xml", "word/vbaProject.bin")),
    "macros in doc": ("note.doc", OLE),
    "program": ("facture.pdf.exe", b"anything"),
    "packed program": ("facture.zip", archive("facture.pdf.exe")),
    "docx": ("note.docx", archive("[Content_Types].xml", "word/document.xml")),
}
packed = io.BytesIO()
with zipfile.ZipFile(packed, "w") as file:
    file.writestr("eicar.txt", EICAR)
ATTACHED["packed virus"] = ("eicar.zip", packed.getvalue())

def message(kind):
    letter = email.message.EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = given["author"], given["recipient"], given["subject"]
    letter["Date"], letter["Message-ID"] = email.utils.localtime(), email.utils.make_msgid(domain="example.org")
    letter.set_content("Bonjour, voici ce dont nous avons parlé hier.\n")
    if kind == "gtube":
        letter.set_content(given["gtube"] + "\n")
    if kind == "bare":
        del letter["Date"], letter["Message-ID"]
    if kind in ATTACHED:
        name, content = ATTACHED[kind]
        letter.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return letter

def say(kind):
    client = smtplib.SMTP(given["server"], 25, timeout=60)
    try:
        client.ehlo()
        client.send_message(message(kind), given["sender"], [given["recipient"]])
    except smtplib.SMTPRecipientsRefused as error:
        code, said = error.recipients[given["recipient"]]
    except smtplib.SMTPResponseException as error:
        code, said = error.smtp_code, error.smtp_error
    else:
        return [250, ""]
    finally:
        client.close()
    return [code, said.decode() if isinstance(said, bytes) else said]

def tried(kind):
    try:
        return say(kind)
    except OSError as error:  # no connection, or one that broke
        return [421, repr(error)]

told = {}
for kind in given["kinds"]:
    deadline = time.monotonic() + given["patience"]
    while (answer := tried(kind))[0] // 100 == 4 and time.monotonic() < deadline:
        time.sleep(2)
    told[kind] = answer
print(json.dumps(told))
"""
EICAR = "WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0NDKTd9JEVJQ0FSLVNUQU5EQVJELUFOVElWSVJVUy1URVNULUZJTEUhJEgrSCo="
GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
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

TAKE_SPAM = r"""
client = imap(given["login"])
arrived = until(lambda: found(client, "Indésirables", "SUBJECT", given["subject"]))
for number in arrived:
    client.store(number, "+FLAGS", r"\Deleted")
client.expunge()
tell(found=len(arrived))
"""


@pytest.fixture
def stranger(administration: Administration) -> Host:
    """A machine that is nobody's desk: what it sends comes from outside."""
    return connect(administration, administration.running("applications")[0].name)


def say(stranger: Host, server: str, recipient: str, kinds: list[str], **values: Any) -> dict[str, tuple[int, str]]:
    given = {
        "server": server,
        "recipient": recipient,
        "sender": "someone@example.org",
        "author": "someone@example.org",
        "subject": f"filter-{uuid4()}",
        "kinds": kinds,
        "patience": 60,
        "eicar": EICAR,
        "gtube": GTUBE,
    }
    said = stranger.check_output("printf '%%s' %s | python3 -c %s", json.dumps(given | values), STRANGER)
    return {kind: (code, text) for kind, (code, text) in json.loads(said).items()}


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


def test_what_a_domain_puts_in_quarantine_is_where_spam_is(
    stranger: Host, mail_server: Host, programs: MailPrograms, pair: tuple[str, str]
) -> None:
    subject, domain = f"filter-{uuid4()}", f"f{uuid4().hex[:12]}.example"
    # For as long as the test lasts, the mail server's own resolver knows a domain that the stranger does not write for.
    tell = "unbound-control -q"
    try:
        mail_server.check_output(f"{tell} local_zone {domain} static")
        for name, text in ((domain, "v=spf1 ip4:192.0.2.1 -all"), (f"_dmarc.{domain}", "v=DMARC1; p=quarantine")):
            mail_server.check_output(f"{tell} local_data %s", f'{name}. 60 IN TXT "{text}"')
        author = f"someone@{domain}"
        values = {"sender": author, "author": author, "subject": subject}
        assert say(stranger, programs.server, pair[0], ["forged"], **values)["forged"][0] == 250
    finally:
        mail_server.check_output(f"{tell} local_zone_remove {domain}")
    assert programs.run(TAKE_SPAM, [pair[0]], login=pair[0], subject=subject)["found"] == 1


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
