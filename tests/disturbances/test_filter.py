"""The filter loses what it needs: without an antivirus nothing comes in unseen; without its store mail flows on."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from testinfra.host import Host

from inventory.model import Administration
from tests.conftest import connect
from tests.mail_programs import MailPrograms
from tests.waiting import within

# A stranger's mail server, which tries once: the last answer.
SEND = """
import email.message, email.utils, json, smtplib, sys
given = json.load(sys.stdin)
message = email.message.EmailMessage()
message["From"], message["To"], message["Subject"] = "someone@example.org", given["recipient"], given["subject"]
message["Date"], message["Message-ID"] = email.utils.localtime(), email.utils.make_msgid(domain="example.org")
message.set_content("Bonjour, voici ce dont nous avons parlé hier.")
try:
    client = smtplib.SMTP(given["server"], 25, timeout=90)
    client.send_message(message, "someone@example.org", [given["recipient"]])
except smtplib.SMTPResponseException as error:
    print(error.smtp_code, error.smtp_error.decode())
except smtplib.SMTPRecipientsRefused as error:
    print(*error.recipients[given["recipient"]])
except OSError as error:
    print(error)
else:
    print(250)
"""


@pytest.fixture
def stranger(hurtable: Administration) -> Host:
    return connect(hurtable, hurtable.running("applications")[0].name)


def send(stranger: Host, server: str, recipient: str, subject: str) -> str:
    given = json.dumps({"server": server, "recipient": recipient, "subject": subject})
    return stranger.check_output("printf '%%s' %s | python3 -c %s", given, SEND)


@contextmanager
def without(mail_server: Host, *units: str) -> Iterator[None]:
    """Units are stopped, and whatever happens they run again."""
    names = " ".join(units)
    try:
        mail_server.check_output(f"systemctl stop {names}")
        yield
    finally:
        mail_server.check_output(f"systemctl start {names}")


@pytest.mark.parametrize(
    "units", [("clamav-daemon.socket", "clamav-daemon.service"), ("rspamd.service",)], ids=["clamd", "rspamd"]
)
def test_what_nobody_can_look_at_waits_at_its_sender(
    stranger: Host, mail_server: Host, programs: MailPrograms, pair: tuple[str, str], units: tuple[str, ...]
) -> None:
    subject = f"unseen-{uuid4()}"
    with without(mail_server, *units):
        assert send(stranger, programs.server, pair[0], subject).startswith("451")
    assert within(60, lambda: send(stranger, programs.server, pair[0], subject) == "250")
    assert programs.take(pair[0], subject)


def test_mail_flows_without_what_the_filter_remembers(
    stranger: Host, mail_server: Host, programs: MailPrograms, pair: tuple[str, str]
) -> None:
    subject = f"forgetful-{uuid4()}"
    with without(mail_server, "valkey-server.service"):
        assert within(60, lambda: send(stranger, programs.server, pair[0], subject) == "250")
    assert programs.take(pair[0], subject)


def test_clamd_comes_back_by_itself(
    stranger: Host, mail_server: Host, programs: MailPrograms, pair: tuple[str, str]
) -> None:
    subject = f"killed-{uuid4()}"
    mail_server.check_output("systemctl kill --signal=KILL clamav-daemon.service")
    assert within(60, lambda: send(stranger, programs.server, pair[0], subject) == "250")
    assert programs.take(pair[0], subject)
    assert within(60, lambda: mail_server.service("clamav-daemon").is_running)
