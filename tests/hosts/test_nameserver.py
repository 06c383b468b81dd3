"""The name server: the signed zones of mail domains, and nothing else for anybody."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from testinfra.host import Host

from deploys.capabilities import mail_ports
from deploys.dns_asking import through
from deploys.dns_check import check
from inventory import dnssec
from inventory.model import Administration, Machine
from inventory.secrets import secrets_of
from roles.nameserver.config import keys_of, signing_keys
from roles.nameserver.served import Difference, differences
from roles.nameserver.zones import Record, zones_of
from tests.conftest import connect

pytestmark = pytest.mark.machines("nameserver")

# Asks over UDP until an answer says to come back over TCP; how many were whole before.
FLOOD = """
import dns.flags, dns.message, socket, sys, time
query = dns.message.make_query(sys.argv[2], "SOA").to_wire()
asker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
asker.connect((sys.argv[1], 53))
asker.settimeout(0.01)
deadline = time.monotonic() + 60
while time.monotonic() < deadline:
    for _ in range(300):
        asker.send(query)
    try:
        while True:
            if dns.message.from_wire(asker.recv(4096), ignore_trailing=True).flags & dns.flags.TC:
                sys.exit(0)
    except TimeoutError:
        pass
sys.exit("every answer was whole")
"""


@pytest.fixture
def dig(administration: Administration, machine: Machine) -> Callable[[str], str]:
    """What the name server says to a workstation."""
    desk = connect(administration, administration.running("workstation")[0].name)
    return lambda asked: desk.run(f"dig +tries=5 @{machine.address} {asked}").stdout


def test_what_is_served_is_what_is_wanted_and_signed(administration: Administration, machine: Machine) -> None:
    assert [line for line in check(administration, None) if line.startswith(machine.name)] == []


def test_what_differs_is_told(administration: Administration, machine: Machine) -> None:
    keys = keys_of(administration, secrets_of(administration.environment))
    zone = zones_of(administration, keys, mail_ports())[0]
    records = (*(each for each in zone.records if each.kind != "CAA"), Record("www", "A", "10.10.10.99"))
    with through(administration, machine) as ask:
        found = list(differences(replace(zone, records=records), ask, ours=True))
    assert found == [
        Difference(f"www.{zone.name}", "A", "missing", "10.10.10.99"),
        Difference(zone.name, "CAA", "extra", "CAA"),
    ]


def test_keys_are_of_the_curve_p_256(dig: Callable[[str], str], administration: Administration) -> None:
    for domain in administration.mail_domains:
        keys = [line.split() for line in dig(f"{domain} DNSKEY +short").splitlines()]
        assert sorted(key[0] for key in keys) == ["256", "257"], keys
        assert {key[2] for key in keys} == {"13"}, keys


def test_a_server_made_anew_is_the_one_that_the_zones_above_name(
    dig: Callable[[str], str], administration: Administration
) -> None:
    # The key is the sealed secret's, and it alone: Knot made none that would be lost with the machine.
    for zone, key in signing_keys(administration, secrets_of(administration.environment)).items():
        served = {line for line in dig(f"{zone} DNSKEY +short +nosplit").splitlines() if line.startswith("257 ")}
        assert served == {dnssec.dnskey(key)}
        (told,) = dig(f"{zone} CDS +short +nosplit").lower().splitlines()
        assert told == dnssec.ds(zone, dnssec.dnskey(key))


def test_a_reload_ends_when_every_zone_is_served_and_cuts_nothing(host: Host) -> None:
    started = "systemctl show -P ActiveEnterTimestampMonotonic knot"
    before = host.check_output(started)
    assert host.run("systemctl reload knot && check-zones").succeeded
    assert host.check_output(started) == before


def test_a_zone_that_is_not_as_its_file_says_is_trouble(host: Host, administration: Administration) -> None:
    changed, absent = administration.mail_domains[:2]
    said = host.run(
        'd=$(mktemp -d) && trap \'rm -rf "$d"\' EXIT && cp /etc/knot/zones/*.zone "$d" && rm "$d"/%s.zone &&'
        ' echo \'www A 192.0.2.1\' >>"$d"/%s.zone && check-zones 0 "$d"',
        absent,
        changed,
    )
    assert said.rc == 1, said
    assert set(said.stdout.splitlines()) == {
        f"{absent}: served, and not wanted",
        f"{changed}: not served as its file says",
    }


def test_an_absent_name_is_denied_with_proof(dig: Callable[[str], str], administration: Administration) -> None:
    said = dig(f"nobody.{administration.mail_domains[0]} A +dnssec")
    assert "status: NXDOMAIN" in said
    assert "RRSIG\tNSEC " in said


def test_it_answers_for_nobody_else(dig: Callable[[str], str]) -> None:
    for asked in ("example.org A", "intra.gov.bf SOA"):
        said = dig(asked)
        assert "status: REFUSED" in said, said
        assert " ra" not in said.partition(";; flags:")[2].partition(";")[0]


def test_nobody_transfers_a_zone(dig: Callable[[str], str], administration: Administration) -> None:
    for domain in administration.mail_domains:
        assert "Transfer failed" in dig(f"{domain} AXFR")


def test_it_does_not_say_what_it_runs(dig: Callable[[str], str]) -> None:
    for name in ("version.bind", "version.server", "hostname.bind", "id.server"):
        assert dig(f"{name} TXT CH +short").strip() == ""


def test_who_asks_too_much_is_sent_to_tcp(administration: Administration, machine: Machine) -> None:
    desk = connect(administration, administration.running("workstation")[0].name)
    asked = desk.run("python3 -c %s %s %s", FLOOD, str(machine.address), administration.mail_domains[0])
    assert asked.succeeded, asked.stderr


def test_it_serves_one_port(host: Host) -> None:
    listening = {line.split()[4] for line in host.check_output("ss -Hltun").splitlines()}
    assert {each.rpartition(":")[2] for each in listening if not each.startswith(("127.", "[::1]"))} <= {
        "22",
        "53",
        "323",
    }


def test_only_the_server_reads_the_signing_keys(host: Host) -> None:
    assert host.check_output("stat -c '%U %a' /var/lib/knot/keys").startswith("knot 7")
    assert not host.run("runuser -u nobody -- ls /var/lib/knot/keys").succeeded
