"""The folders of mailboxes: each has the id of its person for its name, and that of somebody who left is kept."""

from base64 import b64encode
from collections.abc import Generator, Iterable
from pathlib import PurePosixPath

from pyinfra import host
from pyinfra.api import FactBase, QuoteString, StringCommand, operation

from roles.common.commands import Explained
from roles.mail.config import STORE, Mailbox


class Folders(FactBase[dict[str, str]]):
    """The folders of the store and of what they hold (path: owner), without links."""

    default = dict

    def command(self) -> StringCommand:
        return StringCommand(
            *(
                "!",
                "test",
                "-d",
                STORE,
                "||",
                "find",
                STORE,
                "-mindepth 1 -maxdepth 2 -type d ! -name Maildir -printf '%u %p\\n'",
            )
        )

    def process(self, output: Iterable[str]) -> dict[str, str]:
        return {path: owner for owner, _, path in (line.partition(" ") for line in output)}


@operation()
def placed(mailboxes: tuple[Mailbox, ...]) -> Generator[Explained, None, None]:
    """
    Ensure that mail which stands where it did before folders had the ids of people is in its present place.

    In one step that no delivery sees: the folder and a link to it change places, so that both paths lead there.

    + mailboxes: those of the people present
    """
    found = host.get_fact(Folders)
    moves = [(each.before, each.home) for each in mailboxes if each.before in found and each.home not in found]
    if not moves:
        host.noop("every mailbox has its folder")
    for before, home in moves:
        old, new = QuoteString(before), QuoteString(home)
        yield Explained(
            *("ln", "-sfnT", new, new, "&&", "mv", "-T", "--exchange", new, old),
            changes=[f"mailbox {before.removeprefix(f'{STORE}/')}: its folder is {home}"],
        )


@operation()
def kept(mailboxes: tuple[Mailbox, ...], owner: str) -> Generator[Explained, None, None]:
    """
    Ensure that nobody but root reads the mail of somebody who left, and that who came back has it again.

    + mailboxes: those of the people present
    + owner: who serves mail
    """
    present = {each.home for each in mailboxes}
    homes = {path: name for path, name in host.get_fact(Folders).items() if _is_of_a_person(path)}
    for path, has in sorted(homes.items()):
        wanted = owner if path in present else "root"
        if has != wanted:
            says = "is open again" if path in present else "only root reads it from now on"
            yield Explained(
                *("chown", f"{wanted}:{wanted}", QuoteString(path), "&&", "chmod", "700", QuoteString(path)),
                changes=[f"mailbox {PurePosixPath(path).name}: {says}"],
            )
    if all(has == (owner if path in present else "root") for path, has in homes.items()):
        host.noop("what somebody left is root's")


class FoldersOf(FactBase[set[str]]):
    """The folders inside the mailboxes, by their path on the disk (.Drafts), of those that had English names."""

    default = set[str]

    def command(self) -> StringCommand:
        return StringCommand(
            *("!", "test", "-d", STORE, "||", "find", STORE, "-mindepth 3 -maxdepth 3 -path '*/Maildir/.*' -type d")
        )

    def process(self, output: Iterable[str]) -> set[str]:
        return set(output)


@operation()
def named(mailboxes: tuple[Mailbox, ...], folders: dict[str, str]) -> Generator[Explained, None, None]:
    """
    Ensure that folders which had the English names of their uses have those that people see now.

    + mailboxes: those of the people present
    + folders: each name, and the use that was its name before
    """
    found = host.get_fact(FoldersOf)
    moves = [
        (mailbox, name, use)
        for mailbox in mailboxes
        for name, use in folders.items()
        if f"{mailbox.home}/Maildir/.{use}" in found and f"{mailbox.home}/Maildir/.{on_disk(name)}" not in found
    ]
    for mailbox, name, use in moves:
        yield Explained(
            *("doveadm mailbox rename -s -u", QuoteString(mailbox.address), use, QuoteString(name)),
            changes=[f"{mailbox.address}: {use} is {name}"],
        )
    if not moves:
        host.noop("every folder has its name")


def on_disk(name: str) -> str:
    """The name of a folder in the Maildir: UTF-7 as IMAP has it (RFC 3501 5.1.3), one accented letter at a time."""
    return "".join(letter if " " <= letter <= "~" else _seven(letter) for letter in name)


def _seven(letter: str) -> str:
    return f"&{b64encode(letter.encode('utf-16-be')).decode().rstrip('=').replace('/', ',')}-"


def _is_of_a_person(path: str) -> bool:
    """Folders of before have names of institutions, in small letters; ids have none."""
    place = PurePosixPath(path)
    return str(place.parent) == STORE and not any(letter.islower() for letter in place.name)
