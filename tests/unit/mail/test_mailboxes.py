"""Where mail lies when people come, change and leave: what the store holds, and the commands that follow."""

from types import SimpleNamespace
from typing import Any

import pytest

from roles.mail import mailboxes
from roles.mail.config import Mailbox

AWA = Mailbox("awa@x.bf", "/srv/mail/M1", 2, "/srv/mail/x/awa")


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The folders of the store, and their owners."""
    found: dict[str, str] = {}
    host = SimpleNamespace(get_fact=lambda _fact: found, noop=lambda _why: None)
    monkeypatch.setattr(mailboxes, "host", host)
    return found


def says(operation: Any, *arguments: Any) -> list[tuple[str, str]]:
    """The commands of an operation, each with its effect in words."""
    return [(str(each), each.changes[0].text) for each in operation._inner(*arguments)]


def test_mail_that_stands_under_a_login_goes_under_the_id(store: dict[str, str]) -> None:
    store |= {"/srv/mail/x": "vmail", AWA.before: "vmail"}
    command = f"ln -sfnT {AWA.home} {AWA.home} && mv -T --exchange {AWA.home} {AWA.before}"
    assert says(mailboxes.placed, (AWA,)) == [(command, "mailbox x/awa: its folder is /srv/mail/M1")]


def test_mail_that_is_in_its_place_stays(store: dict[str, str]) -> None:
    store |= {"/srv/mail/x": "vmail", AWA.before: "vmail", AWA.home: "vmail"}  # somebody new has the login
    assert says(mailboxes.placed, (AWA,)) == []


def test_only_root_reads_what_somebody_left(store: dict[str, str]) -> None:
    store |= {AWA.home: "vmail", "/srv/mail/M2": "vmail", "/srv/mail/M3": "root", "/srv/mail/x": "vmail"}
    closed = "chown root:root /srv/mail/M2 && chmod 700 /srv/mail/M2"
    assert says(mailboxes.kept, (AWA,), "vmail") == [(closed, "mailbox M2: only root reads it from now on")]


def test_who_comes_back_has_the_same_mail(store: dict[str, str]) -> None:
    store |= {AWA.home: "root"}
    opened = "chown vmail:vmail /srv/mail/M1 && chmod 700 /srv/mail/M1"
    assert says(mailboxes.kept, (AWA,), "vmail") == [(opened, "mailbox M1: is open again")]


def test_a_folder_with_an_english_name_gets_the_french_one_once(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {f"{AWA.home}/Maildir/.{name}" for name in ("Sent", "Junk", "Ind&AOk-sirables")}
    monkeypatch.setattr(mailboxes, "host", SimpleNamespace(get_fact=lambda _fact: found, noop=lambda _why: None))
    wanted = {"Envoyés": "Sent", "Indésirables": "Junk", "Corbeille": "Trash"}
    command = "doveadm mailbox rename -s -u awa@x.bf Sent 'Envoyés'"
    assert says(mailboxes.named, (AWA,), wanted) == [(command, "awa@x.bf: Sent is Envoyés")]
