"""What a Cisco owes to the rest of the switch, whichever it is: its startup configuration is typed, line by line."""

from pathlib import Path
from typing import Any, ClassVar

from ..machine import Switch
from ..meaning import Configuration
from ..personality import Personality
from ..unplugged import Unplugged
from .cli import Session
from .sections import Sections

END = "end\n"


class Cisco(Personality):
    configuration: ClassVar[Any]  # the class of its Sections, which mean something to a data plane
    command_line: ClassVar[type[Session]]

    def session(self, switch: Switch, user: str = "console", privileged: bool = True) -> Session:
        return self.command_line(switch, privileged, user)

    def factory(self) -> Any:
        return self.configuration()

    def blank(self) -> Any:
        """What a startup configuration is typed into."""
        return self.factory()

    def load(self, text: str) -> Any:
        """The configuration that these lines make. Raises Refused."""
        switch = Switch(Unplugged(), Path("nowhere"), self)
        switch.config = self.blank()
        session = self.session(switch)
        session.configuring = True
        for line in text.removesuffix(END).splitlines():
            session.run(line)
        return switch.config

    def dump(self, configuration: Configuration) -> str:
        """With what is saved beside it: the users of SNMP."""
        users = configuration.users.values() if isinstance(configuration, Sections) else ()
        return "\n".join([configuration.render(), *users, END])
