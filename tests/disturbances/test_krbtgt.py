"""The key that seals all tickets is changed under people's hands: nobody notices, until all tickets are ended."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from deploys.krbtgt import LIFETIME, changed
from inventory.model import Administration
from tests.conftest import Workstation

TICKET = "KRB5CCNAME=FILE:/tmp/before-the-change"


def test_tickets_outlive_a_change_and_end_when_all_are_ended(
    hurtable: Administration, workstation: Workstation, password_of: Callable[[str], str]
) -> None:
    login = next(person.login for _, person in hurtable.people())
    services = [f"{kind}/{machine.fqdn}" for machine in hurtable.running("directory") for kind in ("cifs", "ldap")]
    assert workstation.run_stdin(f"{TICKET} kinit {login}", password_of(login)).returncode == 0
    try:
        (said,) = changed(hurtable, end=False, now=lambda: datetime.now(UTC) + LIFETIME + timedelta(minutes=1))
        assert "tickets of the former key stay good" in said
        kept = workstation.run(f"{TICKET} kvno {services[0]}")
        assert kept.returncode == 0, kept.stderr

        (said,) = changed(hurtable, end=True)
        assert "all tickets have ended" in said
        ended = workstation.run(f"{TICKET} kvno {services[1]}")  # one that it does not hold yet
        assert ended.returncode == 1
        assert "Key version is not available" in ended.stderr
        assert workstation.run_stdin(f"kinit -c MEMORY: {login}", password_of(login)).returncode == 0
    finally:
        workstation.run("rm -f /tmp/before-the-change")
