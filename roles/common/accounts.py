"""Local accounts of services: one question for each, where pyinfra's own reads every account of the host."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

from pyinfra import host
from pyinfra.api import FactBase, QuoteString, StringCommand, operation

from roles.common.commands import Explained


@dataclass(frozen=True)
class LocalAccount:
    """A line of passwd(5), with all of the account's groups."""

    uid: int
    home: str
    shell: str
    groups: frozenset[str]


class GroupNumber(FactBase[int | None]):
    """The number of a local group; None where there is none."""

    def command(self, group: str) -> StringCommand:
        return StringCommand("{ getent group", QuoteString(group), "|| test $? = 2; }")

    def process(self, output: Any) -> int:
        return int(next(iter(output)).split(":")[2])


class Account(FactBase[LocalAccount | None]):
    """A local account; None where there is none."""

    def command(self, user: str) -> StringCommand:
        quoted = QuoteString(user)
        return StringCommand(
            "! getent passwd", quoted, ">/dev/null || { getent passwd", quoted, "; id -nG", quoted, "; }"
        )

    def process(self, output: Any) -> LocalAccount:
        line, groups = list(output)
        _, _, uid, _, _, home, shell = line.split(":")
        return LocalAccount(int(uid), home, shell, frozenset(groups.split()))


@operation()
def local_group(group: str, gid: int | None = None, system: bool = False) -> Generator[Explained, None, None]:
    """
    Ensure a local group.

    + group: its name
    + gid: its number, where it matters
    + system: take the number among those of the system
    """
    number = host.get_fact(GroupNumber, group=group)
    options = [*(["--system"] if system else []), *([f"--gid {gid}"] if gid is not None else [])]
    if number is None:
        yield Explained("groupadd", *options, QuoteString(group), changes=[f"group {group}: create"])
    elif gid is not None and number != gid:
        yield Explained("groupmod --gid", str(gid), QuoteString(group), changes=[f"group {group}: number {gid}"])
    else:
        host.noop(f"group {group} exists")


@operation()
def local_user(
    user: str,
    home: str,
    shell: str,
    group: str | None = None,
    groups: Sequence[str] = (),
    uid: int | None = None,
    create_home: bool = False,
) -> Generator[Explained, None, None]:
    """
    Ensure a local account.

    + user: its name
    + home: its folder
    + shell: its login shell
    + group: its primary group; one of its own name where none is given
    + groups: those that it must also be in
    + uid: its number, where it matters
    + create_home: make the folder with the account
    """
    account = host.get_fact(Account, user=user)
    others = QuoteString(",".join(groups))
    number = f"--uid {uid}" if uid is not None else ""
    settings = ["--home-dir", QuoteString(home), "--shell", QuoteString(shell), number]
    if account is None:
        primary = ["--gid", QuoteString(group)] if group else ["--user-group"]
        yield Explained(
            *("useradd", "--create-home" if create_home else "--no-create-home", *primary),
            *(*settings, *(["--groups", others] if groups else []), QuoteString(user)),
            changes=[f"account {user}: create"],
        )
        return
    differs = [
        *(["shell"] if account.shell != shell else []),
        *(["home"] if account.home != home else []),
        *(["number"] if uid is not None and account.uid != uid else []),
        *(f"in {name}" for name in (*groups, group or user) if name not in account.groups),
    ]
    if not differs:
        host.noop(f"account {user} is as it must be")
        return
    primary = [] if (group or user) in account.groups else ["--gid", QuoteString(group or user)]
    yield Explained(
        *("usermod", *primary, *(["--append --groups", others] if groups else []), "--home", QuoteString(home)),
        *("--shell", QuoteString(shell), number, QuoteString(user)),
        changes=[f"account {user}: {', '.join(differs)}"],
    )
