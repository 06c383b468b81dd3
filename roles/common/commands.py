"""Commands that a plan can explain: what each does, in words, before it does it."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pyinfra.api import QuoteString, StringCommand

Risk = Literal["", "interruption", "removal", "lockout"]
Before = Literal["nothing", "same content", "other content"]
Removed = Literal["", "account", "share", "vlan", "record", "mailbox", "alias"]


@dataclass(frozen=True)
class Says:
    """One effect in words; the institution that it is of ("" for the platform), and what it takes away, if anything."""

    text: str
    institution: str = ""
    removes: Removed = ""


class WriteFile(StringCommand):
    """Replace a file in one atomic step, its content sent over stdin: never in argv, never in /tmp.

    Where a check is given (a command with {} for the new file), it must pass before the file is replaced: a refused
    configuration leaves the old one in place. So does a content that did not arrive whole: stdin just ends where the
    connection is lost. `secret` keeps the content out of plans. `removes` is the kind of thing that a line of the file
    declares, and the pattern that finds its name. `before` is what is known of the file that it replaces.
    """

    def __init__(
        self,
        path: str,
        content: str | bytes,
        *,
        user: str,
        group: str,
        mode: str,
        check: str | None,
        secret: bool,
        removes: tuple[Removed, str] | None = None,
        before: Before = "other content",
    ) -> None:
        self.path, self.content, self.secret, self.removes, self.before = path, content, secret, removes, before
        validate = ["&&", check.replace("{}", '"$t"')] if check else []
        binary = isinstance(content, bytes)
        size = len(content) if isinstance(content, bytes) else len(content.encode())
        super().__init__(
            *("umask", "077;", "t=$(mktemp", QuoteString(path + ".XXXXXX"), ")"),
            *("&&", "{", "base64 -d" if binary else "cat", ">", '"$t"', f'&& test $(wc -c <"$t") = {size}'),
            *("&&", "chown", QuoteString(f"{user}:{group}"), '"$t"'),
            *("&&", "chmod", QuoteString(mode), '"$t"', *validate),
            *("&&", "mv", "-f", '"$t"', QuoteString(path), ";", "}"),
            *("||", "{", "rm", "-f", '"$t";', "exit", "1;", "}"),
            _stdin=b64encode(content).decode() if isinstance(content, bytes) else content,
        )


class Explained(StringCommand):
    """A command, and in words what it does to each thing that it changes.

    - risk: what a person should look at first
    - opens: what the host is afterwards cannot be told before (packages bring files, units and accounts): what a plan
      says of later steps is then what is known today
    - foreseen: False where the words are all that is known of its effect
    - unit: the verb and the unit of systemctl, where it is that
    """

    def __init__(
        self,
        *bits: Any,
        changes: Sequence[str | Says],
        risk: Risk = "",
        opens: bool = False,
        foreseen: bool = True,
        unit: tuple[str, str] | None = None,
        **arguments: Any,
    ) -> None:
        self.changes = [change if isinstance(change, Says) else Says(change) for change in changes]
        self.risk: Risk = risk or ("removal" if any(change.removes for change in self.changes) else "")
        self.opens, self.foreseen, self.unit = opens, foreseen, unit
        super().__init__(*bits, **arguments)
