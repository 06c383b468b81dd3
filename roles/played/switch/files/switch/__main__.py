"""`python3 -m switch cisco_ios`: the switch of this machine, of this platform of the inventory."""

import asyncio
import sys
from pathlib import Path

from .machine import Switch
from .openvswitch import OpenVSwitch
from .personalities import PERSONALITIES
from .server import serve

ETC = Path("/etc/switch")
STARTUP = Path("/var/lib/switch/startup-config")
ADDRESS = "127.0.0.2"  # the console: reached through the machine, not through the network that it carries


async def main(platform: str) -> None:
    personality = PERSONALITIES[platform]
    switch = Switch(OpenVSwitch(personality), STARTUP, personality)
    switch.boot()
    acceptor = await serve(switch, ADDRESS, 22, ETC / "host_key", ETC / "credentials", ETC / "authorized_keys")
    await acceptor.wait_closed()


asyncio.run(main(sys.argv[1]))
