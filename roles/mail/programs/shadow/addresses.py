"""Where a message goes: Postfix's own lists, read as Postfix reads them."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path("/etc/postfix")
DEPTH = 20  # of aliases in aliases; the lists that we render have none


@dataclass(frozen=True)
class Addresses:
    """The mailboxes of this server, its aliases, and who keeps what is sent in which name."""

    mailboxes: frozenset[str]
    aliases: dict[str, tuple[str, ...]]
    copies: dict[str, tuple[str, ...]]

    def mailbox(self, address: str) -> str | None:
        """The mailbox that an address is delivered to; None: it is elsewhere."""
        plain, _ = parts(address)
        return plain if plain in self.mailboxes else None

    def of(self, sender: str, recipients: Iterable[str]) -> tuple[str, ...]:
        """Each address that a message is delivered to, once."""
        wanted = [*recipients, *self.copies.get(parts(sender)[0], ())]
        return tuple(dict.fromkeys(each for address in wanted for each in self._expanded(address, DEPTH)))

    def _expanded(self, address: str, depth: int) -> Iterable[str]:
        plain, extension = parts(address)
        found = self.aliases.get(f"{plain.partition('@')[0]}{extension}@{plain.partition('@')[2]}")
        if found is None and (found := self.aliases.get(plain)) is not None and extension:
            # Postfix gives the extension on (propagate_unmatched_extensions).
            found = tuple(f"{local}{extension}@{domain}" for local, _, domain in (a.partition("@") for a in found))
        if found is None or not depth:
            return (address,)
        return (each for member in found for each in self._expanded(member, depth - 1))


def parts(address: str) -> tuple[str, str]:
    """An address in lower case without its + part, and that part."""
    local, _, domain = address.lower().rpartition("@")
    plain, plus, extension = local.partition("+")
    return f"{plain}@{domain}", plus + extension


class Lists:
    """The present lists: read anew when one of them changes."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._files = {name: folder / name for name in ("mailboxes", "aliases", "copies")}
        self._seen: tuple[float, ...] = ()
        self._addresses = Addresses(frozenset(), {}, {})

    def __call__(self) -> Addresses:
        seen = tuple(path.stat().st_mtime for path in self._files.values())
        if seen != self._seen:
            mailboxes, aliases, copies = (_read(path) for path in self._files.values())
            self._addresses, self._seen = Addresses(frozenset(mailboxes), aliases, copies), seen
        return self._addresses


def _read(path: Path) -> dict[str, tuple[str, ...]]:
    """A texthash table: a key, white space, values with commas."""
    lines = (line.split(maxsplit=1) for line in path.read_text().splitlines() if line[:1] not in ("#", ""))
    return {line[0].lower(): tuple(word.strip() for word in line[1].split(",")) for line in lines if len(line) == 2}
