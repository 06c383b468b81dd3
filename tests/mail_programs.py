"""What people do at the workstation with a mail program: SMTP, IMAP and ManageSieve, each over verified TLS.

A test hands in a few lines of Python; they run there after the lines of PRELUDE. Passwords go over stdin.
The one way to play a mail program: the conftest.py of journeys and of disturbances import the fixtures of this file.
"""

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from shlex import join
from typing import Any
from uuid import uuid4

import pytest
from testinfra.host import Host

from inventory.model import Administration
from roles.mail.config import RECOVERABLE, MailConfig, config_of
from tests.conftest import Workstation, connect

LONGEST = 300  # seconds that some lines may take: each of their waits is shorter

# Waits are polls: a machine that is busy with other tests is only slower. What is refused for now (a 4xx, a connection
# that breaks, a directory that does not answer) is asked again for `patience` seconds; a wrong password never is, since
# the account would be locked.
PRELUDE = r"""
import base64, email, email.message, email.policy, email.utils, imaplib, json, smtplib, socket, ssl, sys, time
given = json.loads(sys.stdin.readline())
server, tls = given["server"], ssl.create_default_context()
imaplib._MAXLINE = 10_000_000

PATIENCE = given.get("patience", 60)

class Later(Exception):
    "Refused for now: the answer to give when there is no more time."

def again(ask, patience=None):
    "What is asked answers, asked again while it cannot be reached or says later."
    deadline = time.monotonic() + (PATIENCE if patience is None else patience)
    while True:
        try:
            return ask()
        except (OSError, EOFError, imaplib.IMAP4.abort, smtplib.SMTPServerDisconnected) as error:
            if isinstance(error, ssl.SSLCertVerificationError) or time.monotonic() > deadline:
                raise
        except Later as later:
            if time.monotonic() > deadline:
                return later.args[0]
        time.sleep(1)

def imap(login, patience=None):
    def ask():
        client = imaplib.IMAP4_SSL(server, ssl_context=tls, timeout=60)
        try:
            client.login(login, given["passwords"][login])
        except imaplib.IMAP4.error as error:
            client.shutdown()
            if "UNAVAILABLE" in str(error):  # RFC 5530: the directory, not the password
                raise imaplib.IMAP4.abort(str(error))
            raise
        client._encoding = "utf-8"
        client.enable("UTF8=ACCEPT") if "UTF8=ACCEPT" in client.capabilities else None
        return client
    return again(ask, patience)

def quoted(folder):
    "The name of a folder on the wire: modified UTF-7 (RFC 3501 5.1.3)."
    out, wide = "", ""
    def flush():
        nonlocal out, wide
        if wide:
            out += "&" + base64.b64encode(wide.encode("utf-16-be")).decode().rstrip("=").replace("/", ",") + "-"
            wide = ""
    for letter in folder:
        if " " <= letter <= "~":
            flush()
            out += "&-" if letter == "&" else letter
        else:
            wide += letter
    flush()
    return f'"{out}"'

def until(question, seconds=90):
    "What a question answers, once it answers something."
    deadline = time.monotonic() + seconds
    while not (answer := question()) and time.monotonic() < deadline:
        time.sleep(0.5)
    return answer

def found(client, folder, *what, readonly=False):
    "The numbers of the messages of a folder; it stays selected."
    typ, said = client.select(quoted(folder), readonly)
    if typ != "OK":
        return []
    return client.search(None, *what)[1][0].split()

def raw_of(client, number):
    "The octets of a message. News of flags may come before them, as a line of its own."
    return next(part[1] for part in client.fetch(number, "(BODY.PEEK[])")[1] if isinstance(part, tuple))

def text_of(client, number):
    return email.message_from_bytes(raw_of(client, number), policy=email.policy.default)

def letter(sender, recipient, subject, body="Bonjour à tous.", **headers):
    message = email.message.EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, recipient, subject
    message["Date"], message["Message-ID"] = email.utils.localtime(), email.utils.make_msgid(domain="journey")
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(body)
    return message

def send(login, recipient, message, envelope=None, patience=None):
    "The code and the text of the last answer."
    def ask():
        client = None
        try:
            client = smtplib.SMTP_SSL(server, 465, context=tls, timeout=120)
            client.user, client.password = login, given["passwords"][login]
            client.ehlo()
            client.auth("PLAIN", client.auth_plain)  # login() would try a wrong password twice
            client.send_message(message, login if envelope is None else envelope, [recipient])
        except smtplib.SMTPRecipientsRefused as error:
            answer = error.recipients[recipient]
        except smtplib.SMTPResponseException as error:
            answer = (error.smtp_code, error.smtp_error)
        else:
            return [250, ""]
        finally:
            client and client.close()
        code, said = answer
        said = [code, said.decode() if isinstance(said, bytes) else said]
        if code // 100 == 4 or code == -1:
            raise Later(said)
        return said
    return again(ask, patience)

class Sieve:
    "ManageSieve (RFC 5804)."
    def __init__(self, patience=None):
        again(self.connect, patience)
    def connect(self):
        self.socket = socket.create_connection((server, 4190), 60)
        self.file = self.socket.makefile("rb")
        self.greeting = self.answer()
    def answer(self):
        lines = []
        while True:
            line = self.file.readline()
            if not line:
                raise EOFError(lines)
            lines.append(line.decode())
            if line.endswith(b"}\r\n"):  # a literal: that many octets, and the end of the line
                lines.append(self.file.read(int(line[line.rindex(b"{") + 1 : -3])).decode())
                self.file.readline()
            if line.startswith((b"OK", b"NO", b"BYE")):
                return lines
    def say(self, line):
        self.socket.sendall(line.encode() + b"\r\n")
        return self.answer()
    def protect(self):
        assert self.say("STARTTLS")[-1].startswith("OK")
        self.socket = tls.wrap_socket(self.socket, server_hostname=server)
        self.file = self.socket.makefile("rb")
        self.greeting = self.answer()
    def login(self, login):
        plain = base64.b64encode(f"\0{login}\0{given['passwords'][login]}".encode()).decode()
        return self.say(f'AUTHENTICATE "PLAIN" "{plain}"')[-1]
    def put(self, name, script):
        body = script.encode()
        self.socket.sendall(f'PUTSCRIPT "{name}" {{{len(body)}+}}\r\n'.encode() + body + b"\r\n")
        return "".join(self.answer())

def tell(**what):
    print(json.dumps(what), flush=True)
"""


