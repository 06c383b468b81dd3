"""Cisco IOS, as one of the platforms that can be played."""

import re
from pathlib import Path

from ..machine import Switch
from ..meaning import Configuration
from ..personality import Personality
from ..unplugged import Unplugged
from .cli import Session
from .config import PORTS, Config

END = "end\n"


class CiscoIOS(Personality):
    name = "cisco_ios"
    ports = PORTS

    def session(self, switch: Switch, user: str = "console", privileged: bool = True) -> Session:
        return Session(switch, privileged, user)

    def factory(self) -> Config:
        return Config()

    def load(self, text: str) -> Config:
        """The lines of a startup configuration, typed. Raises Refused."""
        session = Session(Switch(Unplugged(), Path("nowhere"), self))
        session.configuring = True
        for line in text.removesuffix(END).splitlines():
            session.run(line)
        config: Config = session.switch.config
        return config

    def dump(self, configuration: Configuration) -> str:
        """With what is saved beside it: the users of SNMP."""
        users = configuration.users.values() if isinstance(configuration, Config) else ()
        return "\n".join([configuration.render(), *users, END])

    def refuses(self, output: str) -> bool:
        return re.search(r"^% ", output, re.MULTILINE) is not None


IOS = CiscoIOS()
