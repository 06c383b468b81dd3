"""How far and how much people send: within their reach; what passes a limit waits, and its people are told."""

import re
from collections.abc import Callable, Iterator

import pytest
from testinfra.host import Host

from inventory.model import Administration
from roles.mail.config import RECOVERABLE, Mailbox, MailConfig
from tests.mail_programs import MailPrograms
from tests.outside import Outside, outside_of
from tests.waiting import within

# Over 587, and to several people at once; each recipient's answer, then the message's. "Later" is asked again, or told.
CLIENT = """
def submit(login, recipients, subject, later=False, envelope=None, author=None):
    def ask():
        client = smtplib.SMTP(server, 587, timeout=120)
        try:
            client.ehlo()
            bare = sorted(client.esmtp_features)
            client.starttls(context=tls)
            client.ehlo()
            client.user, client.password = login, given["passwords"][login]
            client.auth("PLAIN", client.auth_plain)
            client.mail(envelope or login)
            answers = [client.rcpt(recipient) for recipient in recipients]
            put_off = any(code // 100 == 4 for code, _ in answers) and not later
            if subject and any(code == 250 for code, _ in answers) and not put_off:
                answers.append(client.data(letter(author or login, recipients[0], subject).as_bytes()))
                put_off = answers[-1][0] // 100 == 4
            told = [bare, [[code, said.decode()] for code, said in answers]]
        finally:
            client.close()
        if put_off:
            raise Later(told)
        return told
    return again(ask)
"""


Which = Callable[[Mailbox], bool]


@pytest.fixture
def outside(administration: Administration) -> Iterator[Outside]:
    with outside_of(administration) as found:
        yield found


def first(wanted: MailConfig, holds: Which) -> str:
    return next(mailbox.address for mailbox in wanted.mailboxes if holds(mailbox))


@pytest.fixture
def anybody(mail_server: Host, wanted: MailConfig) -> str:
    """Who writes to the whole world, as much as people do, whatever other tests sent before."""
    found = first(wanted, lambda each: each.sending.reach == "international" and each.sending.per_hour > 9)
    mail_server.check_output("held-mail forgive %s", found)
    return found


@pytest.fixture
def limited(mail_server: Host, wanted: MailConfig) -> Iterator[Mailbox]:
    """Somebody with a low limit, of which nothing is used; what waits of theirs is gone after the test."""
    found = next(each for each in wanted.mailboxes if each.sending.per_hour < 9)

    def clear() -> None:
        if found.address in mail_server.check_output("held-mail list"):
            mail_server.check_output("held-mail delete %s", found.address)
        mail_server.check_output("held-mail forgive %s", found.address)
        for address in (found.address, *told(wanted, found)):
            for folder in ("INBOX", RECOVERABLE):
                mail_server.run("doveadm expunge -u %s mailbox %s SUBJECT retenus", address, folder)

    clear()
    yield found
    clear()


def told(wanted: MailConfig, mailbox: Mailbox) -> tuple[str, ...]:
    return wanted.told[mailbox.address.partition("@")[2]]


def held(mail_server: Host, account: str) -> list[str]:
    """The queue ids of what waits."""
    lines = mail_server.check_output("held-mail list %s", account).splitlines()
    return [line.split()[1] for line in lines if line.startswith(f"{account} ")]


def sent(mail_server: Host, account: str) -> int:
    """The messages of the last day."""
    found = re.search(rf"^{re.escape(account)}: (\d+) ", mail_server.check_output("held-mail sent %s", account))
    assert found
    return int(found[1])


def test_reach_is_how_far_one_writes(
    programs: MailPrograms, wanted: MailConfig, outside: Outside, anybody: str, tag: str
) -> None:
    inner = first(wanted, lambda each: each.sending.reach == "internal")
    country = first(wanted, lambda each: each.sending.reach == "national")
    suffix = wanted.national[0]
    told = programs.run(
        CLIENT
        + """
far, near, colleague = given["recipients"]
for who in ("inner", "country"):
    tell(**{who: submit(given[who], [far, near, colleague], "")})
me, tag = given["anybody"], given["tag"]
tell(envelope=submit(me, [far], tag, envelope=colleague), author=submit(me, [far], tag, author=colleague))
tell(anybody=submit(me, [far, colleague], tag))
""",
        [inner, country, anybody],
        recipients=[outside.recipient(), f"quelquun@ailleurs.{suffix}", inner],
        inner=inner,
        country=country,
        anybody=anybody,
        tag=tag,
    )
    assert [code for code, _ in told["inner"][1]] == [550, 550, 250]
    assert "n'ecrit pas hors de l'administration" in told["inner"][1][0][1]
    assert [code for code, _ in told["country"][1]] == [550, 250, 250]
    assert "hors du pays" in told["country"][1][0][1]
    assert [code for code, _ in told["envelope"][1]] == [553]
    assert [code for code, _ in told["author"][1]] == [250, 554]
    bare, answers = told["anybody"]
    assert "starttls" in bare
    assert "auth" not in bare
    assert [code for code, _ in answers] == [250, 250, 250]
    assert outside.gets(tag)
    ((sender, recipients, text),) = outside.received(tag)
    assert (sender, recipients) == (anybody, [outside.recipient()])
    assert text.lower().count("dkim-signature:") == len(wanted.signing)
    assert tag in programs.take(inner, tag)


