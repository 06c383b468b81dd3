"""What Postfix asks about sending dies: nothing is forgotten; where nothing answers, mail inside goes on."""

import pytest
from testinfra.host import Host

from inventory.model import Administration
from roles.mail.config import Mailbox, MailConfig
from tests.journeys.test_sending import CLIENT, held, limited, sent, told
from tests.mail_programs import MailPrograms
from tests.outside import outside_of
from tests.waiting import within

__all__ = ["limited"]  # a fixture
SUBMIT = (
    CLIENT
    + """
for name, recipients in given["messages"].items():
    tell(**{name: [code for code, _ in submit(given["account"], recipients, given["tag"], given["later"])[1]]})
"""
)


@pytest.mark.usefixtures("hurtable")
def test_a_killed_service_forgets_nothing_and_a_stopped_one_stops_only_what_goes_outside(
    programs: MailPrograms,
    mail_server: Host,
    wanted: MailConfig,
    limited: Mailbox,
    administration: Administration,
    tag: str,
) -> None:
    account, most = limited.address, limited.sending.per_hour
    (colleague, *_) = told(wanted, limited)

    def submit(later: bool = False, **messages: list[str]) -> dict[str, list[int]]:
        return programs.run(SUBMIT, [account], account=account, tag=tag, messages=messages, later=later)

    with outside_of(administration) as outside:
        there = outside.recipient()
        first = submit(**{f"message{number}": [there] for number in range(most)})
        assert list(first.values()) == [[250, 250]] * most
        for _ in range(2):
            mail_server.check_output("systemctl kill --signal KILL mail-sending.service")
        assert submit(one_more=[there]) == {"one_more": [250, 250]}  # Postfix waited for it
        assert within(60, lambda: len(held(mail_server, account)) == 1)
        assert sent(mail_server, account) == most
        mail_server.check_output("systemctl stop mail-sending.socket mail-sending.service")
        try:
            said = submit(later=True, outside=[there, colleague], inside=[colleague])
        finally:
            mail_server.check_output("systemctl start mail-sending.socket mail-sending.service")
        assert said == {"outside": [451, 250, 250], "inside": [250, 250]}
        assert within(60, lambda: mail_server.run("systemctl is-active mail-sending.service").succeeded)
        assert len(outside.received(tag)) == most
