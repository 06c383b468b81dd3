"""What tests that hurt the lab share: commands on its machines, cables that are cut, and how the lab must be again."""

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from inventory.masking import masked
from inventory.model import Administration
from roles.lab.topology import Cable, topology

MARK = "-- then --"
SILENCE = "silence"  # the table that plays a cable which carries nothing in one direction


class Lab:
    """The lab of this machine, through the generated ssh_config and its network namespaces."""

    def __init__(self, administration: Administration) -> None:
        self.administration = administration
        self.ssh_config = administration.environment.ssh_config

    def run(self, machine: str, command: str, check: bool = True) -> str:
        """What a command says on a machine. Raises where it fails, unless that may be."""
        done = subprocess.run(
            ["ssh", "-F", str(self.ssh_config), machine, command],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert not check or done.returncode == 0, masked(f"{machine}: {command}: {done.stdout}{done.stderr}")
        return done.stdout

    def cli(self, machine: str, command: str) -> subprocess.CompletedProcess[str]:
        """A single command of whoever configures the router."""
        line = ["ssh", "-F", str(self.ssh_config), "-o", "User=netadmin", "-o", "ControlPath=none", machine, command]
        return subprocess.run(line, capture_output=True, text=True, timeout=90, check=False)

    def cable(self, machine: str, interface: str) -> Cable:
        """The cable that is plugged in somewhere."""
        end = (f"lab-{machine}", interface)
        return next(c for c in topology(self.administration).cables if end in (c.left, c.right))

    def troubles(self) -> list[str]:
        """What is not as it must be at the uplinks of all buildings, seen from both ends."""
        cores = self.administration.platform.resina.cores
        inside = [
            (name, next(n.prefix for n in router.site.networks.values() if "resina" in n.reaches))
            for name, router in self.administration.routers.items()
        ]
        said = {core: self._said(core, *(f"bgp ipv4 unicast {prefix}" for _, prefix in inside)) for core in cores}
        found = []
        for name, router in self.administration.routers.items():
            said[name] = self._said(name, "ip route 0.0.0.0/0")
            for uplink in router.entry.uplinks:
                for machine, peer in ((name, uplink.peer), (uplink.core, uplink.address.ip)):
                    found += _session(machine, str(peer), said[machine])
            primary = router.entry.by_preference[0]
            routes = said[name][2].get("0.0.0.0/0", [])
            if [hop.get("ip") for each in routes if each.get("selected") for hop in each["nexthops"]] != [
                str(primary.peer)
            ]:
                found.append(f"{name}: the way out is not over {primary.core}")
        for core in cores:
            for (name, _), way in zip(inside, said[core][2:], strict=True):
                best = [path for path in way.get("paths", []) if path.get("bestpath", {}).get("overall")]
                if [path.get("locPrf") for path in best] != [200]:
                    found.append(f"{core}: the way to {name} is not the primary one")
        return found + self._gateways()

    def _gateways(self) -> list[str]:
        """The data centres whose gateway is not the first core that serves them, and it alone."""
        found = []
        for site in self.administration.sites.values():
            cores = [n for n, core in self.administration.platform.resina.cores.items() if site.site in core.serves]
            for name, network in site.networks.items() if cores else ():
                holders = [core for core in cores if f" {network.gateway}/" in addresses(f"lab-{core}")]
                if holders != cores[:1]:
                    found.append(f"{site.site} {name}: its gateway is {', '.join(holders) or 'nowhere'}")
        return found

    def _said(self, machine: str, *more: str) -> list[Any]:
        """What a machine shows, as data, in one session: its BGP sessions, those of BFD, and more."""
        commands = ("bgp ipv4 unicast summary", "bfd peers", *more)
        line = "; ".join(f"vtysh -c 'show {command} json' && echo {MARK}" for command in commands)
        return [json.loads(part) for part in self.run(machine, line).split(MARK)[:-1]]

    def whole(self, seconds: float = 90) -> None:
        """Wait until the uplinks are as they must be, and stay so for a moment."""
        deadline = time.monotonic() + seconds
        calm = 0
        while calm < 2:
            found = self.troubles()
            calm = 0 if found else calm + 1
            assert time.monotonic() < deadline, f"the lab is not whole again: {'; '.join(found)}"
            time.sleep(0.3)

    @staticmethod
    def wait(condition: Callable[[], bool], seconds: float = 20) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "it did not come"
            time.sleep(0.1)

    def cut(self, machine: str, interface: str) -> None:
        """Both ends of a cable lose their carrier."""
        link(f"lab-{machine}", interface, "down")

    def plug(self, machine: str, interface: str) -> None:
        link(f"lab-{machine}", interface, "up")

    def cables(self, machine: str) -> list[str]:
        """The interfaces of a machine that have a cable."""
        ends = [end for cable in topology(self.administration).cables for end in (cable.left, cable.right)]
        return [interface for namespace, interface in ends if namespace == f"lab-{machine}"]

    def silence(self, machine: str, interface: str) -> None:
        """From now on a machine sends into nothing there, and nobody is told."""
        chain = (
            f"add chain netdev {SILENCE} out {{ type filter hook egress device {interface} priority 0; policy drop; }}"
        )
        self.run(machine, f"nft 'add table netdev {SILENCE}; {chain}'")

    def speak(self, machine: str) -> None:
        self.run(machine, f"nft 'add table netdev {SILENCE}; delete table netdev {SILENCE}'")

    @contextmanager
    def hurt(self, mend: Callable[[], None]) -> Iterator[None]:
        """Whatever happens within, the lab is mended and waited for."""
        try:
            yield
        finally:
            mend()
            self.whole()


def _session(machine: str, peer: str, said: list[Any]) -> Iterator[str]:
    bgp, bfd = said[0].get("peers", {}).get(peer, {}), {each["peer"]: each["status"] for each in said[1]}
    if bgp.get("state") != "Established":
        yield f"{machine}: BGP with {peer} is {bgp.get('state', 'absent')}"
    if bfd.get(peer) != "up":
        yield f"{machine}: BFD with {peer} is {bfd.get(peer, 'absent')}"


def link(namespace: str, interface: str, state: str) -> None:
    subprocess.run(["ip", "-n", namespace, "link", "set", interface, state], check=True, timeout=30)


def addresses(namespace: str) -> str:
    """What `ip address` says of the interfaces of a namespace, a line each."""
    line = ["ip", "-n", namespace, "-4", "-o", "address"]
    return subprocess.run(line, capture_output=True, text=True, check=True, timeout=30).stdout
