"""DHCP of a building, on its edge router: Kea, with the pools and reservations of the site."""

from pathlib import Path

from pyinfra.api import deploy
from pyinfra.operations import files

from inventory.model import Administration, Machine
from roles.common import Port, config_file, copied_file, packages, service
from roles.common.health import Health
from roles.dhcp.config import dhcp_config

PACKAGES = ["kea-dhcp4-server"]
OPEN_PORTS: list[Port] = []  # who asks has no address yet: templates/dhcp/dhcp.nft.j2
UNIT = "kea-dhcp4-server.service"
HEALTH = Health((UNIT.removesuffix(".service"),))

FILES = Path(__file__).parent / "files"
CONFIG, SETTINGS, RELOAD = "/etc/kea/kea-dhcp4.conf", f"/etc/systemd/system/{UNIT}.d", "/usr/local/sbin/kea-reload"
# As the account that serves: as root, its AppArmor profile lets it read nothing here, and a lock would stay root's.
CHECK = "setpriv --reuid=_kea --regid=_kea --clear-groups env KEA_LOCKFILE_DIR=none kea-dhcp4 -t {} >/dev/null"


@deploy("DHCP")
def dhcp(administration: Administration, machine: Machine) -> None:
    """Ensure that the networks of a building with a pool are served, and nothing else is."""
    cfg = dhcp_config(administration, machine)
    packages(name="dhcp: packages", names=PACKAGES)
    config_file(name="dhcp: firewall", template="dhcp/dhcp.nft.j2", path="/etc/nftables.d/dhcp.nft", cfg=cfg)
    service(name="dhcp: firewall is active", unit="nftables.service", watches=["/etc/nftables.d"], reload=True)
    copied_file(name="dhcp: reload that is answered", source=FILES / "kea-reload", path=RELOAD, mode="755")
    files.directory(name="dhcp: unit settings folder", path=SETTINGS)
    config_file(
        name="dhcp: unit settings",
        template="dhcp/unit.conf.j2",
        path=f"{SETTINGS}/administration.conf",
        reload=RELOAD,
    )
    config_file(
        name="dhcp: pools and reservations",
        template="dhcp/kea-dhcp4.conf.j2",
        path=CONFIG,
        group="_kea",
        mode="640",
        check=CHECK,
        cfg=cfg,
    )
    service(name="dhcp: Kea runs", unit=UNIT, watches=[SETTINGS])
    service(name="dhcp: Kea serves what is declared", unit=UNIT, watches=[CONFIG], reload=True)
