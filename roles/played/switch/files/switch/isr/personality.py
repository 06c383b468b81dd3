"""Cisco IOS XE, as one of the platforms that can be played: an edge router."""

import re

from ..cisco.personality import Cisco
from .cli import Session
from .config import PORTS, Config

CONTENT = " Not all config may be removed|No specific protocol configured"  # it begins with %, and is no refusal


class CiscoRouter(Cisco):
    name = "cisco_ios_router"
    ports = PORTS
    configuration = Config
    command_line = Session

    def blank(self) -> Config:
        """A port that is saved without `shutdown` is up."""
        config = self.configuration()
        for port in PORTS:
            config.section(f"interface {port}").clear()
        return config

    def refuses(self, output: str) -> bool:
        return re.search(rf"^(%(?!{CONTENT})|BGP is already running|Bad mask)", output, re.MULTILINE) is not None


ROUTER = CiscoRouter()
