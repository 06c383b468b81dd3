"""HP ProCurve, as one of the platforms that can be played."""

import re
from pathlib import Path

from ..machine import Switch
from ..meaning import Configuration
from ..personality import Personality
from ..unplugged import Unplugged
from .cli import Session
from .config import DEFAULT, Config
from .ports import PORTS

REFUSALS = r"^(Invalid|Incomplete|Ambiguous) input|^Module not present|^Error|^The .*(already exists|cannot be )"


class ProCurve(Personality):
    name = "hp_procurve"
    ports = PORTS

    def session(self, switch: Switch, user: str = "console", privileged: bool = True) -> Session:
        """The console of tests and single commands is no terminal: neither greeting nor pages nor escape codes."""
        return Session(switch, privileged, user, terminal=user != "console")

    def factory(self) -> Config:
        return Config()

    def load(self, text: str) -> Config:
        """The lines of a startup configuration, typed. Raises Refused."""
        session = Session(Switch(Unplugged(), Path("nowhere"), self))
        session.configuring = True
        config: Config = session.switch.config
        config.members[DEFAULT].untagged, config.members[DEFAULT].addresses = set(), []
        for line in text.splitlines():
            if line == "snmpv3 enable":  # it asked when it was typed
                config.lines[line] = line
            elif not re.match(r" +no (un)?tagged ", line):  # where a port is, is said where it is
                session.run(line)
        config.settle()
        return config

    def dump(self, configuration: Configuration) -> str:
        return f"{configuration.render()}\n"

    def refuses(self, output: str) -> bool:
        return re.search(REFUSALS, output, re.MULTILINE) is not None


PROCURVE = ProCurve()
