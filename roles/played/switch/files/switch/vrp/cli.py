"""One session of the command line: a line in, what the switch answers out. It knows nothing of SSH."""

import re
from collections.abc import Callable

from ..grammar import Invalid, Match, Refused
from ..lines import filtered, negation
from ..machine import DataPlaneError, Switch
from .config import AAA, TOP
from .configuration import VIEWS
from .grammar import invalid, parse
from .user import DISPLAY, USER

PAGE = 24  # lines, until `screen-length`
MORE = "  ---- More ----"
CHOOSE = "Error: Please choose 'YES' or 'NO' first before pressing 'Enter'. [Y/N]:"


class Session:
    """Views: <sw1> user, [sw1] system, and those in it: [sw1-vlan10], [sw1-GigabitEthernet0/0/1]."""

    def __init__(self, switch: Switch, user: str = "console", terminal: bool = False) -> None:
        self.switch = switch
        self.user = user
        self.page = PAGE if terminal else 0
        self.configuring = False
        self.header = TOP  # the section that lines go to
        self.closed = False
        self.hidden = False  # whether the answer is a password
        self.typed = ""  # the line that is being taken
        self._question: tuple[str, Callable[[str], str]] | None = None
        self._more: list[str] = []
        self._went_back = switch.went_back

    @property
    def prompt(self) -> str:
        if self._more:
            return MORE
        if self._question is not None:
            return self._question[0]
        name = self.switch.config.hostname
        if not self.configuring:
            return f"<{name}>"
        return f"[{name}{_suffix(self.header)}]"

    @property
    def keyed(self) -> bool:
        """Whether one key is waited for, without Enter."""
        return bool(self._more)

    def ask(
        self,
        question: str,
        yes: Callable[..., str],
        otherwise: Callable[[], str] = lambda: "",
        any_answer: bool = False,
        hidden: bool = False,
    ) -> None:
        """Wait for an answer: y or n, unless any is one. A hidden one is a password."""
        self.hidden = hidden

        def answered(text: str) -> str:
            if any_answer:
                return yes(text)
            if text[:1].lower() not in ("y", "n"):
                self._question = (CHOOSE, answered)
                return ""
            return yes() if text[:1].lower() == "y" else otherwise()

        self._question = (question, answered)

    def feed(self, line: str) -> str:
        """Take one line; the answer has no trailing newline."""
        self.switch.tick()
        if self._went_back != self.switch.went_back:
            self._went_back, self.header = self.switch.went_back, TOP
        if self._more:
            return self._next(line)
        where = len(self.prompt)
        try:
            output = self.run(line)
            if self.configuring:
                self.switch.plane.apply(self.switch.config)
        except Invalid as error:
            return f"{' ' * (where + error.column)}^\n{error}"
        except Refused as error:
            return str(error)
        except DataPlaneError as error:
            return f"Error: Data plane: {error}"
        return self._paged(output)

    def run(self, line: str) -> str:
        """Take one line without touching the data plane. Raises Refused."""
        self.typed = line
        if self._question is not None:
            (_, answered), self._question, self.hidden = self._question, None, False
            return answered(line.strip())
        if not line.strip() or line.lstrip().startswith(("#", "!")):
            return ""
        return self._configure(line) if self.configuring else self._execute(line)

    def end(self) -> None:
        """Back to the user view from anywhere, as Ctrl-Z does."""
        self.configuring, self.header = False, TOP

    def _execute(self, line: str) -> str:
        text, _, wanted = line.partition("|")
        match = parse(text, USER)
        output: str = match.command.run(self, *match.arguments)
        return filtered(output, wanted.strip(), invalid(0)) if wanted else output

    def _configure(self, line: str) -> str:
        undo, body = negation(line, "undo")
        if not undo and re.match(r"\s*dis", line):
            match = parse(line.partition("|")[0], DISPLAY)
            return str(match.command.run(self, *match.arguments))
        match = self._found(body, undo, len(line) - len(body))
        output: str = match.command.run(self, match, undo)
        return output

    def _found(self, body: str, undo: bool, offset: int) -> Match:
        """A command of this view, or of the system view, which is then the one that is open."""
        try:
            return parse(body, VIEWS[_view(self.header)], partial=undo)
        except Invalid as here:
            try:
                match = parse(body, VIEWS[TOP], partial=undo)
            except Invalid as above:
                raise invalid(max(here.column, above.column) + offset) from None
            self.header = TOP
            return match

    def _paged(self, output: str) -> str:
        lines = output.split("\n")
        if not self.page or len(lines) <= self.page:
            return output
        self._more = lines[self.page :]
        return "\n".join(lines[: self.page])

    def _next(self, key: str) -> str:
        """Space is a page, Enter is a line, q is enough."""
        count = len(self._more) if key[:1] in ("q", "\x03") else 1 if key in ("", "\n") else self.page
        shown, self._more = self._more[:count], self._more[count:]
        return "" if key[:1] in ("q", "\x03") else "\n".join(shown)


def _view(header: str) -> str:
    """The name of the table of commands of a section."""
    if header.startswith("interface Gig"):
        return "port"
    return " ".join(header.split()[: 2 if header.startswith("traffic ") else 1])


def _suffix(header: str) -> str:
    if header.startswith("user-interface"):
        return "-ui-" + "-".join(header.split()[1:3]).replace("vty-", "vty") + "-" + header.split()[-1]
    return (
        "" if not header else f"-{AAA}" if header == AAA else "-" + header.removeprefix("interface ").replace(" ", "")
    )
