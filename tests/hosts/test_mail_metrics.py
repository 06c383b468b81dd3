"""The figures of mail: what a Prometheus reads, and who may."""

import re

import pytest
from testinfra.host import Host

from inventory.model import Administration, Machine
from inventory.targets import MAIL
from tests.conftest import connect
from tests.waiting import within

pytestmark = pytest.mark.machines("mail")

# A stranger asks for somebody who is not there, until the server has its final word on that.
REFUSED = """
import smtplib, sys, time
for _ in range(6):
    try:
        client = smtplib.SMTP(sys.argv[1], 25, timeout=30)
        client.ehlo()
        client.mail("someone@example.org")
        code, _ = client.rcpt(f"nobody.at.all@{sys.argv[2]}")
        if code >= 550:
            sys.exit(0)
    except OSError:
        pass
    time.sleep(5)
sys.exit("nobody refused it")
"""


def scraped(host: Host, machine: Machine) -> dict[str, float]:
    text = host.check_output(
        "curl -fsS --retry 5 --retry-connrefused http://%s:%s/metrics", str(machine.address), str(MAIL)
    )
    samples = [line for line in text.splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r'[a-z_]+(\{([a-z]+="[^"]*",?)+\})? -?[0-9.e+]+', line) for line in samples), text
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in samples)}


def test_it_says_what_waits_and_counts_what_is_refused(
    host: Host, machine: Machine, administration: Administration
) -> None:
    institution = next(iter(administration.institutions.values()))
    counted = f'mail_rejects_total{{institution="{institution.institution}",kind="permanent"}}'
    assert within(60, lambda: scraped(host, machine)["mail_queue_readable"] == 1)
    before = scraped(host, machine)
    assert before["mail_journal_lines_total"] >= 0
    elsewhere = connect(administration, administration.running("applications")[0].name)
    elsewhere.check_output("timeout 250 python3 -c %s %s %s", REFUSED, machine.fqdn, institution.mail_domain)
    assert within(30, lambda: scraped(host, machine).get(counted, 0) > before.get(counted, 0))


def test_only_who_watches_reads_it(machine: Machine, administration: Administration) -> None:
    for capability in ("applications", "workstation"):
        elsewhere = connect(administration, administration.running(capability)[0].name)
        assert not elsewhere.run(
            "curl -sS --max-time 3 http://%s:%s/metrics", str(machine.address), str(MAIL)
        ).succeeded


def test_it_is_nobody_with_no_way_to_mail(host: Host) -> None:
    shown = host.check_output("systemctl show -p DynamicUser -p NoNewPrivileges -p InaccessiblePaths mail-metrics")
    assert set(shown.split()) == {"DynamicUser=yes", "NoNewPrivileges=yes", "InaccessiblePaths=-/srv/mail"}
