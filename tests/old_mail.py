"""An old mail server, played: a second Dovecot on a mail server, of which nothing but a test knows.

It has mailboxes as they were kept for years: names in French and in English, behind "INBOX.", 8 bits in headers,
messages without a name, one that cannot be read. Its certificate is from an authority of its own.
"""

import json
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from testinfra.host import Host

from tests.waiting import within

PORT, STARTTLS = 10993, 10143
PASSWORD, MASTER = "essai-ancien; à part", "essai-maître"

SETTINGS = """
dovecot_config_version = 2.4.1
dovecot_storage_version = 2.4.1
base_dir = {place}/run
state_dir = {place}/state
log_path = {place}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_server_cert_file = {place}/server.crt
ssl_server_key_file = {place}/server.key
auth_mechanisms = plain login
auth_failure_delay = 0
passdb passwd-file {{
  passwd_file_path = {place}/people
}}
passdb masters {{
  driver = passwd-file
  passwd_file_path = {place}/masters
  master = yes
}}
userdb static {{
  fields {{
    uid = vmail
    gid = vmail
    home = {place}/mail/%{{user}}
  }}
}}
mail_driver = maildir
mail_path = ~/Maildir
namespace inbox {{
  inbox = yes
  prefix = INBOX.
  separator = .
  mailbox "Sent Messages" {{
    special_use = \\Sent
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {starttls}
  }}
  inet_listener imaps {{
    port = {port}
  }}
}}
"""

BUILD = r"""
import json, os, pathlib, shutil, subprocess, sys
given = json.load(sys.stdin)
place = pathlib.Path(given["place"])
for folder in (place, place / "mail"):
    folder.mkdir(exist_ok=True, mode=0o755)
def openssl(*arguments):
    subprocess.run(["openssl", *arguments], cwd=place, check=True, capture_output=True)
openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-keyout",
        "ca.key", "-out", "ca.crt", "-subj", "/CN=Ancienne autorité", "-addext", "keyUsage=critical,keyCertSign")
openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "server.key",
        "-out", "server.csr", "-subj", "/CN=localhost")
(place / "ext").write_text("subjectAltName=DNS:localhost\nauthorityKeyIdentifier=keyid\nsubjectKeyIdentifier=hash\n")
openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-days", "2", "-out", "server.crt",
        "-extfile", "ext")
(place / "dovecot.conf").write_text(given["settings"])
people = "".join(f"{name}:{{PLAIN}}{given['password']}\n" for name in given["people"])
(place / "people").write_text(people)
(place / "masters").write_text(f"admin:{{PLAIN}}{given['master']}\n")
shutil.chown(place / "mail", "vmail")
for file in ("people", "masters"):
    shutil.chown(place / file, "dovecot")
    (place / file).chmod(0o600)
"""

FILL = r"""
import json, os, pathlib, shutil, subprocess, sys
given = json.load(sys.stdin)
for person, folders in given["mailboxes"].items():
    maildir = pathlib.Path(given["place"]) / "mail" / person / "Maildir"
    for name, messages in folders.items():
        folder = maildir / name
        for part in ("cur", "new", "tmp"):
            (folder / part).mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / "dovecot-keywords").write_text("0 $Forwarded\n")
        for message in messages:
            path = folder / "cur" / f"{message['second']}.old{message['number']}:2,{message['flags']}"
            path.write_bytes(message["content"].encode("latin-1"))
            os.utime(path, (message["second"],) * 2)
    for path in (maildir.parent, *maildir.parent.rglob("*")):
        shutil.chown(path, "vmail", "vmail")
    for path in maildir.rglob("*unreadable*"):
        shutil.chown(path, "root", "root")
        path.chmod(0)
"""


@dataclass(frozen=True)
class OldServer:
    """The old server, while it runs on another."""

    host: Host
    line: list[str]  # of ssh, to the machine
    place: str

    @property
    def authority(self) -> str:
        """The certificate of who vouches for it."""
        return self.host.check_output("cat %s/ca.crt", self.place)

    def fill(self, **mailboxes: dict[str, list[dict[str, Any]]]) -> None:
        """Put messages into folders, by the names of their directories."""
        self.given(FILL, mailboxes=mailboxes)

    def given(self, program: str, **values: Any) -> None:
        """Run a program there that reads what it is given."""
        text = json.dumps({"place": self.place, **values})
        done = subprocess.run(
            [*self.line, shlex.join(["python3", "-c", program])],
            input=text,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def message(
    number: int | str,
    subject: str,
    second: int,
    *,
    flags: str = "",
    body: str = "Contenu.",
    headers: str = "",
) -> dict[str, Any]:
    """A message as its file has it; `flags` as Maildir has them (F: flagged, R: answered, S: seen, a: forwarded)."""
    content = f"From: Ancien <ancien@example.org>\nSubject: {subject}\n{headers}\n{body}\n"
    return {"number": number, "second": second, "flags": flags, "content": content}


@contextmanager
def old_server(host: Host, line: list[str], tag: str, people: list[str]) -> Iterator[OldServer]:
    """The old server, on the loopback of a mail server."""
    old = OldServer(host, line, f"/run/old-mail-{tag}")
    settings = SETTINGS.format(place=old.place, port=PORT, starttls=STARTTLS)
    try:
        old.given(BUILD, settings=settings, password=PASSWORD, master=MASTER, people=people)
        host.check_output(f"systemd-run --quiet --collect --unit=old-mail-{tag} dovecot -F -c {old.place}/dovecot.conf")
        assert within(30, lambda: host.run(f"ss -Hltn | grep -q 127.0.0.1:{PORT}").succeeded), host.run(
            f"cat {old.place}/log"
        ).stdout
        yield old
    finally:
        host.run(f"systemctl stop old-mail-{tag}; rm -rf {old.place}")
