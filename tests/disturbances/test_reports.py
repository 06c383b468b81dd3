"""Somebody hides the policy of a domain, or what asks for it dies: nothing goes to a server that is not proved."""

from collections.abc import Iterator

import pytest
from testinfra.host import Host

from inventory.model import Administration
from tests.waiting import within
from tests.world import World, proof_asked, world

__all__ = ["world"]

DOMAIN = "sts-wrong.example"
ENFORCED = f"secure match=mx.{DOMAIN} "
UNITS = ("postfix-mta-sts-resolver", "mail-tls-policy", "mail-tls-reports")
# The policies that are kept, as old as they are when they must be asked for again.
AGE = """
import sqlite3
base = sqlite3.connect("/var/lib/mta-sts/cache.db", timeout=30)
base.execute("UPDATE sts_policy_cache SET ts = ts - 3600 WHERE domain = ?", ["DOMAIN"])
base.commit()
""".replace("DOMAIN", DOMAIN)


@pytest.fixture
def hidden(hurtable: Administration, world: World, mail_server: Host) -> Iterator[None]:
    """Neither the record nor the text of the policy is to be had, as if somebody in between dropped them."""
    assert hurtable.environment.world
    assert within(60, lambda: ENFORCED in proof_asked(mail_server, DOMAIN)), proof_asked(mail_server, DOMAIN)
    steps = ("zone-begin example", f"zone-unset example _mta-sts.{DOMAIN}.", "zone-commit example")
    try:
        world.host.check_output(" && ".join(f"knotc --blocking {step}" for step in steps))
        world.host.check_output("systemctl stop world-web")
        mail_server.check_output("unbound-control -q flush_zone example")
        yield
    finally:
        world.host.check_output("systemctl start world-web && knotc --blocking zone-reload example")
        mail_server.run("unbound-control -q flush_zone example")


@pytest.mark.usefixtures("hidden")
def test_a_policy_that_somebody_hides_is_in_force(mail_server: Host) -> None:
    mail_server.check_output("systemctl stop postfix-mta-sts-resolver")
    mail_server.check_output("python3 -c %s", AGE)
    mail_server.check_output("systemctl start postfix-mta-sts-resolver")
    assert within(60, lambda: ENFORCED in proof_asked(mail_server, DOMAIN)), proof_asked(mail_server, DOMAIN)


def test_what_asks_comes_back_when_it_is_killed(hurtable: Administration, mail_server: Host) -> None:
    assert hurtable.environment.world
    before = {unit: mail_server.check_output("systemctl show -P MainPID %s", unit) for unit in UNITS}
    mail_server.check_output(f"systemctl kill --signal=KILL {' '.join(UNITS)}")

    def back() -> bool:
        now = {unit: mail_server.check_output("systemctl show -P MainPID %s", unit) for unit in UNITS}
        return all(now[unit] not in ("0", before[unit]) for unit in UNITS)

    assert within(60, back)
    assert within(60, lambda: ENFORCED in proof_asked(mail_server, DOMAIN)), proof_asked(mail_server, DOMAIN)
