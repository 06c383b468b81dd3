"""Where each folder of an old mailbox goes in ours. Pure: names in, names out."""

import re
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

INBOX = "INBOX"
ALL = "All"  # Gmail's: every message once more
VIRTUAL = ("Flagged", "Important")  # views of what is in other folders
NO_FOLDER = ("\\noselect", "\\nonexistent")
# Where an old server does not say what a folder is for (RFC 6154): the names that programs gave it, without accents.
USUAL = {
    "Sent": "sent|sent items|sent messages|sent mail|sent-mail|envoye|envoyes|elements envoyes|messages envoyes|"
    "courriers envoyes|courrier envoye|mails envoyes|objets envoyes",
    "Drafts": "drafts|draft|brouillons|brouillon",
    "Trash": "trash|deleted items|deleted messages|deleted|bin|corbeille|elements supprimes|messages supprimes|"
    "objets supprimes|supprimes",
    "Junk": "junk|junk e-mail|junk email|junk mail|spam|spams|bulk mail|courrier indesirable|courriel indesirable|"
    "messages indesirables|indesirables|indesirable|pourriel|pourriels",
    "Archive": "archive|archives",
}
# What Exchange shows as folders of mail, and is none.
OFFICE = (
    "calendar|calendrier|contacts|tasks|taches|journal|notes|outbox|boite d'envoi|sync issues|"
    "problemes de synchronisation|conversation history|historique des conversations|rss feeds|flux rss|"
    "conversation action settings|quick step settings"
)


@dataclass(frozen=True)
class Found:
    """A folder as the old server lists it."""

    wire: bytes  # its name, as the server wants to hear it
    attributes: frozenset[str]  # in small letters
    separator: str  # nothing where there are no folders within folders


@dataclass(frozen=True)
class Folder:
    """A folder that is brought, and where to."""

    wire: bytes
    name: str
    target: str
    all: bool = False  # only what no other folder has


@dataclass
class Plan:
    """All folders of a mailbox: what is brought, what is not and why."""

    folders: list[Folder] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)

    @property
    def renamed(self) -> dict[str, str]:
        """The folders that people find under another name than the one that they gave, and which."""
        return {each.name: each.target for each in self.folders if each.target not in (each.name, INBOX)}


def planned(
    found: Iterable[Found], prefix: str, ours: Mapping[str, str], reserved: Iterable[str], office: bool = False
) -> Plan:
    """Where each folder goes.

    `prefix` is what the old server puts before the names of folders beside the inbox (INBOX.), `ours` our folders by
    their use, `reserved` names at the top that are not for mail that is put there; `office`: it is an Exchange.
    """
    listed = [(each, _parts(each, prefix)) for each in found]
    names = {each.wire: parts for each, parts in listed if not set(NO_FOLDER) & each.attributes}
    of_use: dict[tuple[str, ...], str] = {}
    for each, parts in listed:
        use = next((use for use in ours if f"\\{use.lower()}" in each.attributes), None)
        if use is None and len(parts) == 1:
            use = next((use for use, usual in USUAL.items() if plain(parts[0]) in usual.split("|")), None)
        if use is not None and use in ours and parts != (INBOX,):
            of_use[parts] = ours[use]
    plan = Plan()
    for each, parts in listed:
        if each.wire not in names:
            continue
        name = "/".join(parts)
        whole = f"\\{ALL.lower()}" in each.attributes
        if any(f"\\{use.lower()}" in each.attributes for use in VIRTUAL):
            plan.left_out[name] = "une vue de ce qui est dans d'autres dossiers"
        elif office and plain(parts[0]) in OFFICE.split("|"):
            plan.left_out[name] = "n'est pas du courrier"
        elif whole:
            plan.folders.append(Folder(each.wire, name, ours.get("Archive", name), all=True))
        else:
            plan.folders.append(Folder(each.wire, name, _target(parts, of_use, reserved)))
    plan.folders.sort(key=lambda folder: (folder.all, folder.name != INBOX))
    return plan


def _parts(found: Found, prefix: str) -> tuple[str, ...]:
    name = unicodedata.normalize("NFC", decoded(found.wire))
    if name.upper() == INBOX:
        return (INBOX,)
    for before in filter(None, (prefix, f"{INBOX}{found.separator}" if found.separator else "")):
        if name.upper().startswith(before.upper()) and len(name) > len(before):
            name = name[len(before) :]
            break
    return tuple(name.split(found.separator)) if found.separator else (name,)


def _target(parts: tuple[str, ...], of_use: Mapping[tuple[str, ...], str], reserved: Iterable[str]) -> str:
    if parts == (INBOX,):
        return INBOX
    for length in range(len(parts), 0, -1):
        if above := of_use.get(parts[:length]):
            return "/".join([above, *map(allowed, parts[length:])])
    top, *below = map(allowed, parts)
    if plain(top) in map(plain, (*reserved, INBOX)):
        top = f"{top} (ancien)"
    return "/".join([top, *below])


def allowed(part: str) -> str:
    """A name that our store can have: a point would divide it, a star is a pattern."""
    return re.sub(r"[./*%\x00-\x1f\x7f]", "-", part).strip() or "sans nom"


def plain(name: str) -> str:
    """In small letters, without accents."""
    bare = unicodedata.normalize("NFKD", name.replace("’", "'")).casefold()
    return "".join(letter for letter in bare if not unicodedata.combining(letter)).strip()


def decoded(wire: bytes) -> str:
    """A name from the wire: UTF-7 as IMAP has it (RFC 3501, 5.1.3); what old servers let through in 8 bits too."""
    try:
        text = wire.decode("ascii")
    except UnicodeDecodeError:
        try:
            return wire.decode()
        except UnicodeDecodeError:
            return wire.decode("latin-1")
    try:
        return re.sub("&([^-]*)-", lambda each: _wide(each[1]), text)
    except ValueError:
        return text


def encoded(name: str) -> bytes:
    """A name for the wire."""
    return re.sub("&|[^ -~]+", lambda each: _seven(each[0]), name).encode("ascii")


def _wide(packed: str) -> str:
    if not packed:
        return "&"
    return b64decode(packed.replace(",", "/") + "=" * (-len(packed) % 4)).decode("utf-16-be")


def _seven(text: str) -> str:
    packed = "" if text == "&" else b64encode(text.encode("utf-16-be")).decode().rstrip("=").replace("/", ",")
    return f"&{packed}-"
