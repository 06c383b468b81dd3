"""Open vSwitch as the data plane: the whole configuration becomes one transaction, and the truth is read back."""

import json
import re
import socket
import subprocess
import threading
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from time import monotonic, time
from typing import Any

from . import counters
from .counters import Inspected
from .flows import PASSES, Own, flows, meters, permitted
from .lldp import Neighbour
from .machine import DataPlaneError, Learned
from .meaning import Meaning, Port, Protection
from .personality import Personality
from .snooping import Binding, Bindings, Lease
from .watch import Looking, Watch

BRIDGE = "br0"
BINDINGS = Path("/var/lib/switch/dhcp-snooping")
SILENT = 6.0  # seconds without a superior BPDU (three of its hellos) after which a port forwards again
OFCTL = ("ovs-ofctl", "-O", "OpenFlow13")
NOTHING = 4095  # a VLAN that no frame has: an empty list of trunked VLANs means all of them to Open vSwitch


@dataclass(frozen=True)
class Shut:
    """A port that a guard has shut, and when on the clock of time.monotonic."""

    cause: str
    since: float


@dataclass(frozen=True)
class Wanted:
    """What the configuration asks of this machine: interfaces of the bridge, links, addresses."""

    bridge: dict[str, str]  # interface -> its VLAN settings
    up: dict[str, bool]
    addresses: dict[str, str | None]
    gateway: str | None
    numbers: dict[str, int]  # of ports, in OpenFlow: they never change
    edges: frozenset[str]  # interfaces that forward at once
    rapid: bool
    priority: int
    guarded: dict[int, Protection]  # by the number of the port
    own: tuple[Own, ...]
    untagged: dict[int, int]  # by the number of the port, the VLAN of frames without tag
    fixed: frozenset[tuple[int, str]]


def wanted(
    meaning: Meaning, cabled: Mapping[str, str], shut: Container[str] = (), blocked: Container[str] = ()
) -> Wanted:
    """`cabled`: the interfaces that this machine has, and the ports that they are.

    `shut`: ports that a guard shut. `blocked`: those that have a link, and forward nothing.
    """
    said = {name: meaning.port(port) for name, port in cabled.items()}
    ports = {name: replace(port, enabled=port.enabled and cabled[name] not in shut) for name, port in said.items()}
    numbers = {port: number for number, port in enumerate(meaning.ports, start=1)}
    settings = {name: vlan_settings(port, meaning.vlans.keys()) for name, port in ports.items()}
    bridge = {name: setting for name, setting in settings.items() if setting and cabled[name] not in blocked}
    addressed = {number: (address, up) for number, (address, up) in meaning.addresses.items() if address}
    untagged = {
        numbers[cabled[name]]: port.native if port.trunk else port.access
        for name, port in ports.items()
        if name in bridge
    }
    internal = {f"vlan{number}": number for number in addressed}
    return Wanted(
        bridge=bridge | {name: f"vlan_mode=access tag={number} trunks=[]" for name, number in internal.items()},
        up={name: port.enabled for name, port in ports.items()}
        | {f"vlan{number}": up for number, (_, up) in addressed.items()},
        addresses={f"vlan{number}": address for number, (address, _) in addressed.items()},
        gateway=meaning.default_gateway,
        numbers={name: numbers[cabled[name]] for name in settings if name in bridge},
        edges=frozenset(name for name, port in ports.items() if name in bridge and port.protection.portfast),
        rapid=meaning.guards.rapid,
        priority=meaning.guards.priority,
        guarded={numbers[cabled[name]]: port.protection for name, port in ports.items() if name in bridge},
        own=tuple(
            Own(vlan, address, f"vlan{vlan}", tuple(n for n, without_tag in untagged.items() if without_tag == vlan))
            for vlan, (address, up) in addressed.items()
            if up
        ),
        untagged=untagged,
        fixed=meaning.guards.fixed,
    )


def vlan_settings(port: Port, known: Iterable[int]) -> str | None:
    """The VLANs of a port, in the terms of Open vSwitch. None where it must not forward."""
    known = set(known)
    if not port.enabled or (not port.trunk and port.access not in known):
        return None
    if not port.trunk and port.voice in known:
        return f"vlan_mode=native-untagged tag={port.access} trunks={port.access},{port.voice}"
    if not port.trunk:
        return f"vlan_mode=access tag={port.access} trunks=[]"
    carried = ",".join(map(str, sorted(port.allowed & known))) or str(NOTHING)
    if port.native in port.allowed & known:
        return f"vlan_mode=native-untagged tag={port.native} trunks={carried}"
    return f"vlan_mode=trunk tag=[] trunks={carried}"


