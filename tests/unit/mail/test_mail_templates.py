"""What the rendered files must say. That the services obey is in tests/hosts/test_mail.py."""

from pathlib import Path

import pytest

from inventory.model import load
from roles.mail.config import config_of
from roles.mail.postfix import FOLDER
from roles.rendering import TEMPLATES, render

ADMINISTRATION = load("lab")
WANTED = config_of(ADMINISTRATION, ADMINISTRATION.machine("mail1"))


def lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def table(template: str) -> dict[str, str]:
    """A map of Postfix."""
    return dict(line.split(maxsplit=1) for line in lines(render(template, wanted=WANTED)))


@pytest.fixture
def settings() -> dict[str, str]:
    text = render("mail/postfix/main.cf.j2", wanted=WANTED, folder=FOLDER)
    return {key.strip(): value.strip() for key, _, value in (line.partition("=") for line in lines(text))}


def test_each_mailbox_belongs_to_its_own_login() -> None:
    owners = table("mail/postfix/mailboxes.j2")
    assert owners["awa.exemple@mtdpce.gov.bf"] == "awa.exemple@mtdpce.gov.bf"
    assert all(owners[mailbox.address] == mailbox.address for mailbox in WANTED.mailboxes)
    assert owners["conseil@mtdpce.gov.bf"] == "awa.exemple@mtdpce.gov.bf"  # who sends from a shared one
    assert len(owners) == len(WANTED.mailboxes) + len(WANTED.shared)


def test_every_domain_is_served_and_refused_to_strangers() -> None:
    domains = table("mail/postfix/domains.j2")
    present = {institution.mail_domain for institution in ADMINISTRATION.institutions.values()}
    assert set(domains) == {*present, *WANTED.former_domains}
    assert all(answer.startswith("REJECT ") for answer in domains.values())


def test_every_alias_ends_in_a_mailbox() -> None:
    known = {mailbox.address for mailbox in (*WANTED.mailboxes, *WANTED.shared)}
    for readers in table("mail/postfix/aliases.j2").values():
        assert set(readers.split(", ")) <= known


def test_postfix_relays_for_nobody_and_trusts_no_address(settings: dict[str, str]) -> None:
    assert settings["smtpd_relay_restrictions"] == "reject_unauth_destination"
    assert settings["mynetworks"] == "127.0.0.0/8"
    assert not any("permit_mynetworks" in value for value in settings.values())


def test_postfix_asks_no_directory(settings: dict[str, str]) -> None:
    assert not any("ldap" in value for value in settings.values())


def test_postfix_refuses_old_tls_and_waits_for_the_filter(settings: dict[str, str]) -> None:
    assert settings["smtpd_tls_protocols"] == settings["smtpd_tls_mandatory_protocols"] == ">=TLSv1.2"
    assert settings["milter_default_action"] == "tempfail"
    assert settings["message_size_limit"] == str(ADMINISTRATION.platform.mail.message_size_mib * 2**20)


def test_dovecot_gives_each_person_a_folder() -> None:
    text = render("mail/dovecot/people.j2", wanted=WANTED, uid=5000)
    found = {line.split(":")[0]: line.split(":")[5] for line in lines(text)}
    assert found == {mailbox.address: mailbox.home for mailbox in (*WANTED.mailboxes, *WANTED.shared)}


@pytest.mark.parametrize("template", sorted((TEMPLATES / "mail/dovecot").iterdir()), ids=lambda path: path.name)
def test_dovecot_knows_no_variable_of_version_2_3(template: Path) -> None:
    # Dovecot 2.4 takes %u for the name of one folder, shared by everybody, and says nothing.
    text = template.read_text()
    assert not any(old in text for old in ("%u", "%n", "%d", "$mail_plugins"))
