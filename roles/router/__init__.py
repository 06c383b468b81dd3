"""The edge router of a building, as a Debian host: FRR, the sub-interfaces of its trunk, and who may cross it.

What it routes (addresses, BGP) is written through its own CLI by deploys/uplinks.py.
"""

from pathlib import Path

from pyinfra.api import deploy
from pyinfra.operations import files, server

from inventory.model import Administration, Machine
from roles.common import Port, config_file, copied_file, local_user, service
from roles.common.health import Health
from roles.router.account import account_keys
from roles.router.config import router_config
from roles.router.subinterfaces import subinterfaces

PACKAGES = ["frr", "frr-pythontools", "openvswitch-switch", "ethtool", "lldpd", "sudo"]
FILES = Path(__file__).parent / "files"
CLI = "/usr/local/bin/router-cli"
OPEN_PORTS: list[Port] = []  # its peers are not machines of ours: templates/router/nftables.j2
HEALTH = Health(("frr", "lldpd", "openvswitch-switch", "nftables"))


@deploy("Router")
def router(administration: Administration, machine: Machine) -> None:
    """Ensure that a router is ready to be configured through vtysh, and forwards only what is declared."""
    cfg = router_config(administration, machine)

    config_file(name="router: firewall", template="router/router.nft.j2", path="/etc/nftables.d/router.nft", cfg=cfg)
    service(name="router: firewall is active", unit="nftables.service", watches=["/etc/nftables.d"], reload=True)
    server.sysctl(name="router: forwards packets", key="net.ipv4.ip_forward", value=1, persist=True)

    service(name="router: Open vSwitch runs", unit="openvswitch-switch.service")
    subinterfaces(name="router: sub-interfaces", parent=cfg.lan, vlans=cfg.vlans)
    config_file(
        name="router: checksums unit",
        template="router/checksums.service.j2",
        path="/etc/systemd/system/subinterface-checksums.service",
        cfg=cfg,
    )
    service(
        name="router: checksums are filled in",
        unit="subinterface-checksums.service",
        watches=["/etc/systemd/system/subinterface-checksums.service"],
    )

    config_file(
        name="router: LLDP on the trunk",
        template="router/lldp.conf.j2",
        path="/etc/lldpd.d/trunk.conf",
        cfg=cfg,
        hostname=machine.name,
    )
    service(name="router: lldpd runs", unit="lldpd.service", watches=["/etc/lldpd.d/trunk.conf"])

    config_file(
        name="router: FRR daemons",
        template="router/daemons.j2",
        path="/etc/frr/daemons",
        user="frr",
        group="frr",
        mode="640",
    )
    files.directory(name="router: FRR folder", path="/etc/frr", user="frr", group="frrvty", mode="750")
    service(name="router: FRR runs", unit="frr.service", watches=["/etc/frr/daemons"])

    copied_file(name="router: guard", source=FILES / "router-guard", path="/usr/local/sbin/router-guard", mode="755")
    copied_file(name="router: command line", source=FILES / "router-cli", path=CLI, mode="755")
    config_file(
        name="router: netadmin may use the guard",
        template="router/sudoers.j2",
        path="/etc/sudoers.d/router-guard",
        mode="440",
        check="visudo --check --quiet --file={}",
    )
    files.line(name="router: the command line is a login shell", path="/etc/shells", line=CLI)
    local_user(
        name="router: account netadmin",
        user="netadmin",
        home="/home/netadmin",
        shell=CLI,
        groups=["frr", "frrvty"],
        create_home=True,
    )
    account_keys(name="router: keys of netadmin", user="netadmin")
