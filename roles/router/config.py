"""What a router follows from."""

from dataclasses import dataclass
from ipaddress import IPv4Address

from inventory.model import Administration, Machine


@dataclass(frozen=True)
class RouterConfig:
    lan: str
    vlans: tuple[int, ...]
    uplinks: tuple[str, ...]  # interfaces
    peers: tuple[tuple[str, IPv4Address], ...]  # (interface, address of the core behind it)
    bastions: tuple[IPv4Address, ...]
    readers: tuple[IPv4Address, ...]  # who may ask the switches how they fare
    outward_vlans: tuple[int, ...]  # those that reach RESINA
    switch_addresses: tuple[IPv4Address, ...]
    marked_vlans: tuple[tuple[int, str], ...]  # (VLAN, DSCP)
    marked_servers: tuple[tuple[IPv4Address, str], ...]  # (address of an application's host, DSCP)


def router_config(administration: Administration, machine: Machine) -> RouterConfig:
    """The router's share of its site."""
    router, site = administration.routers[machine.name].entry, machine.site
    networks = [network for network in site.networks.values() if network.vlan is not None]
    platform = administration.platform
    marks = platform.resina.marks
    return RouterConfig(
        lan=router.lan,
        vlans=tuple(network.vlan for network in networks if network.vlan),
        uplinks=tuple(uplink.interface for uplink in router.uplinks),
        peers=tuple((uplink.interface, uplink.peer) for uplink in router.uplinks),
        bastions=tuple(platform.bastions.values()),
        readers=tuple(dict.fromkeys((*platform.bastions.values(), *platform.monitors.values()))),
        outward_vlans=tuple(n.vlan for n in networks if n.vlan and "resina" in n.reaches),
        switch_addresses=tuple(
            address for switch in site.switches.values() for address in (switch.address, *switch.formerly)
        ),
        marked_vlans=tuple(
            (network.vlan, marks.networks[name])
            for name, network in site.networks.items()
            if network.vlan and name in marks.networks
        ),
        marked_servers=tuple(
            (administration.machine(administration.applications[name].host).address, mark)
            for name, mark in marks.applications.items()
        ),
    )
