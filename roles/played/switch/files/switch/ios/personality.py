"""Cisco IOS, as one of the platforms that can be played."""

import re

from ..cisco.personality import Cisco
from .cli import Session
from .config import PORTS, Config


class CiscoIOS(Cisco):
    name = "cisco_ios"
    ports = PORTS
    configuration = Config
    command_line = Session

    def refuses(self, output: str) -> bool:
        return re.search(r"^% ", output, re.MULTILINE) is not None


IOS = CiscoIOS()
