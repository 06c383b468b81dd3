"""What comes in at the ports and is no traffic: BPDUs, storms, leases, LLDP.

One thread, which nothing from outside can end.
"""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic, sleep
from typing import Protocol

from . import bpf, lldp, snooping, spanning
from .meaning import Protection

TICK = 1.0  # seconds
SAID_EVERY = 30.0  # LLDP, as IOS does
IP = b"\x08\x00"
SETTLED = 1.0  # between switches: what says less long that it is the root is a tree that heals
CHECKED_EVERY = 5.0  # whether Open vSwitch still has its flows


class Plane(Protocol):
    """Whose ports are watched."""

    def shut_port(self, port: str, cause: str) -> None: ...

    def block_port(self, port: str) -> None: ...

    def bind(self, port: str, vlan: int | None, lease: snooping.Lease) -> None: ...

    def heal(self) -> None: ...

    def mend_flows(self) -> None: ...


@dataclass(frozen=True)
class Looking:
    """What to look for: each interface that is up, its port, and what guards it."""

    name: str = ""  # the switch's
    mac: str = ""
    priority: int = 32768  # in the spanning tree
    ports: Mapping[str, tuple[str, Protection]] = field(default_factory=dict)


@dataclass
class Ears:
    """The sockets of one interface, which has `number` as long as it is the same one."""

    number: int
    by: Protection
    control: socket.socket | None = None  # BPDUs and LLDP
    broadcast: socket.socket | None = None
    group: socket.socket | None = None
    dhcp: socket.socket | None = None
    arp: socket.socket | None = None
    leases: socket.socket | None = None  # what DHCP servers answer
    root: spanning.Vector | None = None  # what the switch itself says there of the spanning tree
    since: float = field(default_factory=monotonic)  # when the counters were last read
    said: float = -SAID_EVERY
    doubted: float | None = None  # since when somebody there says that the root is his

    def close(self) -> None:
        for link in (self.control, self.broadcast, self.group, self.dhcp, self.arp, self.leases):
            if link:
                link.close()


def ears(interface: str, number: int, by: Protection) -> Ears:
    """Listen on an interface for what its guards need. Raises OSError where it has gone."""
    opened = Ears(number, by)
    try:
        trees = by.bpduguard or by.rootguard
        if trees or by.lldp:
            wanted = [*([bpf.BPDU, bpf.PVST] if trees else []), *([bpf.LLDP] if by.lldp else [])]
            opened.control = bpf.listening(interface, bpf.program(*wanted, ours=by.rootguard))
        if by.storm is not None and by.storm_shuts:
            opened.broadcast = bpf.counting(interface, bpf.program(bpf.BROADCAST))
            opened.group = bpf.counting(interface, bpf.program())
        if by.dhcp_rate is not None:
            opened.dhcp = bpf.counting(interface, bpf.program(bpf.FROM_DHCP_CLIENT))
        if by.arp_rate is not None:
            opened.arp = bpf.counting(interface, bpf.program(bpf.ARP))
        if by.vouches:
            opened.leases = bpf.listening(interface, bpf.program(bpf.FROM_DHCP_SERVER))
    except OSError:
        opened.close()
        raise
    return opened


