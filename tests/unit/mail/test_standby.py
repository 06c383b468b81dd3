"""Two mail servers: which one serves, what is edited to change that, and what a server that was away may do."""

import json
import socket
import struct
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from deploys import promote
from deploys.promote import Ended, NotPromotedError, edited
from inventory.model import Administration, load
from roles.mail.config import config_of
from roles.mail.programs import mail_serves
from roles.mail.programs.mail_copy import escaped, unescaped

SETTINGS: dict[str, Any] = {
    "standby": False,
    "name": "messagerie.intra.gov.bf",
    "address": "10.10.10.12",
    "others": ["10.10.10.26"],
    "controllers": ["10.10.10.11", "10.10.10.18"],
}


def used(name: str) -> Administration:
    """The administration with another mail server in use."""
    found = load("lab")
    mail = found.platform.mail.model_copy(update={"active": name})
    return replace(found, platform=found.platform.model_copy(update={"mail": mail}))


def test_one_line_says_which_server_people_use() -> None:
    for active, other in (("mail1", "mail2"), ("mail2", "mail1")):
        administration = used(active)
        assert [machine.name for machine in administration.running("mail")] == [active]
        assert [machine.name for machine in administration.standing_by] == [other]
        assert administration.addresses["messagerie"] == administration.machine(active).address
        assert not config_of(administration, administration.machine(active)).standby
        assert config_of(administration, administration.machine(other)).standby


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mail:\n  active: mail1   # why\nresina:\n", "mail:\n  active: mail2   # why\nresina:\n"),
        ("mail:\n  message_size_mib: 25\n", "mail:\n  active: mail2\n  message_size_mib: 25\n"),
    ],
)
def test_a_promotion_edits_that_line_and_nothing_else(text: str, expected: str) -> None:
    assert edited(text, "mail2") == expected


def test_a_promotion_that_nobody_agreed_to_touches_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(promote, "load", lambda _environment: used("mail1"))
    monkeypatch.setattr(promote, "write_ssh_config", lambda _administration: None)
    ran: list[Sequence[str]] = []

    def do(line: Sequence[str], _seconds: float) -> Ended:
        ran.append(line)
        return Ended(0 if line[-1] == "true" else 1, "", "no such file")

    said: list[str] = []
    assert promote.promote("lab", "mail2", lambda: False, said.append, do) == 2
    assert said[-1] == "nothing was done"
    assert {line[-1] for line in ran} == {"true", promote.SEEN}
    with pytest.raises(NotPromotedError, match="app1: no mail server; there are mail1, mail2"):
        promote.promote("lab", "app1", lambda: True, said.append, do)
    with pytest.raises(NotPromotedError, match="mail2: does not answer"):
        promote.promote("lab", "mail2", lambda: True, said.append, lambda *_: Ended(255, "", "no route"))


def test_how_far_a_copy_is_behind_is_told_or_is_not_known() -> None:
    seen = {"at": 0, "mail_copy_waiting": 2.0, "mail_copy_lag_seconds": 1.5, "mail_copy_mailboxes": 30.0}
    for noted, told in (
        (json.dumps(seen), "2 of 30 mailboxes had changes that were not copied, of the last 1.5 s"),
        ("", "nothing is known of the copy on mail2"),
        ("[]", "nothing is known of the copy on mail2"),
        ('{"at": 1}', "nothing is known of the copy on mail2"),
    ):
        administration = used("mail1")
        new = administration.machine("mail2")
        promotion = promote.Promotion(administration, new, lambda *_, noted=noted: Ended(0, noted))
        assert told in promotion.behind()


@pytest.mark.parametrize(
    ("answers", "serves"),
    [
        ([{"10.10.10.12"}, {"10.10.10.12"}], True),
        ([{"10.10.10.26"}, {"10.10.10.26"}], False),
        ([{"10.10.10.26"}, None], False),
        ([{"10.10.10.26"}, {"10.10.10.12"}], True),  # on its way from one controller to the other
        ([set(), set()], True),
        ([None, None], True),
        ([{"192.0.2.1"}, None], True),  # nobody that could serve instead
    ],
)
def test_a_server_serves_unless_the_controllers_give_its_name_to_another(
    monkeypatch: pytest.MonkeyPatch, answers: list[set[str] | None], serves: bool
) -> None:
    by_controller: dict[str, set[str] | None] = dict(zip(SETTINGS["controllers"], answers, strict=True))

    def addresses(server: str, _name: str) -> set[str]:
        if (found := by_controller[server]) is None:
            raise TimeoutError
        return found

    monkeypatch.setattr(mail_serves, "addresses", addresses)
    assert mail_serves.may_serve(SETTINGS) is serves
    assert mail_serves.may_serve({**SETTINGS, "standby": True})


def test_an_answer_of_dns_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as controller:
        controller.bind(("127.0.0.1", 0))
        connect = socket.socket.connect
        monkeypatch.setattr(socket.socket, "connect", lambda self, _place: connect(self, controller.getsockname()))

        def answer() -> None:
            asked, place = controller.recvfrom(512)
            alias = b"\xc0\x0c" + struct.pack(">HHIH", 5, 1, 60, 2) + b"\xc0\x0c"
            address = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + bytes([10, 10, 10, 26])
            controller.sendto(
                asked[:2] + struct.pack(">HHHHH", 0x8180, 1, 2, 0, 0) + asked[12:] + alias + address, place
            )

        answering = threading.Thread(target=answer)
        answering.start()
        assert mail_serves.addresses("10.10.10.11", "messagerie.intra.gov.bf") == {"10.10.10.26"}
        answering.join(10)


def test_the_names_of_scripts_pass_as_they_are() -> None:
    for name in ("congés", "a\tb", "a\nb\x01t"):
        assert unescaped(escaped(name)) == name
        assert not set("\t\n\r").intersection(escaped(name))
