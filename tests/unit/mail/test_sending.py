"""What an account may send: the person's own line first; what passes a limit is held, never lost, never free."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from inventory.model import load
from inventory.model.sending import OtherLimits
from roles.mail.config import config_of
from roles.mail.limits import Sending
from roles.mail.programs.sending.decisions import Decisions
from roles.mail.programs.sending.held import chosen, waiting
from roles.mail.programs.sending.ledger import HOUR, Ledger
from roles.mail.programs.sending.notices import letters
from roles.mail.programs.sending.rules import Current, Rules, read
from roles.rendering import render
from tests.unit.mail.test_mail_config import config, with_institution

WANTED = config_of(load("lab"), load("lab").machine("mail1"))
AWA, COLLEAGUE = "awa@sante.gov.bf", "moussa@sante.gov.bf"
RULES = """
{"inside": ["sante.gov.bf"], "national": ["bf"], "told": {"sante.gov.bf": ["dsi@sante.gov.bf"]}, "accounts": {
 "awa@sante.gov.bf": {"reach": "%s", "per_hour": 2, "per_day": 4, "recipients_per_message": 3,
                      "recipients_per_day": 6, "held": 2}}}
"""


@dataclass
class Service:
    """The service, as Postfix uses it."""

    decisions: Decisions
    ledger: Ledger
    in_queue: set[str]
    clock: list[float]
    messages: int = 0

    def ask(self, stage: str, **asked: str) -> str:
        request = {"protocol_state": stage, "instance": str(self.messages), "sender": AWA, **asked}
        return asyncio.run(self.decisions.answer(request))

    def send(self, *recipients: str, login: str = AWA) -> str:
        """The last answer: to the first recipient who is refused, or to the message."""
        self.messages += 1
        for recipient in recipients:
            if (said := self.ask("RCPT", sasl_username=login, recipient=recipient)) != "DUNNO":
                return said
        queue_id = f"4fQ{self.messages}"
        count = str(len(recipients))
        said = self.ask("END-OF-MESSAGE", sasl_username=login, recipient_count=count, queue_id=queue_id)
        if said.startswith("HOLD"):
            self.in_queue.add(queue_id)
        return said.split()[0]


def rules(tmp_path: Path, reach: str = "international") -> Path:
    path = tmp_path / "rules.json"
    path.write_text(RULES % reach)
    return path


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    clock, queue = [1e9], set[str]()
    ledger = Ledger(tmp_path / "ledger", lambda: clock[0])

    async def still_held() -> set[str]:
        return queue

    found = Service(Decisions(Current(rules(tmp_path)), ledger, still_held), ledger, queue, clock)
    yield found
    ledger.close()


def test_mail_inside_is_free_and_mail_outside_counts(service: Service) -> None:
    assert {service.send(COLLEAGUE) for _ in range(10)} == {"DUNNO"}
    assert [service.send("a@x.org") for _ in range(3)] == ["DUNNO", "DUNNO", "HOLD"]
    assert service.ledger.sent(AWA) == 2  # what is held was not sent
    service.clock[0] += HOUR + 1
    assert service.send("a@x.org") == "DUNNO"


def test_recipients_count_too(service: Service) -> None:
    assert service.send("a@x.org", "b@x.org", "c@x.org", "d@x.org").startswith("550 5.5.3")
    assert service.send("a@x.org", "b@x.org", "c@x.org") == "DUNNO"
    service.clock[0] += HOUR + 1
    assert service.send("a@x.org", "b@x.org") == "DUNNO"
    assert service.send("a@x.org", "b@x.org") == "HOLD"  # six a day


def test_what_waits_has_a_bound_and_a_hand_that_releases_is_noticed(service: Service) -> None:
    for _ in range(4):
        service.send("a@x.org")
    assert service.ledger.held(AWA) == 2
    assert service.send("a@x.org").startswith("554 5.7.1")
    assert service.send(COLLEAGUE) == "DUNNO"
    assert service.send(COLLEAGUE, "a@x.org").startswith("554")
    service.in_queue.clear()  # postsuper -d, by hand
    service.clock[0] += 1
    service.decisions._asked = 0.0
    service.ledger._base.execute("UPDATE held SET at = 0")
    assert service.send("a@x.org") == "HOLD"


def test_of_a_message_to_both_only_what_goes_outside_waits(service: Service) -> None:
    for _ in range(2):
        service.send("a@x.org")
    assert service.send(COLLEAGUE, "a@x.org") == "FILTER"
    part = {"policy_context": "part", "recipient_count": "1", "queue_id": "9z"}
    assert service.ask("END-OF-MESSAGE", recipient=COLLEAGUE, **part) == "DUNNO"
    assert service.ask("END-OF-MESSAGE", recipient="a@x.org", **part).startswith("HOLD")
    assert service.ledger.holders() == {"9z": AWA}


def test_people_are_told_once_until_nothing_waits(service: Service) -> None:
    for _ in range(4):
        service.send("a@x.org")
    assert service.ledger.untold() == [(AWA, "per_hour")]
    service.ledger.tell(AWA)
    service.send("a@x.org")
    assert service.ledger.untold() == []
    service.ledger.drop(service.in_queue)
    assert service.send("a@x.org") == "HOLD"
    assert service.ledger.untold() == [(AWA, "per_hour")]


def test_a_restart_forgets_nothing(service: Service, tmp_path: Path) -> None:
    for _ in range(3):
        service.send("a@x.org")
    again = Ledger(tmp_path / "ledger", lambda: service.clock[0])
    assert (again.sent(AWA), again.held(AWA)) == (2, 1)
    again.close()


@pytest.mark.parametrize(
    ("reach", "recipient", "refused"),
    [
        ("internal", "a@ailleurs.bf", "hors de l'administration"),
        ("national", "a@ailleurs.bf", ""),
        ("national", "a@AILLEURS.BF", ""),
        ("national", "a@notbf", "hors du pays"),
        ("national", "a@[192.0.2.1]", "hors du pays"),
        ("international", "a@x.org", ""),
    ],
)
def test_reach(service: Service, tmp_path: Path, reach: str, recipient: str, refused: str) -> None:
    rules(tmp_path, reach)
    said = service.send(recipient)
    assert refused in said if refused else said == "DUNNO"
    assert said.isascii()


def test_what_nobody_sent_stays_inside(service: Service) -> None:
    for sender in ("", "other@x.org", "gone@sante.gov.bf"):
        service.messages += 1
        assert service.ask("RCPT", sender=sender, recipient="a@x.org").startswith("550 5.7.1")
        assert service.ask("RCPT", sender=sender, recipient=COLLEAGUE) == "DUNNO"
    assert service.ask("RCPT", sender="awa+rule@sante.gov.bf", recipient="a@x.org") == "DUNNO"


def test_rules_that_are_none_leave_those_of_before(tmp_path: Path) -> None:
    path = rules(tmp_path)
    current = Current(path)
    path.write_text("{")
    assert current().accounts[AWA].per_hour == 2


def test_notices_are_for_the_person_and_the_dsi(tmp_path: Path) -> None:
    own, other = letters(AWA, "per_hour", read(rules(tmp_path)))
    assert own["To"] == AWA
    assert other["To"] == "dsi@sante.gov.bf"
    assert "2 messages par heure" in own.get_content()
    assert AWA in other.get_content()


def test_operators_choose_by_account_or_by_message() -> None:
    line = '{"queue_name": "%s", "queue_id": "%s", "arrival_time": 1, "message_size": 9, "sender": "awa+x@a.bf", "recipients": [{"address": "b@c.d"}]}'  # noqa: E501
    said = "\n".join([line % ("hold", "A1"), line % ("hold", "B2"), line % ("deferred", "C3")])
    found = waiting(said, {"B2": "boss@a.bf"})
    assert {each.queue_id: each.account for each in found} == {"A1": "awa@a.bf", "B2": "boss@a.bf"}
    assert [each.queue_id for each in chosen(found, ["boss@a.bf"])] == ["B2"]
    with pytest.raises(SystemExit, match="nothing is held of C3"):
        chosen(found, ["A1", "C3"])


def sending(**changes: object) -> dict[str, Sending]:
    changed = config(with_institution("sante", **changes))
    return {mailbox.address.partition("@")[0]: mailbox.sending for mailbox in changed.mailboxes}


def test_the_nearest_word_counts_and_of_several_groups_the_widest() -> None:
    found = sending(reach={"agents": "internal", "conseil": "national"})
    assert found["mariam.modele"].reach == "internal"
    assert found["moussa.exemple"].reach == "national"  # of conseil
    assert found["awa.exemple"].reach == "international"  # of another institution
    found = sending(reach={"conseil": "international", "moussa.exemple": "internal"})
    assert found["moussa.exemple"].reach == "internal"


def test_limits_are_the_person_s_or_the_group_s_or_everybody_s() -> None:
    found = sending(sending={"agents": OtherLimits(per_hour=9), "moussa.exemple": OtherLimits(per_day=1000)})
    assert (found["moussa.exemple"].per_hour, found["moussa.exemple"].per_day) == (9, 1000)
    assert (found["mariam.modele"].per_hour, found["mariam.modele"].per_day) == (9, found["awa.exemple"].per_day)


def test_the_rules_of_the_lab_are_valid(tmp_path: Path) -> None:
    (tmp_path / "rules.json").write_text(render("mail/sending/rules.json.j2", wanted=WANTED))
    found: Rules = read(tmp_path / "rules.json")
    assert set(found.accounts) == {mailbox.address for mailbox in WANTED.mailboxes}
    assert all(found.told[domain] for domain in WANTED.domains)
