"""What people do at the workstation with a mail program: SMTP, IMAP and ManageSieve, each over verified TLS.

A test hands in a few lines of Python; they run there after the lines of PRELUDE. Passwords go over stdin.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from shlex import join
from typing import Any

# Waits are polls: a machine that is busy with other tests is only slower.
PRELUDE = r"""
import base64, email, email.message, email.policy, email.utils, imaplib, json, smtplib, socket, ssl, sys, time
given = json.loads(sys.stdin.readline())
server, tls = given["server"], ssl.create_default_context()
imaplib._MAXLINE = 10_000_000

def patient(*name, ask=socket.getaddrinfo, **how):
    "A name that is not answered at once is asked for again, as people do."
    for _ in range(10):
        try:
            return ask(*name, **how)
        except socket.gaierror:
            time.sleep(1)
    return ask(*name, **how)

socket.getaddrinfo = patient

def imap(login):
    client = imaplib.IMAP4_SSL(server, ssl_context=tls, timeout=60)
    client.login(login, given["passwords"][login])
    client._encoding = "utf-8"
    client.enable("UTF8=ACCEPT") if "UTF8=ACCEPT" in client.capabilities else None
    return client

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

def text_of(client, number):
    return email.message_from_bytes(client.fetch(number, "(BODY.PEEK[])")[1][0][1], policy=email.policy.default)

def letter(sender, recipient, subject, body="Bonjour à tous.", **headers):
    message = email.message.EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, recipient, subject
    message["Date"], message["Message-ID"] = email.utils.localtime(), email.utils.make_msgid(domain="journey")
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(body)
    return message

def send(login, recipient, message, envelope=None):
    "The code and the text of the last answer."
    client = smtplib.SMTP_SSL(server, 465, context=tls, timeout=120)
    client.user, client.password = login, given["passwords"][login]
    client.ehlo()
    client.auth("PLAIN", client.auth_plain)
    try:
        client.send_message(message, envelope or login, [recipient])
    except smtplib.SMTPRecipientsRefused as error:
        code, said = error.recipients[recipient]
        return [code, said.decode()]
    except smtplib.SMTPResponseException as error:
        return [error.smtp_code, error.smtp_error.decode() if isinstance(error.smtp_error, bytes) else error.smtp_error]
    return [250, ""]

class Sieve:
    "ManageSieve (RFC 5804)."
    def __init__(self):
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


@dataclass(frozen=True)
class MailPrograms:
    """The mail programs of some people at the workstation."""

    workstation: Any
    server: str
    password: Callable[[str], str]

    def command(self, code: str) -> str:
        return join(["python3", "-c", PRELUDE + code])

    def given(self, logins: list[str], **values: Any) -> str:
        """The first line that the programs read: passwords are in it."""
        passwords = {address: self.password(address) for address in logins}
        return json.dumps({"server": self.server, "passwords": passwords, **values}) + "\n"

    def run(self, code: str, logins: list[str], **values: Any) -> dict[str, Any]:
        """Run some lines as these people; what they `tell`, together."""
        ran = self.workstation.run_stdin(self.command(code), self.given(logins, **values))
        assert ran.returncode == 0, ran.stdout + ran.stderr
        told: dict[str, Any] = {}
        for line in ran.stdout.splitlines():
            told |= json.loads(line)
        return told