def test_what_passes_a_limit_waits_for_an_operator(
    programs: MailPrograms, mail_server: Host, wanted: MailConfig, outside: Outside, limited: Mailbox, tag: str
) -> None:
    account, most, bound = limited.address, limited.sending.per_hour, limited.sending.held
    (colleague, *_) = told(wanted, limited)
    code = (
        CLIENT
        + """
tell(answers=[submit(given["account"], recipients, given["tag"])[1] for recipients in given["messages"]])
"""
    )

    def submit(*messages: list[str]) -> list[list[int]]:
        said = programs.run(code, [account], account=account, messages=messages, tag=tag)["answers"]
        return [[code for code, _ in answers] for answers in said]

    there = outside.recipient()
    assert submit(*[[there]] * most) == [[250, 250]] * most
    assert outside.gets(tag, most)
    # The first waits whole; of the second one part waits and the other does not; and then no more.
    assert bound == 2
    assert submit([there], [there, colleague]) == [[250, 250], [250, 250, 250]]
    assert within(60, lambda: len(held(mail_server, account)) == bound)
    assert submit([there], [there, colleague]) == [[554], [554, 250, 250]]
    arrived = f"doveadm search -u {colleague} mailbox INBOX SUBJECT {tag}"
    assert within(60, lambda: len(mail_server.check_output(arrived).splitlines()) == 2)
    assert len(outside.received(tag)) == most

    notices = {account: "votre compte", colleague: account}
    for address, says in notices.items():
        search = f"doveadm search -u {address} mailbox INBOX SUBJECT retenus"
        assert within(60, lambda search=search: bool(mail_server.check_output(search)))
        assert len(mail_server.check_output(search).splitlines()) == 1
        assert says.lower() in programs.take(address, "retenus").replace("=\r\n", "").lower()

    one, *others = held(mail_server, account)
    assert f"To: {there}" in mail_server.check_output("held-mail show %s", one)
    mail_server.check_output("held-mail release %s", one)
    assert outside.gets(tag, most + 1)
    mail_server.check_output("held-mail delete %s", account)
    assert held(mail_server, account) == []
    assert len(outside.received(tag)) == most + 1
    assert others
    mail_server.check_output("held-mail forgive %s", account)
    assert submit([there]) == [[250, 250]]
    assert outside.gets(tag, most + 2)


def test_a_rule_sends_no_further_and_no_more_than_its_person(
    programs: MailPrograms,
    mail_server: Host,
    wanted: MailConfig,
    outside: Outside,
    limited: Mailbox,
    anybody: str,
    tag: str,
) -> None:
    inner = first(wanted, lambda each: each.sending.reach == "internal")
    rule = 'require ["copy", "vacation"]; if header :contains "Subject" "%s" { redirect "%s"; }'
    programs.run(
        """
for person in given["people"]:
    def put():
        sieve = Sieve()
        sieve.protect()
        assert sieve.login(person).startswith("OK")
        assert sieve.put("essai", given["rule"]).startswith("OK")
        assert sieve.say('SETACTIVE "essai"')[-1].startswith("OK")
        return True
    put()
for person in given["people"]:
    tell(**{person: send(given["sender"], person, letter(given["sender"], person, given["tag"]))})
""",
        [inner, limited.address, anybody],
        people=[inner, limited.address],
        sender=anybody,
        rule=rule % (tag, outside.recipient("chez.moi")),
        tag=tag,
    )
    try:
        assert outside.gets(tag)
        ((sender, recipients, text),) = outside.received(tag)
        # In the person's name: SPF holds. What was signed still is.
        assert (sender, recipients) == (limited.address, [outside.recipient("chez.moi")])
        assert text.lower().count("dkim-signature:") >= len(wanted.signing)
        assert sent(mail_server, limited.address) == 1
        assert tag in programs.take(inner, tag)  # refused by the server, so it stays
        assert len(outside.received(tag)) == 1
    finally:
        for person in (inner, limited.address):
            mail_server.run("doveadm sieve deactivate -u %s; doveadm sieve delete -u %s essai", person, person)
