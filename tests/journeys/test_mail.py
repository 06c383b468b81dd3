"""What a person sends from a workstation arrives, signed, in and out of the ministry; and nobody sends as another."""

from dataclasses import replace
from uuid import uuid4

import pytest

from inventory import dkim
from inventory.model import Administration, Institution
from tests.mail_programs import MailPrograms

# Which signatures of a message the keys verify that the DNS has: that of the inside, and that of the world.
VERIFY = r"""
import dkim, dns.resolver, re
public = dns.resolver.Resolver(configure=False)
public.nameservers = [given["nameserver"]]
def key(name, timeout=5):
    return b"".join(public.resolve(name.decode(), "TXT", lifetime=30)[0].strings)
message = given["text"].encode()
signatures = [value for name, value in dkim.DKIM(message).headers if name.lower() == b"dkim-signature"]
tell(good=[
    re.search(rb"[\s;]s=([^;]+)", signature)[1].decode()
    for place, signature in enumerate(signatures)
    if dkim.DKIM(message).verify(place) and dkim.DKIM(message).verify(place, key)
])
"""


@pytest.fixture
def ministries(administration: Administration) -> tuple[Institution, Institution]:
    """Two institutions, the first with two people."""
    first = next(i for i in administration.institutions.values() if len(i.people) > 1)
    return first, next(i for i in administration.institutions.values() if i is not first)


@pytest.fixture
def people(ministries: tuple[Institution, Institution]) -> tuple[str, str, str]:
    """A person, a colleague, and somebody of another institution."""
    first, second = ministries
    return (
        first.address_of(first.people[0]),
        first.address_of(first.people[1]),
        second.address_of(second.people[0]),
    )


def test_mail_reaches_a_colleague_and_another_ministry(
    people: tuple[str, str, str], programs: MailPrograms, administration: Administration
) -> None:
    nameserver = str(administration.running("nameserver")[0].address)
    person, *others = people
    for recipient in others:
        subject = f"journey-{uuid4()}"
        assert programs.send(person, recipient, subject) == (250, "")
        text = programs.take(recipient, subject)
        signed = programs.run(VERIFY, [], text=text, nameserver=nameserver)["good"]
        assert set(signed) == set(dkim.signing(dkim.today())), text
        assert f"d={person.partition('@')[2]};" in text


def test_a_message_does_not_tell_where_it_was_written(
    people: tuple[str, str, str], programs: MailPrograms, administration: Administration
) -> None:
    person, colleague, _ = people
    subject = f"journey-{uuid4()}"
    assert programs.send(person, colleague, subject) == (250, "")
    workstation = administration.machine(str(administration.environment.journeys_from))
    text = programs.take(colleague, subject)
    assert subject in text
    assert str(workstation.address) not in text
    assert workstation.name not in text


def test_nobody_sends_as_another(people: tuple[str, str, str], programs: MailPrograms) -> None:
    person, colleague, outsider = people
    for other in (colleague, outsider):
        assert programs.send(person, outsider, "", envelope=other)[0] == 553
        assert programs.send(person, outsider, "", author=other)[0] == 554
        assert programs.send(person, outsider, "", envelope="", author=other)[0] == 554


def test_a_wrong_or_empty_password_is_refused(people: tuple[str, str, str], programs: MailPrograms) -> None:
    person, colleague, _ = people
    for wrong in ("certainly wrong", ""):
        assert replace(programs, password=lambda _, typed=wrong: typed).send(person, colleague, "")[0] == 535


def test_a_wrong_password_reads_nothing(people: tuple[str, str, str], programs: MailPrograms) -> None:
    told = programs.run(
        """
given["passwords"][given["person"]] = "certainly wrong"
try:
    tell(said=str(imap(given["person"])))
except imaplib.IMAP4.error as error:
    tell(said=str(error))
""",
        [],
        person=people[0],
    )
    assert "AUTHENTICATIONFAILED" in told["said"]


def test_an_unknown_recipient_is_refused_at_once(
    people: tuple[str, str, str], ministries: tuple[Institution, Institution], programs: MailPrograms
) -> None:
    for institution in ministries:
        assert programs.send(people[0], f"nobody.at.all@{institution.mail_domain}", "")[0] == 550
