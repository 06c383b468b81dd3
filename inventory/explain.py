"""Whose an address is, and where the inventory says so: the address plan read backwards."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address

from inventory.model.building import plan_for
from inventory.model.messages import either
from inventory.model.references import Parsed
from inventory.model.site import Network, Site
from inventory.model.source import Path_, Source

ROLES = {"primary": "principal", "backup": "de secours"}


@dataclass(frozen=True)
class Fact:
    """One thing that is known of an address: what it is about, what it says, and the file and line that it is from."""

    about: str
    text: str
    place: str

    def __str__(self) -> str:
        return f"{self.about:<12}{self.text}  ({self.place})"


def explain(parsed: Parsed, address: IPv4Address) -> list[Fact]:
    """From the widest to the narrowest: site, network, then who has the address. Empty where nobody knows it."""
    found: list[Fact] = []
    for source, site in parsed.sites.values():
        networks = {name: network for name, network in site.networks.items() if address in network.prefix}
        if networks or (site.block is not None and address in site.block):
            found.append(_fact(source, ["site"], either("site", "site"), f"{site.site}, {site.name}"))
        for name, network in networks.items():
            found += [*_network(source, site, name, network, parsed), *_holder(source, site, name, network, address)]
        if site.block is not None and address in site.block and not networks:
            text = either(f"{site.block}, en réserve : aucun réseau", f"{site.block}, in reserve: no network")
            found.append(_fact(source, ["block"], either("bloc", "block"), text))
        found += _uplinks(source, site, address)
    return found + list(_cores(parsed, address))


def _network(source: Source, site: Site, name: str, network: Network, parsed: Parsed) -> Iterator[Fact]:
    vlan = f", VLAN {network.vlan}" if network.vlan else ""
    yield _fact(source, ["networks", name], either("réseau", "network"), f"{name}{vlan}, {network.prefix}")
    platform_file, platform = parsed.platform
    if network.purpose is None:
        return
    reaches = ", ".join(network.reaches) or either("rien au-delà", "nothing beyond")
    text = either(f"{network.purpose} ; joint : {reaches}", f"{network.purpose}; reaches: {reaches}")
    yield _fact(platform_file, ["purposes", network.purpose], either("usage", "purpose"), text)
    plan = plan_for(platform.plans, site.block) if site.block else None
    if plan and site.block and plan.place(name, site.block) == network.prefix:
        path: list[str | int] = ["plans", platform.plans.index(plan), "places", name]
        text = either(f"{plan.places[name]} d'un /{plan.size}", f"{plan.places[name]} of a /{plan.size}")
        yield _fact(platform_file, path, either("place", "place"), text)


def _holder(source: Source, site: Site, name: str, network: Network, address: IPv4Address) -> Iterator[Fact]:
    """Who has an address of a network."""
    known = False
    for machine, entry in site.machines.items():
        if entry.address == address:
            only = either(f", seulement dans : {entry.only_in}", f", only in: {entry.only_in}") if entry.only_in else ""
            runs = f" ({', '.join(entry.runs)})" if entry.runs else ""
            known = True
            yield _fact(source, ["machines", machine], either("machine", "machine"), f"{machine}{runs}{only}")
            if entry.mac:
                text = either(f"réservée par DHCP à {entry.mac}", f"reserved by DHCP for {entry.mac}")
                yield _fact(source, ["machines", machine, "mac"], either("adresse", "address"), text)
    for switch, device in site.switches.items():
        if device.address == address:
            known = True
            text = f"{switch} ({device.model or device.platform}, {device.tier})"
            yield _fact(source, ["switches", switch, "address"], either("commutateur", "switch"), text)
        elif address in device.formerly:
            known = True
            before: Path_ = ["switches", switch, "formerly", device.formerly.index(address)]
            text = either(f"l'était de {switch}", f"was that of {switch}")
            yield _fact(source, before, either("adresse", "address"), text)
    path: Path_ = ["networks", name]
    if address == network.gateway:
        routers = ", ".join(site.routers)
        yield _fact(source, [*path, "gateway"], either("passerelle", "gateway"), routers or f"{network.gateway}")
    elif network.prefix.num_addresses > 2 and address == network.prefix.network_address:
        yield _fact(source, path, either("adresse", "address"), either("celle du réseau", "that of the network"))
    elif network.prefix.num_addresses > 2 and address == network.prefix.broadcast_address:
        yield _fact(source, path, either("adresse", "address"), either("diffusion", "broadcast"))
    elif not known and network.pool and address in network.pool:
        span = either(
            f"donnée par DHCP, de {network.pool.first} à {network.pool.last}",
            f"given by DHCP, from {network.pool.first} to {network.pool.last}",
        )
        yield _fact(source, path, either("adresse", "address"), span)
    elif not known:
        yield _fact(source, path, either("adresse", "address"), either("libre", "free"))


def _uplinks(source: Source, site: Site, address: IPv4Address) -> Iterator[Fact]:
    for name, router in site.routers.items():
        for index, uplink in enumerate(router.uplinks):
            if address not in uplink.address.network:
                continue
            path: list[str | int] = ["routers", name, "uplinks", index]
            text = either(
                f"{name} {uplink.interface} vers {uplink.core}, {uplink.address.network}, {ROLES[uplink.role]}",
                f"{name} {uplink.interface} to {uplink.core}, {uplink.address.network}, {uplink.role}",
            )
            yield _fact(source, path, either("lien", "link"), text)
            if address == uplink.address.ip:
                yield _fact(source, [*path, "address"], either("routeur", "router"), f"{name} {uplink.interface}")
            elif address == uplink.peer:
                yield _fact(source, [*path, "peer"], either("cœur", "core"), uplink.core)


def _cores(parsed: Parsed, address: IPv4Address) -> Iterator[Fact]:
    source, platform = parsed.platform
    for name, core in platform.resina.cores.items():
        if address == core.router_id:
            path = ["resina", "cores", name, "router_id"]
            yield _fact(source, path, either("cœur", "core"), f"{name} (RESINA)")
    for name, bastion in platform.bastions.items():
        if address == bastion:
            yield _fact(source, ["bastions", name], either("bastion", "bastion"), name)


def _fact(source: Source, path: Path_, about: str, text: str) -> Fact:
    return Fact(about, text, f"{source.path}:{source.place(path)[0]}")
