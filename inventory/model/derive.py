"""From what a person writes of a site to the whole of it: networks, addresses, ports, the far ends of cables.

Pure, and the same answer each time. Nothing follows from an order: a VLAN and the place of a network come from
platform.yaml by purpose, a switch's address from its number. So nothing moves when something is added.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network

from inventory.model.building import MANAGEMENT, PROTECTIONS, Profile, plan_for
from inventory.model.cables import UNUSED, Ports, join
from inventory.model.chassis import CHASSIS, Chassis
from inventory.model.messages import say
from inventory.model.platform import Platform
from inventory.model.ports import LONGEST_SERIES, SERIES, not_of_model, ports_of
from inventory.model.problems import InventoryError, Problem, shorten
from inventory.model.site import (
    STP_ACCESS,
    STP_ROOT,
    STP_STEP,
    Network,
    Pool,
    Port,
    Site,
    Switch,
)
from inventory.model.site_file import NetworkEntry, PortEntry, SiteFile, SwitchEntry
from inventory.model.source import Path_, Source
from inventory.model.validate import listed, near

FIRST_SWITCH = 10  # switch 1 has the address after this one in the management network
MACS = 3  # of a port without a profile: a telephone, the computer behind it, and one that is being replaced


def derive(source: Source, file: SiteFile, platform: Platform) -> Site:
    """The whole site. Raises InventoryError with everything that cannot follow from the file."""
    return _Building(source, file, platform).site()


@dataclass
class _Building:
    source: Source
    file: SiteFile
    platform: Platform
    problems: list[Problem] = field(default_factory=list)
    block_refused: bool = False  # it is said once
    networks_refused: bool = False  # what lacks a network of these is not said

    def site(self) -> Site:
        file = self.file
        networks = self._networks()
        self.networks_refused = bool(self.problems)
        ports: dict[str, Ports] = {name: self._ports(name, entry, networks) for name, entry in file.switches.items()}
        self.problems += join(self.source, file.switches, ports)
        switches = self._switches(networks, ports)
        if self.problems:
            raise InventoryError(self.problems)
        return Site(
            site=file.site,
            kind=file.kind,
            name=file.name,
            owner=file.owner,
            block=file.block,
            networks=networks,
            machines=file.machines,
            switches=switches,
            routers=file.routers,
        )

    def _refuse(self, path: Path_, message: str, *, on_key: bool = False) -> None:
        self.problems.append(self.source.problem(path, message, on_key=on_key))

    # Networks

    def _networks(self) -> dict[str, Network]:
        found: dict[str, Network] = {}
        for index, name in enumerate(self.file.purposes):
            path: list[str | int] = ["purposes", index]
            if name in self.file.purposes[:index]:
                self._refuse(path, say("purpose_twice", value=name))
            elif name not in self.platform.purposes:
                self._refuse(path, _no_such("purpose", name, self.platform.purposes))
            elif network := self._network(path, name, self.file.networks.get(name)):
                found[name] = network
        for name, entry in self.file.networks.items():
            if name not in self.file.purposes and (network := self._network(["networks", name], name, entry)):
                found[name] = network
        return found

    def _network(self, path: Path_, name: str, entry: NetworkEntry | None) -> Network | None:
        """A network from its purpose, and from what is said of it."""
        purpose, said = self.platform.purposes.get(name), entry or NetworkEntry()
        prefix = said.prefix or self._place(path, name)
        if prefix is None:
            return None
        rule = said.pool or (purpose.pool if purpose else None)
        pool = rule.within(prefix) if rule else None
        vlan = said.vlan or (purpose.vlan if purpose else None)
        if self.file.kind == "datacentre":  # its networks are not VLANs of ours unless it says so
            vlan, pool = said.vlan, pool if said.pool else None
        return Network(
            prefix=prefix,
            gateway=said.gateway or (prefix[1] if prefix.num_addresses > 1 else prefix[0]),
            vlan=vlan,
            reaches=said.reaches if "reaches" in said.model_fields_set or purpose is None else purpose.reaches,
            purpose=name if purpose else None,
            pool=Pool(first=pool[0], last=pool[1], lease_hours=rule.lease_hours) if rule and pool else None,
        )

    def _place(self, path: Path_, name: str) -> IPv4Network | None:
        """Where the plan of the block puts a purpose. Refuses where it cannot be put."""
        block, plans = self.file.block, self.platform.plans
        if name not in self.platform.purposes:
            self._refuse(path, say("missing", key="prefix", example=_example("prefix: 10.20.10.0/24")), on_key=True)
            return None
        if self.block_refused:
            return None
        if block is None:
            self.block_refused = True
            self._refuse(path, say("block_missing", value=name, example=_example("block: 10.20.128.0/20")))
            return None
        plan = plan_for(plans, block)
        place = plan.place(name, block) if plan else None
        if place is None:
            self.block_refused = True
            sizes = [p.size for p in plans if name in p.places and p.size < block.prefixlen]
            mend = say("larger_block", size=max(sizes)) if sizes else say("no_place")
            self._refuse(["block"], say("block_too_small", value=block, purpose=name, mend=mend))
        return place

    # Switches

    def _switches(self, networks: Mapping[str, Network], ports: Mapping[str, Ports]) -> dict[str, Switch]:
        found: dict[str, Switch] = {}
        numbers: dict[int, str] = {}
        priorities = self._priorities()
        reserved = self.platform.reserved_vlans
        for name, entry in self.file.switches.items():
            if entry.number is not None and entry.number in numbers:
                free = _example(f"number: {self._free_number()}")
                message = say("number_twice", value=entry.number, other=numbers[entry.number], example=free)
                self._refuse(["switches", name, "number"], message)
                continue
            if entry.number is not None:
                numbers[entry.number] = name
            network = entry.network or MANAGEMENT
            address = entry.address or self._address(name, entry, network, networks)
            chassis = CHASSIS.get(entry.model or "")
            speaks = chassis.platform if chassis else entry.platform
            if address is None or speaks is None:
                continue
            found[name] = Switch(
                platform=speaks,
                network=network,
                address=address,
                formerly=entry.formerly,
                ports=ports[name],
                model=entry.model,
                tier=entry.tier,
                stp_priority=priorities[name],
                quarantine=reserved.quarantine,
                native=reserved.native,
                ssh=entry.ssh,
            )
        return found

    def _address(
        self, name: str, entry: SwitchEntry, network: str, networks: Mapping[str, Network]
    ) -> IPv4Address | None:
        path = ["switches", name]
        if entry.number is None:
            shown = _example(f"number: {self._free_number()}")
            self._refuse(path, say("number_missing", value=name, example=shown), on_key=True)
            return None
        if network not in networks:
            if entry.network is not None and not self.networks_refused:
                self._refuse([*path, "network"], _no_such("network", network, list(networks)))
            elif not self.networks_refused:
                self.networks_refused = True
                self._refuse(["purposes"], say("management_missing", value=network), on_key=True)
            return None
        prefix = networks[network].prefix
        highest = prefix.num_addresses - 2 - FIRST_SWITCH
        if entry.number > highest:
            message = say("number_too_high", value=entry.number, prefix=prefix, limit=max(highest, 0))
            self._refuse([*path, "number"], message)
            return None
        return prefix[FIRST_SWITCH + entry.number]

    def _free_number(self) -> int:
        taken = {entry.number for entry in self.file.switches.values()}
        return next(number for number in range(1, len(taken) + 2) if number not in taken)

    def _priorities(self) -> dict[str, int]:
        """Of the spanning tree: the distribution switch of the lowest number is the root, the next its second."""
        found = dict.fromkeys(self.file.switches, STP_ACCESS)
        top = [name for name, entry in self.file.switches.items() if entry.tier == "distribution"]
        top.sort(key=lambda name: (self.file.switches[name].number or STP_ACCESS, name))
        return found | {name: min(STP_ROOT + STP_STEP * rank, STP_ACCESS - STP_STEP) for rank, name in enumerate(top)}

    # Ports

    def _ports(self, switch: str, entry: SwitchEntry, networks: Mapping[str, Network]) -> Ports:
        chassis = self._chassis(switch, entry)
        found: Ports = {}
        named: dict[str, str] = {}
        for key, said in entry.ports.items():
            path: list[str | int] = ["switches", switch, "ports", key]
            names = self._names(path, key, said)
            if not names or self._unknown(path, names, entry):
                continue
            port = self._port(path, said, networks)
            if port is None:
                continue
            for name in names:
                if name in named:
                    self._refuse(path, say("port_named_twice", value=name, other=named[name]), on_key=True)
                    break
                named[name] = key
                found[name] = port
        if chassis is None:
            return found
        return {name: found.get(name, UNUSED) for name in chassis.ports}

    def _chassis(self, switch: str, entry: SwitchEntry) -> Chassis | None:
        path = ["switches", switch]
        if entry.model is None:
            if entry.platform is None:
                shown = _example(f"model: {next(iter(CHASSIS))}")
                self._refuse(path, say("model_or_platform", example=shown), on_key=True)
            return None
        chassis = CHASSIS.get(entry.model)
        if chassis is None:
            self._refuse([*path, "model"], _no_such("model", entry.model, CHASSIS))
        elif entry.platform not in (None, chassis.platform):
            message = say("platform_of_model", value=entry.platform, model=entry.model, expected=chassis.platform)
            self._refuse([*path, "platform"], message)
        return chassis

    def _names(self, path: Path_, key: str, said: PortEntry) -> list[str]:
        match = SERIES.fullmatch(key)
        if match is None:
            return [key]
        stem, first, last = match[1], int(match[2]), int(match[3])
        if first > last:
            message = say("range_backwards", value=shorten(key), expected=f"{stem}{last}-{first}")
        elif last - first >= LONGEST_SERIES:
            message = say("range_too_long", value=shorten(key), limit=LONGEST_SERIES)
        elif said.to is not None:
            path, message = [*path, "to"], say("range_cabled")
        else:
            return ports_of(key)
        self._refuse(path, message, on_key=True)
        return []

    def _unknown(self, path: Path_, names: list[str], entry: SwitchEntry) -> bool:
        """Whether the model lacks one of these ports."""
        message = not_of_model(names, entry.model or "")
        if message:
            self._refuse(path, message, on_key=True)
        return bool(message)

    def _port(self, path: Path_, said: PortEntry, networks: Mapping[str, Network]) -> Port | None:
        given = [key for key in ("profile", "access", "trunk") if getattr(said, key) is not None]
        if len(given) != 1:
            self._refuse(path, say("one_of_port"), on_key=True)
            return None
        to = said.to.split("/", 1)[0] if said.to else None
        if said.profile is None:
            if said.access is not None:
                return Port(access=said.access, to=to, maximum_macs=MACS, protections=list(PROTECTIONS))
            return Port(trunk=said.trunk, to=to, trusted=to in self.file.switches or to in self.file.routers)
        profile = self.platform.profiles.get(said.profile)
        if profile is None:
            self._refuse([*path, "profile"], _no_such("profile", said.profile, self.platform.profiles))
            return None
        lacking = _lacking(profile, networks)
        if lacking is not None:
            if not self.networks_refused:
                message = say("profile_network", profile=said.profile, value=lacking)
                self._refuse([*path, "profile"], message)
            return None
        return Port(
            access=profile.network if profile.mode == "access" else None,
            voice=profile.voice if profile.voice in networks else None,
            trunk=_carried(profile, networks) if profile.mode == "trunk" else None,
            native=profile.native if profile.native in networks else None,
            to=to,
            profile=said.profile,
            maximum_macs=profile.maximum_macs,
            protections=profile.protections,
            authentication=profile.authentication,
            fallback=profile.fallback if profile.fallback in networks else None,
            trusted=profile.trusted,
        )


def _lacking(profile: Profile, networks: Mapping[str, Network]) -> str | None:
    """The first network that a port of a profile cannot do without, and the site has not."""
    if profile.mode == "access" and profile.network not in networks:
        return profile.network
    if profile.mode == "trunk" and profile.networks and not _carried(profile, networks):
        return profile.networks[0]
    return None


def _carried(profile: Profile, networks: Mapping[str, Network]) -> list[str]:
    """Of what a trunk may carry, what the site has; everything, where the profile does not say."""
    return [name for name in networks if not profile.networks or name in profile.networks]


def _no_such(kind: str, value: str, known: Mapping[str, object] | list[str]) -> str:
    return say("no_such", kind=say(kind), value=value, choices=listed(list(known)), hint=near(value, list(known)))


def _example(text: str) -> str:
    return say("example", example=text)
