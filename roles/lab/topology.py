"""The lab as a set of namespaces, cables and addresses: derived from the inventory, nothing else is said."""

from dataclasses import dataclass, field
from ipaddress import IPv4Network

from inventory.model import Administration

LOOPBACK = "127.0.0.2/8"
FABRIC = "lab-fabric"  # holds the bridges that play unmanaged switches
RESINA, INSIDE = "resina", "core0"  # the bridge between the cores, and their interface there
WORLD = "world"  # the bridge between the cores and the rest of the world, and their interface there


class NotPlayedError(Exception):
    """The lab cannot hold what the inventory has."""


@dataclass(frozen=True)
class Cable:
    """A veth pair between two (namespace, interface) ends."""

    left: tuple[str, str]
    right: tuple[str, str]
    bridge: str | None = None  # the bridge of the fabric that the left end is plugged into


@dataclass
class Place:
    """A network namespace with its addresses. A bastion is no more than that: our tools run in it."""

    name: str
    addresses: dict[str, str] = field(default_factory=dict, kw_only=True)  # interface: address/length
    gateway: str | None = field(default=None, kw_only=True)
    macs: dict[str, str] = field(default_factory=dict, kw_only=True)  # interface: the MAC address that it must have

    @property
    def namespace(self) -> str:
        return f"lab-{self.name}"


@dataclass
class LabMachine(Place):
    """A system container in a network namespace of its own."""

    fqdn: str
    switching: bool = False  # runs Open vSwitch: needs /dev/net/tun
    device: bool = False  # others' packets go through it: it has the processor before servers


@dataclass(frozen=True)
class Topology:
    machines: dict[str, LabMachine]
    bastions: dict[str, Place]
    cables: list[Cable]
    bridges: list[str]  # in the fabric namespace

    @property
    def places(self) -> list[Place]:
        return [*self.machines.values(), *self.bastions.values()]

    @property
    def namespaces(self) -> list[str]:
        return [FABRIC, *(place.namespace for place in self.places)]


def topology(administration: Administration) -> Topology:
    """What the lab must hold for this administration. Raises NotPlayedError."""
    if unplayed := sorted(administration.routers.keys() - administration.machines.keys()):
        raise NotPlayedError(f"the lab plays no edge router but FRR's: {', '.join(unplayed)}")
    machines = {
        name: LabMachine(name, machine.fqdn, switching="router" in machine.runs, device="router" in machine.runs)
        for name, machine in administration.machines.items()
    }
    for name in administration.switches:
        machines[name] = LabMachine(name, administration.fqdn(name), switching=True, device=True)
    for name in administration.platform.resina.cores:
        machines[name] = LabMachine(name, administration.fqdn(name), device=True)
    bastions = {name: Place(name) for name in administration.platform.bastions}
    cables: list[Cable] = []
    bridges: list[str] = []
    _cores(administration, machines, cables, bridges)
    _data_centres(administration, machines, bastions, cables, bridges)
    _buildings(administration, machines, cables)
    _uplinks(administration, machines, cables)
    _world(administration, machines, cables, bridges)
    _addresses(administration, machines)
    return Topology(machines, bastions, cables, bridges)


def _addresses(administration: Administration, machines: dict[str, LabMachine]) -> None:
    # What an installer would have set: the machine's address and its gateway.
    for name, machine in administration.machines.items():
        if machine.network is not None:
            machines[name].addresses["eth0"] = str(machine.network.interface(machine.address))
            machines[name].gateway = str(machine.network.gateway)
        if machine.mac is not None:
            machines[name].macs["eth0"] = machine.mac
    for lab_machine in machines.values():
        # A device's console listens here; and with no address but 127.0.0.1, glibc refuses to resolve IPv4 at all.
        lab_machine.addresses["lo"] = LOOPBACK


def _cores(
    administration: Administration, machines: dict[str, LabMachine], cables: list[Cable], bridges: list[str]
) -> None:
    """The inside of RESINA: one network of all cores, in which each has its router identifier as its address."""
    cores = administration.platform.resina.cores
    if len(cores) < 2:
        return
    bridges.append(RESINA)
    inside = IPv4Network((next(iter(cores.values())).router_id, 30), strict=False)
    while not all(core.router_id in inside for core in cores.values()):
        inside = inside.supernet()
    for name, core in cores.items():
        cables.append(Cable((FABRIC, f"{name}-{INSIDE}"[:15]), (f"lab-{name}", INSIDE), RESINA))
        machines[name].addresses[INSIDE] = f"{core.router_id}/{inside.prefixlen}"


