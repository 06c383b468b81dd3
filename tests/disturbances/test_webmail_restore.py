"""What people keep in the webmail is lost: it comes back from where the webmail could only add it."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from testinfra.host import Host

from inventory.model import Administration
from tests.conftest import connect
from tests.waiting import within

BASE = "/var/lib/webmail/roundcube.sqlite"
# A person of whom only this test knows, with a signature and a contact.
KEPT = """
INSERT INTO users (username, mail_host, created) VALUES ('{tag}@example.org', 'essai', datetime('now'));
INSERT INTO identities (user_id, name, email, signature)
  SELECT user_id, 'Essai', username, 'Bien à vous, {tag}' FROM users WHERE username = '{tag}@example.org';
INSERT INTO contacts (user_id, changed, name, email)
  SELECT user_id, datetime('now'), 'Contact {tag}', 'c@example.org' FROM users WHERE username = '{tag}@example.org';
"""
GONE = "PRAGMA foreign_keys = ON; DELETE FROM users WHERE username = '{tag}@example.org';"
SEEN = """
SELECT signature, contacts.name FROM users JOIN identities USING (user_id) JOIN contacts USING (user_id)
  WHERE username = '{tag}@example.org';
"""


@pytest.fixture
def webmail(hurtable: Administration) -> Host:
    return connect(hurtable, hurtable.running("webmail")[0].name)


@pytest.fixture
def tag(webmail: Host) -> Iterator[str]:
    word = f"essai{uuid4().hex[:10]}"
    yield word
    ask(webmail, GONE, word)
    webmail.run(f"rm -f {BASE}.before-*")


def ask(webmail: Host, statement: str, tag: str) -> str:
    """What the database says, asked as the webmail does."""
    command = "runuser -u webmail -- sqlite3 -cmd '.timeout 30000' %s %s"
    return webmail.check_output(command, BASE, statement.format(tag=tag))


def backed_up(webmail: Host) -> bool:
    """Whether a backup that began after this was asked is made; one that is under way is waited for."""
    webmail.run("while [ $(systemctl show -P ActiveState mail-backup) = activating ]; do sleep 0.3; done")
    return webmail.run("systemctl start mail-backup.service").succeeded


def test_what_people_keep_in_the_webmail_comes_back(webmail: Host, tag: str) -> None:
    ask(webmail, KEPT, tag)
    assert within(90, lambda: backed_up(webmail)), webmail.run("journalctl -u mail-backup -n 5 -o cat").stdout
    then = webmail.check_output("date --iso-8601=seconds")
    ask(webmail, GONE, tag)
    assert ask(webmail, SEEN, tag) == ""
    said = webmail.check_output("restore-webmail --at %s", then)
    assert f"what it had is {BASE}.before-" in said
    assert ask(webmail, SEEN, tag) == f"Bien à vous, {tag}|Contact {tag}"
    assert within(60, lambda: webmail.run("check-webmail").succeeded)
    assert webmail.check_output("stat -c '%%U %%a' %s", BASE) == "webmail 600"
    # A backup that is none changes nothing, and says so in a line.
    refused = webmail.run("restore-webmail --at 2001-01-01")
    assert (refused.rc, "no backup of then" in refused.stderr) == (1, True), refused.stderr
    # What serves pages reads none of the secrets, and the mail server's are not here.
    for secret in ("key", "password"):
        assert webmail.check_output("stat -c '%%U %%a' %s", f"/etc/mail-backup/{secret}") == "root 600"
