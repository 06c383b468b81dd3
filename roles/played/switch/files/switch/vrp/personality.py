"""Huawei VRP, as one of the platforms that can be played."""

import re
from pathlib import Path

from ..machine import Switch
from ..meaning import Configuration
from ..personality import Personality
from ..unplugged import Unplugged
from .cli import Session
from .config import PORTS, Config

END = "return\n"


class HuaweiVRP(Personality):
    name = "huawei_vrp"
    ports = PORTS

    def session(self, switch: Switch, user: str = "console", privileged: bool = True) -> Session:  # noqa: ARG002 (asked of all)
        """Privileges are the user's. The console of tests and single commands is no terminal: it has no pages."""
        return Session(switch, user, terminal=user != "console")

    def factory(self) -> Config:
        return Config()

    def load(self, text: str) -> Config:
        """The lines of a saved configuration, typed. Raises Refused."""
        session = Session(Switch(Unplugged(), Path("nowhere"), self))
        session.configuring = True
        for line in text.removesuffix(END).splitlines():
            if line not in ("interface NULL0", "user-interface con 0"):
                session.run(line)
        config: Config = session.switch.config
        return config

    def dump(self, configuration: Configuration) -> str:
        return f"{configuration.render()}\n{END}"

    def refuses(self, output: str) -> bool:
        return re.search(r"^Error:", output, re.MULTILINE) is not None


VRP = HuaweiVRP()
