"""DHCP of the building, through its switch with DHCP snooping: the right lease in each network, from nobody else."""

from ipaddress import IPv4Address

import pytest

from inventory.model import Administration
from inventory.model.site import Network
from tests.devices.leases import lease
from tests.disturbances.lab import Lab

pytestmark = pytest.mark.xdist_group("edge1")
ANOTHER = "02:00:00:00:10:01"  # a card that the inventory does not know


@pytest.fixture
def lab(administration: Administration) -> Lab:
    return Lab(administration)


def network(administration: Administration, name: str) -> Network:
    return administration.routers["edge1"].site.networks[name]


def test_a_desk_gets_an_address_and_what_it_needs_to_work(administration: Administration) -> None:
    users = network(administration, "users")
    controllers = tuple(str(controller.address) for controller in administration.running("directory"))
    found = lease(administration.environment.ssh_config, "ws1", mac=ANOTHER)
    assert users.pool is not None
    assert IPv4Address(found.address) in users.pool
    assert (found.server, found.gateways) == (str(users.gateway), (str(users.gateway),))
    assert (found.mask, found.names, found.time) == (("255.255.255.0",), controllers, controllers)
    assert (found.domain, found.seconds) == (administration.platform.domain, 24 * 3600)


def test_a_machine_that_is_known_gets_the_address_of_the_inventory(administration: Administration) -> None:
    found = lease(administration.environment.ssh_config, "ws1")
    assert (found.answer, found.address) == ("given", str(administration.machine("ws1").address))


def test_a_guest_gets_an_address_of_the_guests_and_is_told_of_nothing_else(administration: Administration) -> None:
    guests = network(administration, "guests")
    found = lease(administration.environment.ssh_config, "guest1")
    assert guests.pool is not None
    assert IPv4Address(found.address) in guests.pool
    assert (found.gateways, found.seconds) == ((str(guests.gateway),), 4 * 3600)
    assert (found.names, found.time, found.domain) == ((), (), "")


def test_a_guest_that_asks_for_an_address_of_the_users_is_refused(administration: Administration) -> None:
    users = network(administration, "users")
    assert users.pool is not None
    assert lease(administration.environment.ssh_config, "guest1", again=str(users.pool.first)).answer == "refused"


def test_a_lease_outlives_the_server(administration: Administration, lab: Lab) -> None:
    ssh_config = administration.environment.ssh_config
    given = lease(ssh_config, "ws1", mac=ANOTHER, keep=True)
    assert given.answer == "given"
    lab.run("edge1", "systemctl restart kea-dhcp4-server")
    again = lease(ssh_config, "ws1", mac=ANOTHER, again=given.address)
    assert (again.answer, again.address) == ("given", given.address)
    journal = lab.run("edge1", "journalctl --unit kea-dhcp4-server --since -5min --output cat")
    assert f"{ANOTHER}], cid=[no info]" in journal
    assert f"lease {given.address} has been allocated" in journal


def test_it_listens_in_the_building_alone_and_has_the_rights_for_that(lab: Lab) -> None:
    raw = [line for line in lab.run("edge1", "ss --no-header --packet --processes").splitlines() if "kea-dhcp4" in line]
    assert sorted(line.split("*:")[1].split()[0] for line in raw) == ["lan0.10", "lan0.30"]
    asked = "systemctl show kea-dhcp4-server --value --property"
    status = f"cat /proc/$({asked} MainPID)/status"
    (rights,) = (line.split()[1] for line in lab.run("edge1", status).splitlines() if line.startswith("CapBnd"))
    assert int(rights, 16) == (1 << 10) | (1 << 13)  # NET_BIND_SERVICE and NET_RAW: capability.h
    assert sorted(lab.run("edge1", f"{asked} User,NoNewPrivileges,ProtectSystem").split()) == ["_kea", "strict", "yes"]


def test_the_file_of_leases_is_tidied(lab: Lab) -> None:
    """By a program that Kea starts, under the same limits: when they stop it, nobody is told, and the file grows."""
    short = "/run/kea-short.conf"
    quick = f'sed \'s/"lfc-interval": 3600/"lfc-interval": 1/\' /etc/kea/kea-dhcp4.conf > {short}'
    over = f"chgrp _kea {short}; chmod 640 {short}; mount --bind {short} /etc/kea/kea-dhcp4.conf"
    try:
        lab.run("edge1", f"{quick}; {over}; systemctl restart kea-dhcp4-server")
        lab.wait(lambda: lab.run("edge1", "ls /var/lib/kea/kea-leases4.csv.2", check=False) != "")
    finally:
        lab.run("edge1", f"umount /etc/kea/kea-dhcp4.conf; rm -f {short}; systemctl restart kea-dhcp4-server")


def test_a_configuration_that_kea_refuses_is_not_taken_up(lab: Lab) -> None:
    folder = "/etc/kea"
    broken = f"sed 's/10.20.10.100 - /10.99.10.100 - /' {folder}/kea-dhcp4.conf > {folder}/t && chgrp _kea {folder}/t"
    check = f"setpriv --reuid=_kea --regid=_kea --clear-groups env KEA_LOCKFILE_DIR=none kea-dhcp4 -t {folder}/t 2>&1"
    try:
        said = lab.run("edge1", f"{broken} && ! {check}")
    finally:
        lab.run("edge1", f"rm -f {folder}/t")
    assert "Failed to create pool" in said