def _data_centres(
    administration: Administration,
    machines: dict[str, LabMachine],
    bastions: dict[str, Place],
    cables: list[Cable],
    bridges: list[str],
) -> None:
    """In a data centre every machine and bastion hangs on one unmanaged switch per network, and its cores do.

    These have addresses at the network's end; which of them is the gateway, they agree on (roles/played/core).
    """
    for site in administration.sites.values():
        if site.kind != "datacentre":
            continue
        serving = [name for name, core in administration.platform.resina.cores.items() if site.site in core.serves]
        for number, (network_name, network) in enumerate(site.networks.items()):
            bridge = f"{site.site}-{network_name}"[:15]
            bridges.append(bridge)
            members = [(n, "eth0") for n, m in administration.machines.items() if m.network is network]
            for core_name, core in administration.platform.resina.cores.items():
                if site.site in core.serves:
                    members.append((core_name, f"lan{number}"))
                    address = network.prefix[-2 - serving.index(core_name)]
                    machines[core_name].addresses[f"lan{number}"] = str(network.interface(address))
            for name, address in administration.platform.bastions.items():
                if address in network.prefix:
                    members.append((name, "eth0"))
                    bastions[name].addresses["eth0"] = str(network.interface(address))
                    bastions[name].gateway = str(network.gateway)
            cables += [Cable((FABRIC, f"{n}-{i}"[:15]), (f"lab-{n}", i), bridge) for n, i in members]


def _buildings(administration: Administration, machines: dict[str, LabMachine], cables: list[Cable]) -> None:
    """What is at the end of each port. A cable between two switches is on a port of both, and still one."""
    for name, switch in administration.switches.items():
        for port_name, port in switch.entry.ports.items():
            if port.to in switch.site.switches and port.far:
                if (port.to, port.far) < (name, port_name):
                    continue
                far = (f"lab-{port.to}", nic(port.far))
            elif port.to in switch.site.routers:
                far = (f"lab-{port.to}", switch.site.routers[port.to].lan)
            elif port.to in machines:
                far = (f"lab-{port.to}", "eth0")
            else:
                continue
            cables.append(Cable((f"lab-{name}", nic(port_name)), far))


def _uplinks(administration: Administration, machines: dict[str, LabMachine], cables: list[Cable]) -> None:
    for name, router in administration.routers.items():
        for uplink in router.entry.uplinks:
            core_interface = f"to-{name}"
            cables.append(Cable((f"lab-{name}", uplink.interface), (f"lab-{uplink.core}", core_interface)))
            machines[uplink.core].addresses[core_interface] = f"{uplink.peer}/{uplink.address.network.prefixlen}"


def _world(
    administration: Administration, machines: dict[str, LabMachine], cables: list[Cable], bridges: list[str]
) -> None:
    """The rest of the world, beside the cores. Its first address is that of the core that lives."""
    world = administration.environment.world
    if world is None:
        return
    bridges.append(WORLD)
    machines[world.machine] = LabMachine(world.machine, f"{world.machine}.example")
    machines[world.machine].addresses["eth0"] = f"{world.prefix[2]}/{world.prefix.prefixlen}"
    machines[world.machine].gateway = str(world.prefix[1])
    cables.append(Cable((FABRIC, f"{world.machine}-eth0"[:15]), (f"lab-{world.machine}", "eth0"), WORLD))
    for rank, name in enumerate(administration.platform.resina.cores):
        cables.append(Cable((FABRIC, f"{name}-{WORLD}"[:15]), (f"lab-{name}", WORLD), WORLD))
        machines[name].addresses[WORLD] = f"{world.prefix[-2 - rank]}/{world.prefix.prefixlen}"


def nic(port: str) -> str:
    """The network card that plays a port: GigabitEthernet1/0/24 is gi1-0-24, 24 is p24 (Linux takes 15 characters)."""
    letters = port.rstrip("0123456789/")
    return (letters[:2].lower() or "p") + port[len(letters) :].replace("/", "-")
