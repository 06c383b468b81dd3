"""What a person sends from a workstation arrives, signed, in and out of the ministry; and nobody sends as another."""

from collections.abc import Callable
from shlex import join
from uuid import uuid4

import pytest

from inventory import dkim
from inventory.model import Administration, Institution

# What a mail program does. The password is on stdin; the authority is the one that the system trusts.
SEND = """
import email.message, email.utils, smtplib, ssl, sys
server, login, sender, author, recipient, subject = sys.argv[1:]
message = email.message.EmailMessage()
message["From"], message["To"], message["Subject"] = author, recipient, subject
message["Date"], message["Message-ID"] = email.utils.localtime(), email.utils.make_msgid(domain="journey")
message.set_content("Bonjour à tous.")
client = smtplib.SMTP_SSL(server, 465, context=ssl.create_default_context())
client.user, client.password = login, sys.stdin.read()
client.ehlo()
try:
    client.auth("PLAIN", client.auth_plain)  # login() would try a wrong password twice
    client.send_message(message, sender, [recipient])
except smtplib.SMTPRecipientsRefused as error:
    print(*error.recipients[recipient])
except smtplib.SMTPResponseException as error:
    print(error.smtp_code, error.smtp_error)
else:
    print(250)
"""

# Waits for the message, tells which of its signatures the keys verify that the DNS has, shows it and deletes it.
READ = """
import dkim, dns.resolver, imaplib, re, ssl, sys, time
server, login, subject, nameserver = sys.argv[1:]
public = dns.resolver.Resolver(configure=False)
public.nameservers = [nameserver]
def key(name, timeout=5):
    return b"".join(public.resolve(name.decode(), "TXT", lifetime=30)[0].strings)
client = imaplib.IMAP4_SSL(server, ssl_context=ssl.create_default_context())
try:
    client.login(login, sys.stdin.read())
except imaplib.IMAP4.error as error:
    sys.exit(f"refused: {error}")
for attempt in range(30):
    client.select("INBOX")
    found = client.search(None, "SUBJECT", subject)[1][0].split()
    if found:
        break
    time.sleep(1)
else:
    sys.exit("not delivered")
message = client.fetch(found[0], "(BODY.PEEK[])")[1][0][1]
client.store(found[0], "+FLAGS", "\\\\Deleted")
client.expunge()
signatures = [value for name, value in dkim.DKIM(message).headers if name.lower() == b"dkim-signature"]
for place, signature in enumerate(signatures):
    # By the DNS of the inside, and by that of the world.
    if dkim.DKIM(message).verify(place) and dkim.DKIM(message).verify(place, key):
        print(re.search(rb"[ ;]s=([^;]+)", signature)[1].decode(), end=" ")
print()
print(message.decode())
"""

Send = Callable[..., str]
Read = Callable[[str, str], tuple[set[str], str]]


@pytest.fixture
def server(administration: Administration) -> str:
    return administration.running("mail")[0].fqdn


@pytest.fixture
def nameserver(administration: Administration) -> str:
    return str(administration.running("nameserver")[0].address)


@pytest.fixture
def ministries(administration: Administration) -> tuple[Institution, Institution]:
    """Two institutions, the first with two people."""
    first = next(i for i in administration.institutions.values() if len(i.people) > 1)
    return first, next(i for i in administration.institutions.values() if i is not first)


@pytest.fixture
def people(ministries: tuple[Institution, Institution]) -> tuple[str, str, str]:
    """A person, a colleague, and somebody of another institution."""
    first, second = ministries
    return (
        first.address_of(first.people[0]),
        first.address_of(first.people[1]),
        second.address_of(second.people[0]),
    )


@pytest.fixture
def password(password_of: Callable[[str], str]) -> Callable[[str], str]:
    return lambda address: password_of(address.partition("@")[0])


@pytest.fixture
def send(server: str, workstation, password: Callable[[str], str]) -> Send:
    """Send from the workstation; the server's last answer."""

    def send(login: str, recipient: str, subject: str = "", **unlike: str) -> str:
        arguments = [server, login, unlike.get("sender", login), unlike.get("author", login), recipient, subject]
        secret = unlike["password"] if "password" in unlike else password(login)
        said = workstation.run_stdin(join(["python3", "-c", SEND, *arguments]), secret)
        assert said.returncode == 0, said.stderr
        return said.stdout.strip()

    return send


@pytest.fixture
def read(server: str, nameserver: str, workstation, password: Callable[[str], str]) -> Read:
    """Read a message from the workstation: the selectors of its signatures that are good, and its text."""

    def read(login: str, subject: str) -> tuple[set[str], str]:
        said = workstation.run_stdin(join(["python3", "-c", READ, server, login, subject, nameserver]), password(login))
        assert said.returncode == 0, said.stderr
        verified, _, message = said.stdout.partition("\n")
        return set(verified.split()), message

    return read


def test_mail_reaches_a_colleague_and_another_ministry(people: tuple[str, str, str], send: Send, read: Read) -> None:
    person, *others = people
    for recipient in others:
        subject = f"journey-{uuid4()}"
        assert send(person, recipient, subject) == "250"
        signed, message = read(recipient, subject)
        assert signed == set(dkim.signing(dkim.today())), message
        assert f"d={person.partition('@')[2]};" in message


def test_a_message_does_not_tell_where_it_was_written(
    people: tuple[str, str, str], send: Send, read: Read, administration: Administration
) -> None:
    person, colleague, _ = people
    subject = f"journey-{uuid4()}"
    assert send(person, colleague, subject) == "250"
    workstation = administration.machine(str(administration.environment.journeys_from))
    _, message = read(colleague, subject)
    assert str(workstation.address) not in message
    assert workstation.name not in message


def test_nobody_sends_as_another(people: tuple[str, str, str], send: Send) -> None:
    person, colleague, outsider = people
    for other in (colleague, outsider):
        assert send(person, outsider, sender=other).startswith("553")
        assert send(person, outsider, author=other).startswith("554")
        assert send(person, outsider, sender="", author=other).startswith("554")


def test_a_wrong_or_empty_password_is_refused(people: tuple[str, str, str], send: Send) -> None:
    person, colleague, _ = people
    assert send(person, colleague, password="certainly wrong").startswith("535")
    assert send(person, colleague, password="").startswith("535")


def test_a_wrong_password_reads_nothing(
    people: tuple[str, str, str], server: str, nameserver: str, workstation
) -> None:
    wrong = join(["python3", "-c", READ, server, people[0], "none", nameserver])
    refused = workstation.run_stdin(wrong, "certainly wrong")
    assert refused.returncode == 1
    assert "AUTHENTICATIONFAILED" in refused.stderr


def test_an_unknown_recipient_is_refused_at_once(
    people: tuple[str, str, str], ministries: tuple[Institution, Institution], send: Send
) -> None:
    for institution in ministries:
        assert send(people[0], f"nobody.at.all@{institution.mail_domain}").startswith("550")
