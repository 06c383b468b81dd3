"""One session of the command line: a line in, what the switch answers out. It knows nothing of SSH."""

from collections.abc import Callable

from ..grammar import Command, Invalid, Match, Refused
from ..lines import negation
from ..machine import DataPlaneError, Switch
from .configuration import CONFIG, PORT, TOP, VLAN
from .executive import EXEC, UNPRIVILEGED
from .grammar import GRAMMAR, parse

GREETING = """\
HP J9776A 2530-24G Switch, played by the lab
Software revision YA.16.11.0003

(C) Copyright 2021 Hewlett Packard Enterprise Development LP
                   RESTRICTED RIGHTS LEGEND

Press any key to continue"""
MORE = "-- MORE --, next page: Space, next line: Enter, quit: Control-C"
PAGE = 22  # lines
ENTER, SPACE = ("", "\n", "\r"), " "


class Session:
    """Modes: `>` operator, `#` manager, `(config)#` and its contexts. What a terminal is sent has escape codes."""

    def __init__(self, switch: Switch, privileged: bool = True, user: str = "console", terminal: bool = False) -> None:
        self.switch = switch
        self.privileged = privileged
        self.user = user
        self.terminal = terminal
        self.configuring = False
        self.context: tuple[str, str] | None = None  # VLAN or PORT, and which
        self.paged = terminal
        self.question: str | None = GREETING if terminal else None
        self.hidden = False  # whether the answer is a password
        self.closed = False
        self._answered: Callable[[str], str] = lambda _key: ""
        self._more: list[str] = []
        self._went_back = switch.went_back

    @property
    def prompt(self) -> str:
        text = self._plain_prompt
        if not self.terminal or self.keyed:
            return text
        clear, column = "\x1b[1;24r\x1b[24;1H\x1b[24;1H\x1b[2K\x1b[24;1H\x1b[?25h\x1b[24;1H\x1b[24;1H", len(text) + 1
        return f"{clear}{text}\x1b[24;{column}H\x1b[24;1H\x1b[?25h\x1b[24;{column}H"

    @property
    def keyed(self) -> bool:
        """Whether one key is waited for, without Enter."""
        return bool(self._more) or (self.question is not None and not self.hidden)

    @property
    def _plain_prompt(self) -> str:
        if self._more:
            return MORE
        if self.question is not None:
            return self.question
        name = self.switch.config.hostname
        if not self.configuring:
            return f"{name}{'#' if self.privileged else '>'} "
        kind, which = self.context or (TOP, "")
        inside = {TOP: "config", VLAN: f"vlan-{which}", PORT: f"eth-{which}"}[kind]
        return f"{name}({inside})# "

    def ask(self, question: str, answered: Callable[[str], str], hidden: bool = False) -> str:
        """Wait for `y` or `n`, or for a password where it is hidden; `answered` gets it."""
        self.question, self._answered, self.hidden = question, answered, hidden
        return ""

    def feed(self, line: str) -> str:
        """Take one line, or one key where one is waited for; the answer has no trailing newline."""
        self.switch.tick()
        if self._went_back != self.switch.went_back:
            self._went_back, self.context = self.switch.went_back, None
        if self._more:
            return self._page(line[:1])
        if self.question is not None:
            return self._answer(line if self.hidden else line[:1].lower())
        configuring = self.configuring
        try:
            output = self.run(line)
            if configuring or self.configuring:
                self.switch.plane.apply(self.switch.config)
        except Invalid as error:
            return f"{error}: {line[error.column :].split()[0]}"
        except Refused as error:
            return f"{error}: {line.split()[-1]}" if str(error) == GRAMMAR.incomplete else str(error)
        except DataPlaneError as error:
            return f"Error: data plane: {error}"
        lines = output.splitlines()
        if not self.paged or len(lines) <= PAGE:
            return output
        self._more = lines
        return self._page(SPACE)

    def _page(self, key: str) -> str:
        shown = 1 if key in ENTER else PAGE if key == SPACE else 0
        page, self._more = self._more[:shown], self._more[shown:] if shown else []
        return "\n".join(page)

    def _answer(self, key: str) -> str:
        if self.question == GREETING:
            self.question = None
            return ""
        if key not in ("y", "n") and not self.hidden:
            return ""
        self.question, self.hidden = None, False
        try:
            return self._answered(key)
        except Refused as error:
            return str(error)

    def end(self) -> None:
        """Leave configuration mode from anywhere, as Ctrl-Z does."""
        self.configuring, self.context = False, None

    def leave(self) -> str:
        """`exit`: one level up."""
        if self.context:
            self.context = None
        elif self.configuring:
            self.configuring = False
        elif self.privileged:
            self.privileged = False
        else:
            self.closed = True
        return ""

    def run(self, line: str) -> str:
        """Take one line without touching the data plane. Raises Refused."""
        if not line.strip() or line.lstrip().startswith(";"):
            return ""
        if not self.configuring:
            return self.execute(line)
        # A global command is taken from within a context too, and so is a command of the manager.
        tables = [*([CONFIG[self.context[0]]] if self.context else []), CONFIG[TOP]]
        furthest = Invalid(0, GRAMMAR.invalid)
        for table in tables:
            try:
                match, no = self.parsed(line, table)
            except Invalid as error:
                furthest = max(furthest, error, key=lambda each: each.column)
                continue
            if table is CONFIG[TOP]:
                self.context = None
            output: str = match.command.run(self, match, no)
            return output
        try:
            return self.execute(line)
        except Invalid as error:
            raise max(furthest, error, key=lambda each: each.column) from None

    def parsed(self, line: str, table: list[Command]) -> tuple[Match, bool]:
        """The command of a table that a line means, and whether `no` takes it back. Raises Refused."""
        no, body = negation(line, "no")
        if not no:
            return parse(line, table), False
        try:
            return parse(body, table, partial=True), True
        except Invalid as error:
            raise Invalid(error.column + len(line) - len(body), GRAMMAR.invalid) from None

    def execute(self, line: str) -> str:
        """Run a command of the operator or the manager. Raises Refused."""
        commands = EXEC if self.privileged else [each for each in EXEC if each.words[:2] in UNPRIVILEGED]
        match = parse(line, commands)
        output: str = match.command.run(self, *match.arguments)
        return output
