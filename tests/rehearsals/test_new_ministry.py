"""A new ministry, from the command that asks for it to its people at work: nothing is edited outside inventory/."""

import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from inventory import dkim, dnssec
from inventory.model import Administration, Institution, load
from tests.disturbances.switches import BOOT
from tests.rehearsals.conftest import ROOT, at_the_desk, done, files, first_logon, imap, run, share, ticket

# The lab remembers those who left: each run has a ministry of its own.
MINISTRY = f"essai-{uuid4().hex[:6]}"
DOMAIN = f"{MINISTRY}.gov.bf"
FILES = {
    "CODEOWNERS",
    *(f"inventory/institutions/{MINISTRY}/{name}.yaml" for name in ("institution", "people", "groups", "shares")),
}


@pytest.fixture
def ministry(copy: Path) -> Iterator[Institution]:
    """The ministry as its commands write it, with two people; afterwards nobody certifies its names any more."""
    first = (f"ID={MINISTRY.upper()}-1", "GIVEN=Zénabou", "FAMILY=Essai", f"LOGIN=zenabou.{MINISTRY[-6:]}")
    second = (f"ID={MINISTRY.upper()}-2", "GIVEN=N'Goran", "FAMILY=Essai", f"LOGIN=ngoran.{MINISTRY[-6:]}")
    done(copy, "deploys.new", "ministry", f"INSTITUTION={MINISTRY}", "NAME=Ministère de l'Essai", *first, "YES=1")
    done(copy, "deploys.new", "person", f"INSTITUTION={MINISTRY}", *second, "GROUPS=dsi", "YES=1")
    yield load("lab", copy / "inventory").institutions[MINISTRY]
    done(ROOT, *BOOT)


def test_a_new_ministry_works(copy: Path, ministry: Institution, administration: Administration) -> None:
    before, after = files(ROOT), files(copy)
    assert {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)} == FILES
    started = time.monotonic()

    done(copy, "deploys.validate")
    logins = [person.login for person in ministry.people]
    generated = {f"institution-{MINISTRY}: {login}" for login in logins} | {
        *(f"mail: {dkim.secret_of(DOMAIN, selector)}" for selector, _ in dkim.prepared(dkim.today())),
        f"{dnssec.SCOPE}: {dnssec.secret_of(DOMAIN)}",
    }
    assert {line.removeprefix("  generated: ") for line in done(copy, "deploys.secrets").splitlines()} == generated
    done(copy, *BOOT)  # the lab's authority certifies its names
    done(copy, "deploys.engine", "deploy", "--yes")
    print(f"\nfrom the inventory to the service: {time.monotonic() - started:.0f} seconds")
    assert run(copy, "deploys.engine", "plan").returncode == 0
    assert run(copy, "deploys.dns_check").returncode == 0

    passwords = {login: first_logon(administration, MINISTRY, login) for login in logins}
    assert len(passwords) == 2
    for login, password in passwords.items():
        assert at_the_desk(administration, imap(f"{login}@{DOMAIN}"), password) == (0, "OK")
        mine = ticket(login, share(MINISTRY, f"mkdir {login}"))
        assert at_the_desk(administration, mine, password)[0] == 0
        status, said = at_the_desk(administration, ticket(login, share("sante", "ls")), password)
        assert status != 0
        assert "NT_STATUS_ACCESS_DENIED" in said
    both = at_the_desk(administration, ticket(logins[0], share(MINISTRY, "ls")), passwords[logins[0]])[1]
    assert all(login in both for login in logins)
    print(f"to its people at work: {time.monotonic() - started:.0f} seconds")

    done(ROOT, *BOOT)
    done(ROOT, "deploys.engine", "deploy", "--yes", "--reason", "the rehearsal of a ministry is over")
    assert run(ROOT, "deploys.engine", "plan").returncode == 0
    assert run(ROOT, "deploys.dns_check").returncode == 0
    gone = f"dig @{administration.running('nameserver')[0].address} {DOMAIN} SOA"
    assert "status: REFUSED" in at_the_desk(administration, gone, "")[1]
    for login, password in passwords.items():
        assert at_the_desk(administration, imap(f"{login}@{DOMAIN}"), password)[0] != 0
        assert at_the_desk(administration, ticket(login, "true"), password)[0] != 0