# A message of a person, as SEND is given it; and its arrival: it is taken out of the mailbox.
SEND = """
tell(said=send(given["login"], given["recipient"], letter(given["author"], given["recipient"], given["subject"]),
               given["envelope"]))
"""
TAKE = """
client = imap(given["login"])
arrived = until(lambda: found(client, "INBOX", "SUBJECT", given["subject"]))
raw = raw_of(client, arrived[0]) if arrived else b""
for number in arrived:
    client.store(number, "+FLAGS", r"\\Deleted")
client.expunge()
tell(text=raw.decode())
"""


def tell(running: subprocess.Popen[str], line: str) -> None:
    """Hand a line to a program that reads it."""
    assert running.stdin is not None
    running.stdin.write(line)
    running.stdin.flush()


def told(running: subprocess.Popen[str]) -> str:
    """The next line of a program; nothing, once it has ended."""
    assert running.stdout is not None
    return running.stdout.readline()


@dataclass(frozen=True)
class MailPrograms:
    """The mail programs of some people at the workstation."""

    workstation: Workstation
    server: str
    password: Callable[[str], str]

    def command(self, code: str) -> str:
        """What runs at the workstation; it reads what `given` says."""
        return join(["timeout", str(LONGEST), "python3", "-c", PRELUDE + code])

    def given(self, logins: list[str], **values: Any) -> str:
        """The first line that the programs read: passwords are in it."""
        passwords = {address: self.password(address) for address in logins}
        return json.dumps({"server": self.server, "passwords": passwords, **values}) + "\n"

    def run(self, code: str, logins: list[str], **values: Any) -> dict[str, Any]:
        """Run some lines as these people; what they `tell`, together."""
        ran = self.workstation.run_stdin(self.command(code), self.given(logins, **values), timeout=LONGEST)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        told: dict[str, Any] = {}
        for line in ran.stdout.splitlines():
            told |= json.loads(line)
        return told

    @contextmanager
    def held(self, code: str, logins: list[str], **values: Any) -> Iterator[subprocess.Popen[str]]:
        """Some lines that run while a test goes on: they read its stdin, and it their stdout."""
        line = ["ssh", "-F", self.workstation.ssh_config, self.workstation.name, self.command(code)]
        with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
            tell(running, self.given(logins, **values))
            yield running

    def send(
        self, login: str, recipient: str, subject: str, *, author: str | None = None, envelope: str | None = None
    ) -> tuple[int, str]:
        """Send a message: the code and the text of the server's last answer."""
        values = {"recipient": recipient, "subject": subject, "author": author or login, "envelope": envelope}
        code, text = self.run(SEND, [login], login=login, **values)["said"]
        return code, text

    def take(self, login: str, subject: str) -> str:
        """Wait for the message of a subject, take it out of the mailbox: its text, or nothing."""
        return str(self.run(TAKE, [login], login=login, subject=subject)["text"])


@pytest.fixture
def programs(
    administration: Administration, workstation: Workstation, password_of: Callable[[str], str]
) -> MailPrograms:
    """The mail programs of everybody at the workstation of the journeys."""
    server = administration.running("mail")[0].fqdn
    return MailPrograms(workstation, server, lambda address: password_of(address.partition("@")[0]))


@pytest.fixture
def mail_server(administration: Administration) -> Host:
    """The machine that keeps the mail."""
    return connect(administration, administration.running("mail")[0].name)


@pytest.fixture
def wanted(administration: Administration) -> MailConfig:
    """What it is to serve."""
    return config_of(administration, administration.running("mail")[0])


@pytest.fixture
def pair(administration: Administration) -> tuple[str, str]:
    """The last two people of the last institution that has two: other tests write to the first ones."""
    institution = [i for i in administration.institutions.values() if len(i.present) > 1][-1]
    one, other = institution.present[-2:]
    return institution.address_of(one), institution.address_of(other)


@pytest.fixture
def tag(mail_server: Host) -> Iterator[str]:
    """A word that is in the subject of each message of a test; what has it is gone after the test."""
    word = f"essai{uuid4().hex[:12]}"
    yield word
    for folder in ("*", RECOVERABLE):  # where what leaves the others goes
        mail_server.run("doveadm expunge -A mailbox %s SUBJECT %s", folder, word)
