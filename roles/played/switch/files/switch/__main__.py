"""`python3 -m switch`: the switch of this machine."""

import asyncio
from pathlib import Path

from .cli import boot
from .machine import Switch
from .openvswitch import OpenVSwitch
from .server import serve

ETC = Path("/etc/switch")
STARTUP = Path("/var/lib/switch/startup-config")
ADDRESS = "127.0.0.2"  # the console: reached through the machine, not through the network that it carries


async def main() -> None:
    switch = Switch(OpenVSwitch(), STARTUP)
    boot(switch)
    acceptor = await serve(switch, ADDRESS, 22, ETC / "host_key", ETC / "credentials", ETC / "authorized_keys")
    await acceptor.wait_closed()


asyncio.run(main())
