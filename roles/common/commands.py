"""Commands that a plan can explain."""

from typing import Any

from pyinfra.api import QuoteString, StringCommand


class WriteFile(StringCommand):
    """Replace a file in one atomic step, its content sent over stdin: never in argv, never in /tmp.

    Where a check is given (a command with {} for the new file), it must pass before the file is replaced: a refused
    configuration leaves the old one in place. `secret` keeps the content out of plans.
    """

    def __init__(
        self, path: str, content: str, *, user: str, group: str, mode: str, check: str | None, secret: bool
    ) -> None:
        self.path, self.content, self.secret = path, content, secret
        validate = ["&&", check.replace("{}", '"$t"')] if check else []
        super().__init__(
            *("umask", "077;", "t=$(mktemp", QuoteString(path + ".XXXXXX"), ")"),
            *("&&", "{", "cat", ">", '"$t"', "&&", "chown", QuoteString(f"{user}:{group}"), '"$t"'),
            *("&&", "chmod", QuoteString(mode), '"$t"', *validate),
            *("&&", "mv", "-f", '"$t"', QuoteString(path), ";", "}"),
            *("||", "{", "rm", "-f", '"$t";', "exit", "1;", "}"),
            _stdin=content,
        )


class Explained(StringCommand):
    """A command that does many things at once, with what it does to each, in words."""

    def __init__(self, *bits: Any, changes: list[str], **arguments: Any) -> None:
        self.changes = changes
        super().__init__(*bits, **arguments)
