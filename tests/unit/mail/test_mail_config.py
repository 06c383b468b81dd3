from dataclasses import replace
from datetime import date

import pytest

from inventory.model import Administration, load
from inventory.model.institution import Functions, MailList, SharedMailbox
from roles.mail.config import MailConfig, config_of

ADMINISTRATION = load("lab")


def config(administration: Administration = ADMINISTRATION) -> MailConfig:
    return config_of(administration, administration.machine("mail1"))


def with_institution(name: str, **changes: object) -> Administration:
    """The administration, with one of its institutions changed."""
    changed = ADMINISTRATION.institutions[name].model_copy(update=changes)
    return replace(ADMINISTRATION, institutions={**ADMINISTRATION.institutions, name: changed})


def homes(wanted: MailConfig) -> dict[str, str]:
    return {mailbox.address: mailbox.home for mailbox in wanted.mailboxes}


def readers(wanted: MailConfig) -> dict[str, tuple[str, ...]]:
    return {alias.address: alias.mailboxes for alias in wanted.aliases}


def test_everybody_has_a_home_and_nobody_shares_it() -> None:
    found = homes(config())
    assert len(found) == len(set(found.values())) == len(list(ADMINISTRATION.people()))
    assert found["awa.exemple@mtdpce.gov.bf"] == "/srv/mail/M1001"
    assert found["moussa.exemple@sante.gov.bf"] == "/srv/mail/M2001"


def test_a_ministry_that_changes_its_domain_moves_no_mail() -> None:
    before, after = config(), config(with_institution("sante", mail_domain="sante-publique.gov.bf"))
    assert list(homes(before).values()) == list(homes(after).values())
    assert "moussa.exemple@sante-publique.gov.bf" in homes(after)


def test_a_quota_is_the_person_s_or_the_institution_s_or_everybody_s() -> None:
    changed = config(with_institution("sante", quota_gib=5, quotas_gib={"moussa.exemple": 20}))
    found = {mailbox.address: mailbox.quota_gib for mailbox in changed.mailboxes}
    assert found["moussa.exemple@sante.gov.bf"] == 20
    assert found["mariam.modele@sante.gov.bf"] == 5
    assert found["awa.exemple@mtdpce.gov.bf"] == ADMINISTRATION.platform.mail.quota_gib


def with_mariam(**changes: object) -> MailConfig:
    """The mail of the administration where one person of the ministry of Health is otherwise."""
    people = ADMINISTRATION.institutions["sante"].people
    changed = [each.model_copy(update=changes) if each.login == "mariam.modele" else each for each in people]
    return config(with_institution("sante", people=changed))


@pytest.mark.parametrize("mail_after", [None, "refuse"])
def test_a_leaver_has_no_mailbox_and_gets_no_role_mail(mail_after: str | None) -> None:
    wanted = with_mariam(left="2026-11-01", mail_after=mail_after, formerly=["mariam.avant"])
    assert "mariam.modele@sante.gov.bf" not in homes(wanted)
    assert "mariam.modele@sante.gov.bf" not in readers(wanted)["postmaster@sante.gov.bf"]
    assert not {"mariam.modele@sante.gov.bf", "mariam.avant@sante.gov.bf"} & readers(wanted).keys()


def test_the_mail_of_a_leaver_reaches_whom_the_ministry_says() -> None:
    wanted = with_mariam(left="2026-11-01", mail_after="moussa.exemple", formerly=["mariam.avant"])
    for name in ("mariam.modele", "mariam.avant"):
        assert readers(wanted)[f"{name}@sante.gov.bf"] == ("moussa.exemple@sante.gov.bf",)


def test_a_marriage_keeps_the_mailbox_and_the_old_address() -> None:
    wanted = with_mariam(login="mariam.ouedraogo", family="Ouédraogo", formerly=["mariam.modele"])
    assert homes(wanted)["mariam.ouedraogo@sante.gov.bf"] == "/srv/mail/M2002"
    assert readers(wanted)["mariam.modele@sante.gov.bf"] == ("mariam.ouedraogo@sante.gov.bf",)
    assert "mariam.modele@sante.gov.bf" not in homes(wanted)


def renamed(today: date) -> MailConfig:
    """The ministry of Health has another domain since this morning, and its own of before until the end of 2027."""
    changes = {"mail_domain": "sante-bf.gov.bf", "former_domains": {"sante.gov.bf": "2027-12-31"}}
    lists = {"tous": MailList(members=["agents"])}
    changed = with_institution("sante", **changes, lists=lists, shared={"cabinet": SharedMailbox(send=["agents"])})
    return config_of(changed, changed.machine("mail1"), today)


def test_a_ministry_renamed_keeps_its_mailboxes_and_its_addresses_to_the_last_day() -> None:
    for day in (date(2026, 11, 1), date(2027, 12, 31)):
        wanted = renamed(day)
        assert homes(wanted)["mariam.modele@sante-bf.gov.bf"] == homes(config())["mariam.modele@sante.gov.bf"]
        assert "sante.gov.bf" not in wanted.domains
        assert "sante.gov.bf" in wanted.former_domains
        everybody = ("moussa.exemple@sante-bf.gov.bf", "mariam.modele@sante-bf.gov.bf")
        found = readers(wanted)
        assert found["mariam.modele@sante.gov.bf"] == everybody[1:]
        assert found["cabinet@sante.gov.bf"] == ("cabinet@sante-bf.gov.bf",)
        assert found["postmaster@sante.gov.bf"] == everybody[1:]
        assert found["tous@sante.gov.bf"] == everybody
        assert {a.address for a in wanted.aliases if a.internal} >= {"tous@sante.gov.bf", "tous@sante-bf.gov.bf"}


def test_after_its_last_day_a_former_domain_is_nobodys() -> None:
    wanted = renamed(date(2028, 1, 1))
    assert "sante.gov.bf" not in (*wanted.domains, *wanted.former_domains)
    assert not [address for address in readers(wanted) if address.endswith("@sante.gov.bf")]


def test_role_addresses_reach_the_dsi_of_the_domain() -> None:
    found = readers(config())
    for name in ("postmaster", "abuse"):
        assert found[f"{name}@sante.gov.bf"] == ("mariam.modele@sante.gov.bf",)
        assert found[f"{name}@mail1.intra.gov.bf"] == ("issa.modele@mtdpce.gov.bf",)
    assert found["root@mail1.intra.gov.bf"] == ("issa.modele@mtdpce.gov.bf",)
    assert found["plateforme@mtdpce.gov.bf"] == ("issa.modele@mtdpce.gov.bf",)


def test_a_ministry_without_dsi_is_answered_for_by_the_owner_of_the_site() -> None:
    found = readers(config(with_institution("sante", functions=Functions())))
    assert found["postmaster@sante.gov.bf"] == ("issa.modele@mtdpce.gov.bf",)


def test_passwords_are_checked_by_every_controller_over_tls() -> None:
    assert config().directory.uris == ("ldaps://dc1.intra.gov.bf", "ldaps://dc2.intra.gov.bf")
    assert config().directory.bind_name == "svc-mail@intra.gov.bf"
