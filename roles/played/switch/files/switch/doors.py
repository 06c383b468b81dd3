"""The switch answers at its own addresses: whatever its configuration makes of them is what leads to it."""

from collections.abc import Awaitable, Callable
from ipaddress import IPv4Interface

import asyncssh

from .machine import Switch
from .meaning import Meaning

Listen = Callable[[str], Awaitable[asyncssh.SSHAcceptor]]


def own_addresses(meaning: Meaning) -> set[str]:
    """Those of its interfaces in VLANs that are up."""
    return {str(IPv4Interface(address).ip) for address, up in meaning.addresses.values() if address and up}


class Doors:
    """One listener at each address that the switch has now. Sessions at one that it had die of silence, as on wire."""

    def __init__(self, switch: Switch, listen: Listen) -> None:
        self.switch = switch
        self.listen = listen
        self.open: dict[str, asyncssh.SSHAcceptor] = {}

    async def adjust(self) -> None:
        """Close what is no longer an address of the switch, open what has become one."""
        wanted = own_addresses(self.switch.config)
        for address in self.open.keys() - wanted:
            self.open.pop(address).close()
        for address in wanted - self.open.keys():
            try:
                self.open[address] = await self.listen(address)
            except OSError as error:  # the interface is not there yet: the next turn finds it
                print(f"no listener at {address}: {error}", flush=True)