class Watch:
    def __init__(self, plane: Plane) -> None:
        self._plane = plane
        self._looking = Looking()
        self._ears: dict[str, Ears] = {}
        self._neighbours: dict[str, lldp.Neighbour] = {}
        self._thread: threading.Thread | None = None
        self._next = self._check = 0.0

    def begin(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
            self._thread.start()

    def look(self, looking: Looking) -> None:
        """From the next second on, look for this."""
        self._looking = looking

    def neighbours(self) -> list[lldp.Neighbour]:
        now = monotonic()
        return [neighbour for _, neighbour in sorted(self._neighbours.items()) if neighbour.until > now]

    def _run(self) -> None:
        last = ""
        while True:
            try:
                self._once()
                last = ""
            except Exception as error:  # whatever it is, the switch goes on
                said = f"watch: {type(error).__name__}: {error}"
                if said != last:
                    print(said, flush=True)
                last = said
                sleep(TICK)

    def _once(self) -> None:
        """Wait for a frame or for the next second, and do what it asks for."""
        links = {link: (nic, ears) for nic, ears in self._ears.items() for link in (ears.control, ears.leases) if link}
        ready, _, _ = select.select(list(links), [], [], max(0.0, self._next - monotonic()))
        for link in ready:
            with suppress(OSError):  # the link went down; it comes back with the same socket, or as another interface
                self._heard(*links[link], bpf.heard(link))
        if monotonic() >= self._next:
            self._next = monotonic() + TICK
            self._adjust()
            self._count()
            self._say()
            self._plane.heal()
            if monotonic() >= self._check:
                self._check = monotonic() + CHECKED_EVERY
                self._plane.mend_flows()

    def _heard(self, nic: str, ears: Ears, frame: bpf.Heard) -> None:
        port, by = self._looking.ports.get(nic, ("", Protection()))
        if frame.data[12:14] == IP:
            if by.vouches and (lease := snooping.acknowledged(frame.data)):
                self._plane.bind(port, frame.vlan, lease)
        elif frame.data[:6] != lldp.GROUP:
            self._tree(port, by, ears, frame)
        elif not frame.ours and by.lldp and (neighbour := lldp.heard(port, frame.data, monotonic())):
            self._neighbours[port] = neighbour

    def _tree(self, port: str, by: Protection, ears: Ears, frame: bpf.Heard) -> None:
        """A BPDU: superior is what is better than what we say there ourselves."""
        said = spanning.vector(frame.data)
        if frame.ours:
            ears.root = said
        elif by.bpduguard:
            self._plane.shut_port(port, "bpduguard")
        elif by.rootguard and said:
            us = spanning.alone(self._looking.priority, self._looking.mac)
            if said >= min(us, ears.root or us):
                ears.doubted = None
            elif by.portfast or monotonic() - (ears.doubted or monotonic()) >= SETTLED:
                self._plane.block_port(port)
            else:
                ears.doubted = ears.doubted or monotonic()

    def _adjust(self) -> None:
        """Listen where we must, and only there."""
        numbers = {name: number for number, name in socket.if_nameindex()}
        wanted = {nic: (numbers[nic], by) for nic, (_, by) in self._looking.ports.items() if nic in numbers}
        for nic, present in list(self._ears.items()):
            if wanted.get(nic) != (present.number, present.by):
                present.close()
                del self._ears[nic]
        for nic, (number, by) in wanted.items():
            if nic not in self._ears:
                with suppress(OSError):  # gone since; the next second knows
                    self._ears[nic] = ears(nic, number, by)

    def _count(self) -> None:
        for nic, listening in self._ears.items():
            port, by = self._looking.ports.get(nic, ("", listening.by))
            seconds, listening.since = monotonic() - listening.since, monotonic()
            broadcast, group, dhcp, arp = (
                bpf.counted(link) / max(seconds, TICK) if link else 0.0
                for link in (listening.broadcast, listening.group, listening.dhcp, listening.arp)
            )
            if by.storm is not None and by.storm_shuts and max(broadcast, group - broadcast) > by.storm:
                self._plane.shut_port(port, "storm-control")
            elif by.dhcp_rate is not None and dhcp > by.dhcp_rate:
                self._plane.shut_port(port, "dhcp-rate-limit")
            elif by.arp_rate is not None and arp > by.arp_rate:
                self._plane.shut_port(port, "arp-inspection")

    def _say(self) -> None:
        for nic, listening in self._ears.items():
            if not listening.by.lldp or listening.control is None or monotonic() < listening.said + SAID_EVERY:
                continue
            port, _ = self._looking.ports.get(nic, (nic, listening.by))
            with suppress(OSError):  # no link
                listening.control.send(lldp.frame(self._looking.mac, self._looking.name, port, port))
                listening.said = monotonic()