def transaction(now: Wanted, present: Iterable[str], mac: str) -> list[str]:
    """The arguments of the one ovs-vsctl call that makes the bridge so."""
    commands = [f"--may-exist add-br {BRIDGE}", f"set bridge {BRIDGE} datapath_type=netdev"]
    tree = f'other_config:rstp-priority={now.priority} other_config:rstp-address="{mac}"'
    commands.append(f"set bridge {BRIDGE} rstp_enable={_word(now.rapid)} {tree}")
    commands += [f"--if-exists del-port {BRIDGE} {name}" for name in sorted(set(present) - now.bridge.keys())]
    for name, settings in now.bridge.items():
        commands += [f"--may-exist add-port {BRIDGE} {name}", f"set port {name} {settings}"]
        if name in now.addresses:
            commands.append(f'set interface {name} type=internal mac="{mac}"')
        else:
            commands.append(f"set interface {name} ofport_request={now.numbers[name]}")
            commands.append(f"set port {name} other_config:rstp-port-admin-edge={_word(name in now.edges)}")
    return " -- ".join(commands).split()


def _word(yes: bool) -> str:
    return "true" if yes else "false"


class OpenVSwitch:
    """The bridge of this machine."""

    def __init__(self, personality: Personality) -> None:
        self._nics = {port: personality.nic(port) for port in personality.ports}
        self._ports = {nic: port for port, nic in self._nics.items()}
        self._numbers = {port: number for number, port in enumerate(personality.ports, start=1)}
        self._lock = threading.RLock()  # sessions are in one thread, the watch in another
        self._meaning: Meaning | None = None
        self._applied: Wanted | None = None
        self._flows: tuple[list[str], list[str]] | None = None
        self._interfaces_then: dict[str, int] = {}  # as they were when all was applied
        self._shut: dict[str, Shut] = {}
        self._blocked: dict[str, float] = {}  # ports, until when on the clock of time.monotonic
        self._bindings = Bindings()
        self._permitted: frozenset[str] | None = None  # the flows that come and go with the bindings
        self._watch = Watch(self)

    def apply(self, meaning: Meaning) -> None:
        with self._lock:
            if self._meaning is None and meaning.guards.kept:
                self._bindings.remember(BINDINGS)
            self._meaning = meaning
            for port in [port for port in self._shut if not meaning.port(port).enabled]:
                del self._shut[port]  # `shutdown`, then `no shutdown`: it is in use again
            for port in [port for port in self._blocked if not meaning.port(port).protection.rootguard]:
                del self._blocked[port]
            self._drive(meaning)
        self._watch.begin()

    def shut_port(self, port: str, cause: str) -> None:
        """A guard shuts a port. Raises DataPlaneError."""
        with self._lock:
            if self._meaning and port not in self._shut and self._meaning.port(port).enabled:
                print(f"{port} is shut: {cause}", flush=True)
                self._shut[port] = Shut(cause, monotonic())
                self._drive(self._meaning)

    def block_port(self, port: str) -> None:
        """Somebody there says that the root is his: nothing is forwarded until he is silent. Raises DataPlaneError."""
        with self._lock:
            if self._meaning is None:
                return
            new = port not in self._blocked
            self._blocked[port] = monotonic() + SILENT
            if new:
                print(f"{port} is blocked: root inconsistent", flush=True)
                self._drive(self._meaning)

    def bind(self, port: str, vlan: int | None, lease: Lease) -> None:
        """A server answered at this port, in this VLAN or without tag: whose the address is. Raises DataPlaneError."""
        with self._lock:
            if self._meaning is None:
                return
            at = self._meaning.port(port)
            vlan = vlan or (at.native if at.trunk else at.access)
            here = [each.port for each in self.learned() if (each.vlan, each.mac) == (vlan, lease.mac)]
            if vlan in self._meaning.guards.snooped and here and not self._meaning.port(here[0]).protection.vouches:
                self._bindings.learn(Binding(vlan, lease.mac, lease.address, here[0], time() + lease.seconds))
                if self._meaning.guards.kept:
                    self._bindings.keep(BINDINGS, time())
                self._drive(self._meaning)

    def inconsistent(self) -> list[str]:
        return sorted(self._blocked)

    def bindings(self) -> list[Binding]:
        with self._lock:
            return self._bindings.present(time())

    def inspected(self) -> dict[int, Inspected]:
        return counters.inspected(_run(*OFCTL, "dump-flows", BRIDGE))

    def violations(self) -> dict[str, int]:
        counted = counters.violations(_run(*OFCTL, "dump-flows", BRIDGE))
        names = {number: port for port, number in self._numbers.items()}
        return {names[number]: packets for number, packets in counted.items() if number in names}

    def shut(self) -> dict[str, str]:
        return {port: shut.cause for port, shut in sorted(self._shut.items())}

    def neighbours(self) -> list[Neighbour]:
        return self._watch.neighbours()

    def heal(self) -> None:
        """Open what was shut long enough, and put right what changed under us: a cable, Open vSwitch begun anew."""
        with self._lock:
            if self._meaning is None:
                return
            guards = self._meaning.guards
            for port, shut in list(self._shut.items()):
                if shut.cause in guards.recovers and monotonic() >= shut.since + guards.recovery:
                    print(f"{port} is tried again", flush=True)
                    del self._shut[port]
            for port in [port for port, until in self._blocked.items() if monotonic() >= until]:
                print(f"{port} forwards again", flush=True)
                del self._blocked[port]
            self._shut_violators(self._meaning)
            if self._present_interfaces() != self._interfaces_then:
                self._applied = self._flows = None
            self._drive(self._meaning)

    def _shut_violators(self, meaning: Meaning) -> None:
        """The first frame of a MAC address that is too many was dropped; where that is not all, its port is shut."""
        by = {port: meaning.port(port).protection for port in self._numbers}
        if any(each.macs is not None and each.violation == "shutdown" for each in by.values()):
            for port, packets in self.violations().items():
                if packets and by[port].violation == "shutdown":
                    self.shut_port(port, "psecure-violation")

    def mend_flows(self) -> None:
        """Open vSwitch forgets its flows when it begins anew, and forwards without them. Raises DataPlaneError."""
        with self._lock:
            shown = _run(*OFCTL, "dump-aggregate", BRIDGE)
            count = re.search(r"flow_count=(\d+)", shown)
            if self._flows and (count is None or int(count[1]) < len(self._flows[0])):
                print("the flows are gone: Open vSwitch began anew", flush=True)
                self._applied = self._flows = None
                if self._meaning:
                    self._drive(self._meaning)

    def _present_interfaces(self) -> dict[str, int]:
        """Those that are ours, with the number that a new one of the same name would not have."""
        ours = self._applied.addresses if self._applied else {}
        return {name: number for number, name in socket.if_nameindex() if name in self._ports or name in ours}

    def _drive(self, meaning: Meaning) -> None:
        interfaces = [name for _, name in socket.if_nameindex()]
        cabled = {name: self._ports[name] for name in interfaces if name in self._ports}
        now = wanted(meaning, cabled, self._shut, self._blocked)
        if now != self._applied:
            self._applied = None  # unknown until all of it succeeded
            _run("ovs-vsctl", "--timeout=10", *transaction(now, self._present(), _base_mac()))
            self._guard(now)
            batch = [f"link set dev {name} {'up' if up else 'down'}" for name, up in now.up.items()]
            for name, address in now.addresses.items():
                batch += _address_changes(name, {address} if address else set())
            _run("ip", "-batch", "-", text="\n".join(batch) + "\n")
            for name in now.addresses:
                # Open vSwitch in user space does not fill in checksums that the machine leaves out: TCP would hang.
                _run("ethtool", "-K", name, "tx", "off")
            self._route(now.gateway)
            self._applied = now
            self._interfaces_then = self._present_interfaces()
        self._permit(now)
        self._watch.look(
            Looking(
                name=meaning.hostname,
                mac=_base_mac(),
                priority=now.priority,
                ports={nic: (port, meaning.port(port).protection) for nic, port in cabled.items() if now.up[nic]},
            )
        )

    def _guard(self, now: Wanted) -> None:
        """The flows and meters, where they are not those that are there already."""
        wanted_flows = (flows(now.guarded, now.own, now.untagged), meters(now.guarded))
        if wanted_flows == self._flows:
            return
        self._flows = self._permitted = None
        _run(*OFCTL, "--bundle", "replace-flows", BRIDGE, "-", text="table=0,priority=0,actions=NORMAL\n")
        _run(*OFCTL, "del-meters", BRIDGE)
        for meter in wanted_flows[1]:
            _run(*OFCTL, "add-meter", BRIDGE, meter)
        _run(*OFCTL, "--bundle", "replace-flows", BRIDGE, "-", text="\n".join(wanted_flows[0]) + "\n")
        self._flows = wanted_flows

    def _permit(self, now: Wanted) -> None:
        """Who may say in ARP that an address is his. Leases come and go: no other flow is touched, or counts anew."""
        known = {permitted(binding.vlan, binding.address, binding.mac) for binding in self.bindings()}
        allowed = frozenset(known | {permitted(vlan, address) for vlan, address in now.fixed})
        if allowed == self._permitted:
            return
        before, self._permitted = self._permitted or frozenset(), None
        changes = [f"delete_strict {match}" for match in sorted(before - allowed)]
        changes += [f"add {match},{PASSES}" for match in sorted(allowed - before)]
        _run(*OFCTL, "--bundle", "add-flows", BRIDGE, "-", text="\n".join(changes) + "\n")
        self._permitted = allowed

    def links(self) -> dict[str, bool]:
        """Also of the ports that are not in the bridge: what is behind them is up all the same."""
        return {port: _carrier(nic) for nic, port in self._ports.items() if Path("/sys/class/net", nic).exists()}

    def learned(self) -> list[Learned]:
        names = {str(number): name for name, number in self._interfaces()}
        rows = [line.split() for line in _run("ovs-appctl", "fdb/show", BRIDGE).splitlines()[1:]]
        return [
            Learned(int(vlan), mac, self._ports[names[number]])
            for number, vlan, mac, *_ in rows
            if names.get(number) in self._ports
        ]

    def _present(self) -> list[str]:
        bridges = _run("ovs-vsctl", "--timeout=10", "list-br").split()
        return _run("ovs-vsctl", "--timeout=10", "list-ports", BRIDGE).split() if BRIDGE in bridges else []

    def _interfaces(self) -> list[tuple[str, Any]]:
        columns = "--columns=name,ofport"
        table = json.loads(_run("ovs-vsctl", "--timeout=10", "--format=json", columns, "list", "interface"))
        return [tuple(row) for row in table["data"]]

    def _route(self, gateway: str | None) -> None:
        routes = json.loads(_run("ip", "-json", "route", "show", "default"))
        present = routes[0].get("gateway") if routes else None
        reachable = gateway and json.loads(_run("ip", "-json", "route", "show", "match", gateway, "scope", "link"))
        if present and present != gateway:
            _run("ip", "route", "del", "default")
        if reachable and present != gateway:
            _run("ip", "route", "replace", "default", "via", str(gateway))


def _carrier(nic: str) -> bool:
    try:
        return Path("/sys/class/net", nic, "carrier").read_text().strip() == "1"
    except OSError:  # it is down, or it has just gone
        return False


def _base_mac() -> str:
    """The address of the switch itself. It never changes: neighbours remember it longer than a restart takes."""
    digits = sha256(Path("/etc/machine-id").read_bytes()).hexdigest()[:10]
    return ":".join(["02", *(digits[i : i + 2] for i in range(0, 10, 2))])


def _address_changes(name: str, addresses: set[str]) -> list[str]:
    shown = json.loads(_run("ip", "-json", "-4", "addr", "show", "dev", name))
    present = {f"{info['local']}/{info['prefixlen']}" for info in shown[0]["addr_info"]} if shown else set()
    return [f"addr del {address} dev {name}" for address in sorted(present - addresses)] + [
        f"addr add {address} dev {name}" for address in sorted(addresses - present)
    ]


def _run(*command: str, text: str | None = None) -> str:
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=30, check=False)
    if done.returncode:
        raise DataPlaneError(f"{command[0]}: {done.stderr.strip()}")
    return done.stdout
