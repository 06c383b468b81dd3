"""What a router follows from."""

from dataclasses import dataclass
from ipaddress import IPv4Address

from inventory.model import Administration, Machine


@dataclass(frozen=True)
class RouterConfig:
    lan: str
    vlans: tuple[int, ...]
    uplinks: tuple[str, ...]  # interfaces
    peers: tuple[IPv4Address, ...]
    bastions: tuple[IPv4Address, ...]
    outward_vlans: tuple[int, ...]  # those that reach RESINA
    switch_addresses: tuple[IPv4Address, ...]


def router_config(administration: Administration, machine: Machine) -> RouterConfig:
    """The router's share of its site."""
    router, site = administration.routers[machine.name].entry, machine.site
    networks = [network for network in site.networks.values() if network.vlan is not None]
    return RouterConfig(
        lan=router.lan,
        vlans=tuple(network.vlan for network in networks if network.vlan),
        uplinks=tuple(uplink.interface for uplink in router.uplinks),
        peers=tuple(uplink.peer for uplink in router.uplinks),
        bastions=tuple(administration.platform.bastions.values()),
        outward_vlans=tuple(n.vlan for n in networks if n.vlan and "resina" in n.reaches),
        switch_addresses=tuple(
            address for switch in site.switches.values() for address in (switch.address, *switch.formerly)
        ),
    )
