"""Open vSwitch as the data plane: the whole configuration becomes one transaction, and the truth is read back."""

import json
import socket
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from .machine import DataPlaneError, Learned
from .meaning import Meaning, Port
from .personality import Personality

BRIDGE = "br0"
NOTHING = 4095  # a VLAN that no frame has: an empty list of trunked VLANs means all of them to Open vSwitch


@dataclass(frozen=True)
class Wanted:
    """What the configuration asks of this machine: interfaces of the bridge, links, addresses."""

    bridge: dict[str, str]  # interface -> its VLAN settings
    up: dict[str, bool]
    addresses: dict[str, str | None]
    gateway: str | None


def wanted(meaning: Meaning, cabled: Mapping[str, str]) -> Wanted:
    """`cabled`: the interfaces that this machine has, and the ports that they are."""
    ports = {name: meaning.port(port) for name, port in cabled.items()}
    settings = {name: vlan_settings(port, meaning.vlans.keys()) for name, port in ports.items()}
    bridge = {name: setting for name, setting in settings.items() if setting}
    addressed = {number: (address, up) for number, (address, up) in meaning.addresses.items() if address}
    internal = {f"vlan{number}": number for number in addressed}
    return Wanted(
        bridge=bridge | {name: f"vlan_mode=access tag={number} trunks=[]" for name, number in internal.items()},
        up={name: port.enabled for name, port in ports.items()}
        | {f"vlan{number}": up for number, (_, up) in addressed.items()},
        addresses={f"vlan{number}": address for number, (address, _) in addressed.items()},
        gateway=meaning.default_gateway,
    )


def vlan_settings(port: Port, known: Iterable[int]) -> str | None:
    """The VLANs of a port, in the terms of Open vSwitch. None where it must not forward."""
    known = set(known)
    if not port.enabled or (not port.trunk and port.access not in known):
        return None
    if not port.trunk:
        return f"vlan_mode=access tag={port.access} trunks=[]"
    carried = ",".join(map(str, sorted(port.allowed & known))) or str(NOTHING)
    if port.native in port.allowed & known:
        return f"vlan_mode=native-untagged tag={port.native} trunks={carried}"
    return f"vlan_mode=trunk tag=[] trunks={carried}"


def transaction(now: Wanted, present: Iterable[str], mac: str) -> list[str]:
    """The arguments of the one ovs-vsctl call that makes the bridge so."""
    commands = [f"--may-exist add-br {BRIDGE}", f"set bridge {BRIDGE} datapath_type=netdev"]
    commands += [f"--if-exists del-port {BRIDGE} {name}" for name in sorted(set(present) - now.bridge.keys())]
    for name, settings in now.bridge.items():
        commands += [f"--may-exist add-port {BRIDGE} {name}", f"set port {name} {settings}"]
        if name in now.addresses:
            commands.append(f'set interface {name} type=internal mac="{mac}"')
    return " -- ".join(commands).split()


class OpenVSwitch:
    """The bridge of this machine."""

    def __init__(self, personality: Personality) -> None:
        self._ports = {personality.nic(port): port for port in personality.ports}
        self._applied: Wanted | None = None

    def apply(self, meaning: Meaning) -> None:
        interfaces = [name for _, name in socket.if_nameindex()]
        now = wanted(meaning, {name: self._ports[name] for name in interfaces if name in self._ports})
        if now == self._applied:
            return
        self._applied = None  # unknown until all of it succeeded
        _run("ovs-vsctl", "--timeout=10", *transaction(now, self._present(), _base_mac()))
        batch = [f"link set dev {name} {'up' if up else 'down'}" for name, up in now.up.items()]
        for name, address in now.addresses.items():
            batch += _address_changes(name, {address} if address else set())
        _run("ip", "-batch", "-", text="\n".join(batch) + "\n")
        self._route(now.gateway)
        self._applied = now

    def links(self) -> dict[str, bool]:
        return {self._ports[name]: state == "up" for name, _, state in self._interfaces() if name in self._ports}

    def learned(self) -> list[Learned]:
        names = {str(number): name for name, number, _ in self._interfaces()}
        rows = [line.split() for line in _run("ovs-appctl", "fdb/show", BRIDGE).splitlines()[1:]]
        return [
            Learned(int(vlan), mac, self._ports[names[number]])
            for number, vlan, mac, *_ in rows
            if names.get(number) in self._ports
        ]

    def _present(self) -> list[str]:
        bridges = _run("ovs-vsctl", "--timeout=10", "list-br").split()
        return _run("ovs-vsctl", "--timeout=10", "list-ports", BRIDGE).split() if BRIDGE in bridges else []

    def _interfaces(self) -> list[tuple[str, Any, Any]]:
        columns = "--columns=name,ofport,link_state"
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
