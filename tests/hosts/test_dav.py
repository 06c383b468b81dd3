"""The host of calendars: who reaches them, what the service may do, and who reads what is kept."""

import pytest
from testinfra.host import Host

from inventory.model import Administration, Machine
from roles.dav.config import PORT, STORE
from tests.conftest import connect

pytestmark = pytest.mark.machines("dav")

MAIN = "systemctl show -P MainPID dav.service"


def test_its_process_is_sandboxed(host: Host) -> None:
    verdict = host.check_output("systemd-analyze security --no-pager dav.service").splitlines()[-1]
    assert float(verdict.partition(": ")[2].split()[0]) <= 2.5, verdict
    main = host.check_output(MAIN)
    assert host.check_output("stat -c %%U /proc/%s", main) == "dav"
    assert host.check_output("nsenter --mount --target %s ls -A /srv/mail", main) == ""
    assert host.run("runuser -u dav -- cat /etc/mail-backup/password").rc != 0
    assert not host.service("radicale").is_running, "Debian's own, which asks nobody for a password"


def test_only_it_reads_what_people_keep(host: Host) -> None:
    assert host.check_output("stat -c '%%U %%a' %s", STORE) == "dav 700"
    assert host.check_output("stat -c '%U %G %a' /run/dovecot/auth-dav") == "root dav 660"
    assert host.check_output("stat -c '%U %G %a' /etc/dav/people.json") == "root dav 640"
    assert host.run("runuser -u dav -- test -w /etc/dav/people.json").rc != 0


def test_only_the_front_reaches_it(machine: Machine, administration: Administration) -> None:
    """Over verified TLS, and nothing older."""
    front = connect(administration, administration.running("webmail")[0].name)
    ask = (
        "curl --silent --show-error --max-time 10 --output /dev/null --write-out %s --cacert %s --request OPTIONS"
        f" https://{machine.fqdn}:{PORT}/"
    )
    words = ("%{http_code}", "/etc/ssl/administration/ca.crt")
    assert front.check_output(ask, *words) == "200"
    assert front.run(f"{ask} --tls-max 1.1", *words).rc == 35
    other = connect(administration, administration.running("files")[0].name)
    assert other.run(ask, *words).rc in (7, 28)


def test_it_answers(host: Host) -> None:
    assert host.run("check-dav").rc == 0
