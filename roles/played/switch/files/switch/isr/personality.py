"""Cisco IOS XE, as one of the platforms that can be played: an edge router."""

import re
from pathlib import Path

from ..ios.personality import END, CiscoIOS
from ..machine import Switch
from ..unplugged import Unplugged
from .cli import Session
from .config import PORTS, Config

CONTENT = " Not all config may be removed|No specific protocol configured"  # it begins with %, and is no refusal


class CiscoRouter(CiscoIOS):
    name = "cisco_ios_router"
    ports = PORTS

    def session(self, switch: Switch, user: str = "console", privileged: bool = True) -> Session:
        return Session(switch, privileged, user)

    def factory(self) -> Config:  # type: ignore[override]  # another kind of configuration
        return Config()

    def load(self, text: str) -> Config:  # type: ignore[override]  # as in `factory`
        """The lines of a startup configuration, typed. Raises Refused."""
        session = Session(Switch(Unplugged(), Path("nowhere"), self))
        session.configuring = True
        for port in PORTS:  # one that is saved without `shutdown` is up
            session.switch.config.section(f"interface {port}").clear()
        for line in text.removesuffix(END).splitlines():
            session.run(line)
        config: Config = session.switch.config
        return config

    def refuses(self, output: str) -> bool:
        return re.search(rf"^(%(?!{CONTENT})|BGP is already running|Bad mask)", output, re.MULTILINE) is not None


ROUTER = CiscoRouter()
