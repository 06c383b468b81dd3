"""One session of the command line: a line in, what the device answers out. It knows nothing of SSH."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Container, Mapping
from typing import ClassVar

from ..grammar import Command, Grammar, Invalid, Refused
from ..lines import filtered, negation
from ..machine import DataPlaneError, Switch
from .grammar import invalid
from .settings import continue_banner


class Session(ABC):
    """Modes: `>` user, `#` privileged, `(config)#` and its sections. What the commands are, each device says."""

    commands: ClassVar[Mapping[str, list[Command]]]  # of configuration mode, by the kind of section
    privileges: ClassVar[list[Command]]  # of user and privileged mode …
    unprivileged: ClassVar[Container[tuple[str, ...]]]  # … of which user mode has those that begin so
    grammar: ClassVar[Grammar]
    modes: ClassVar[Mapping[str, str]]  # how each kind of section shows in the prompt

    def __init__(self, switch: Switch, privileged: bool = True, user: str = "console") -> None:
        self.switch = switch
        self.privileged = privileged
        self.user = user
        self.configuring = False
        self.headers: tuple[str, ...] = ()  # the sections that lines go to; `vlan 10,20` opens two
        self.question: str | None = None
        self.hidden = False  # whether the answer is a password
        self.banner: tuple[str, list[str]] | None = None  # one that goes on: its delimiter, and its lines so far
        self.closed = False
        self._answered: Callable[[str], str] = lambda _line: ""
        self._went_back = switch.went_back

    @property
    def prompt(self) -> str:
        if self.question is not None:
            return self.question
        if self.banner is not None:
            return ""
        name = self.switch.config.hostname[:20]
        if self.configuring:
            return f"{name}({self.modes[self.section]})#"
        return f"{name}{'#' if self.privileged else '>'}"

    def feed(self, line: str) -> str:
        """Take one line; the answer has no trailing newline."""
        self.switch.tick()
        if self._went_back != self.switch.went_back:
            self._went_back, self.headers = self.switch.went_back, ()
        configuring = self.configuring
        try:
            output = self.run(line)
            if configuring:
                self.switch.plane.apply(self.switch.config)
        except Invalid as error:
            return f"{' ' * (len(self.prompt) + error.column)}^\n{error}\n"
        except Refused as error:
            return str(error)
        except DataPlaneError as error:
            return f"% Data plane: {error}"
        return output

    def run(self, line: str) -> str:
        """Take one line without touching the data plane. Raises Refused."""
        if self.question is not None:
            self.question, self.hidden = None, False
            return self._answered(line)
        if self.banner is not None:
            continue_banner(self, line)
            return ""
        if not line.strip() or line.lstrip().startswith("!"):
            return ""
        return self._configure(line) if self.configuring else self.execute(line)

    def ask(self, question: str, answered: Callable[[str], str], hidden: bool = False) -> str:
        """Wait for one line; `answered` gets it, and may ask again."""
        self.question, self._answered, self.hidden = question, answered, hidden
        return ""

    def end(self) -> None:
        """Leave configuration mode from anywhere, as Ctrl-Z does."""
        self.configuring, self.headers = False, ()

    @property
    def section(self) -> str:
        """The kind of section that is open: the name of its table of commands."""
        return self.kind(self.headers)

    @abstractmethod
    def kind(self, headers: tuple[str, ...]) -> str:
        """The same of other sections."""

    def leave(self) -> None:
        """Out of a section."""
        self.headers = ()

    def around(self) -> list[tuple[str, ...]]:
        """The sections that a line may be meant for: the one that is open, and those around it."""
        return [self.headers, ()] if self.headers else [()]

    def execute(self, line: str) -> str:
        """Run a command of user or privileged mode. Raises Refused."""
        text, _, wanted = line.partition("|")
        known = self.privileges
        commands = known if self.privileged else [c for c in known if c.words[:2] in self.unprivileged]
        match = self.grammar.parse(text, commands)
        output: str = match.command.run(self, *match.arguments)
        return filtered(output, wanted.strip(), Refused("% Incomplete command.")) if wanted else output

    def _configure(self, line: str) -> str:
        no, body = negation(line, "no")
        offset = len(line) - len(body)
        furthest = 0
        for headers in self.around():  # what is around a section is taken from within it too
            try:
                match = self.grammar.parse(body, self.commands[self.kind(headers)], partial=no)
            except Invalid as error:
                furthest = max(furthest, error.column)
                continue
            self.headers = headers
            output: str = match.command.run(self, match, no)
            return output
        raise invalid(furthest + offset)
