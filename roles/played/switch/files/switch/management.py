"""How the switch itself is reached: a VLAN with its address, carried by the port behind which the network is."""

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Interface

from .meaning import Meaning


@dataclass(frozen=True)
class Door:
    """The port behind which the bastion is. `dialled`: the address of the switch that a local address stands for."""

    port: str
    dialled: dict[str, str] = field(default_factory=dict)

    def admits(self, meaning: Meaning, local_address: str) -> bool:
        """Whether a session that came in at this local address is carried to the switch and back."""
        return self.dialled.get(local_address) in reached(meaning, self.port)


def reached(meaning: Meaning, name: str) -> set[str]:
    """The switch's own addresses that answer to somebody beyond a gateway, behind this port."""
    port, gateway = meaning.port(name), meaning.default_gateway
    if not port.enabled or gateway is None:
        return set()
    carried = (port.allowed if port.trunk else {port.access}) & meaning.vlans.keys()
    up = {vlan: IPv4Interface(address) for vlan, (address, enabled) in meaning.addresses.items() if address and enabled}
    here = {vlan: interface for vlan, interface in up.items() if vlan in carried}
    way_back = any(IPv4Address(gateway) in interface.network for interface in here.values())
    return {str(interface.ip) for interface in here.values()} if way_back else set()
