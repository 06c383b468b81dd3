"""The folders of mailboxes: each has the id of its person for its name, and that of somebody who left is kept."""

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


def _is_of_a_person(path: str) -> bool:
    """Folders of before have names of institutions, in small letters; ids have none."""
    place = PurePosixPath(path)
    return str(place.parent) == STORE and not any(letter.islower() for letter in place.name)
