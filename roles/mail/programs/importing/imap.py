"""Both ends of an import: the old server over verified TLS, and our own Dovecot through two pipes."""

import imaplib
import re
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import IO, Any

from .folders import Found, decoded, encoded

imaplib._MAXLINE = 50_000_000  # type: ignore[attr-defined]  # a list of 500,000 numbers is one line
PATIENCE = 180  # seconds for an answer of an old server
AT_ONCE = 500  # messages whose headers are asked for together
FIELDS = (b"message-id", b"date", b"from", b"subject")
HEADERS = "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID DATE FROM SUBJECT)]"
LITERAL = re.compile(rb"\{\d+\}$")
LISTED = re.compile(rb'\((?P<attributes>[^)]*)\) (?:"(?P<separator>(?:\\.|[^"\\])*)"|NIL) (?P<name>.*)$', re.DOTALL)
NAMESPACE = re.compile(r'^\(\("((?:\\.|[^"\\])*)"')
QUOTA = re.compile(rb"STORAGE (\d+) (\d+)")
UID, SIZE = re.compile(rb"\bUID (\d+)"), re.compile(rb"\bRFC822\.SIZE (\d+)")
FLAGS, DATE = re.compile(rb"\bFLAGS \(([^)]*)\)"), re.compile(rb'\bINTERNALDATE ("[^"]+")')
APPENDED = re.compile(rb"\[APPENDUID (\d+) (\d+)\]")
# Codes of a refusal that passes (RFC 5530, RFC 3501): everything else is the last word.
PASSES = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]", "try again", "too many")
SYSTEM = {"\\seen", "\\answered", "\\flagged", "\\draft", "\\deleted"}
KEYWORD = re.compile(r"[A-Za-z0-9$_.:+-]{1,50}")


class RefusedError(Exception):
    """A last word of one of the servers: in one line, as people read it."""


class LaterError(Exception):
    """What may pass: the connection broke, the old server is busy."""


@dataclass(frozen=True)
class Message:
    """A message of the old server, without its content."""

    uid: int
    size: int
    flags: frozenset[str]
    date: str  # as IMAP has it, in quotes

    @property
    def day(self) -> str:
        return self.date.strip('" ').split(" ")[0]

    @property
    def second(self) -> int:
        """When it came, since 1970."""
        when = imaplib.Internaldate2tuple(f"INTERNALDATE {self.date}".encode())
        return int(time.mktime(when)) if when else 0


class Pipes(imaplib.IMAP4):
    """IMAP with a process that is logged in from the start."""

    def __init__(self, reader: IO[bytes], writer: IO[bytes]) -> None:
        self._ends = reader, writer
        super().__init__()

    def open(self, host: str = "", port: int = 0, timeout: float | None = None) -> None:
        """It is open."""

    def read(self, size: int) -> bytes:
        return self._ends[0].read(size)

    def readline(self) -> bytes:
        return self._ends[0].readline()

    def send(self, data: Any) -> None:
        self._ends[1].write(data)
        self._ends[1].flush()

    def shutdown(self) -> None:
        for end in self._ends:
            end.close()


class Server:
    """What both have in common."""

    def __init__(self, client: imaplib.IMAP4) -> None:
        self.client = client

    def ask(self, what: str, command: Callable[..., tuple[str, list[Any]]], *arguments: Any) -> list[Any]:
        """What it answers. Raises RefusedError where it says no, LaterError where it breaks off."""
        try:
            kind, data = command(*arguments)
        except (imaplib.IMAP4.abort, OSError, EOFError) as error:
            raise LaterError(f"{what} : {spoken(error)}") from None
        except imaplib.IMAP4.error as error:
            raise RefusedError(f"{what} : {spoken(error)}") from None
        if kind != "OK":
            said = spoken(data[-1] if data else "")
            if any(word.lower() in said.lower() for word in PASSES):
                raise LaterError(f"{what} : {said}")
            raise RefusedError(f"{what} : {said}")
        return data

    def listed(self) -> list[Found]:
        """Its folders."""
        with_uses = '"*" RETURN (SPECIAL-USE)'
        extended = {"SPECIAL-USE", "LIST-EXTENDED"} <= set(self.client.capabilities)
        data = self.ask("liste des dossiers", self.client.list, '""', with_uses if extended else '"*"')
        return [found for each in data if each for found in [_listed(each)] if found]

    def open(self, wire: bytes, readonly: bool = False) -> int:
        """Open a folder: its validity (RFC 3501, 2.3.1.1)."""
        self.ask(f"dossier « {decoded(wire)} »", self.client.select, quoted(wire), readonly)
        values = self.client.response("UIDVALIDITY")[1]
        return int(values[-1]) if values and values[-1] else 0

    def headers(self, uids: Iterable[int], seconds: dict[int, int]) -> Iterator[tuple[int, bytes]]:
        """The key of each message of the open folder."""
        each = sorted(uids)
        for first in range(0, len(each), AT_ONCE):
            some = numbers(each[first : first + AT_ONCE])
            for about, content in pieces(self.ask("en-têtes", self.client.uid, "FETCH", some, f"(UID {HEADERS})")):
                if uid := UID.search(about):
                    yield int(uid[1]), key_of(content or b"", seconds.get(int(uid[1]), 0))

    def messages(self) -> dict[int, Message]:
        """What the open folder holds."""
        data = self.ask("messages", self.client.uid, "FETCH", "1:*", "(UID FLAGS INTERNALDATE RFC822.SIZE)")
        return {message.uid: message for about, _ in pieces(data) if (message := _message(about))}


class Old(Server):
    """The old server, as one person."""

    @classmethod
    def reached(cls, job: dict[str, Any]) -> "Old":
        """Connect and log in. Raises RefusedError, LaterError."""
        context = ssl.create_default_context(cadata=job["authority"] or None)
        host, port = job["host"], job["port"]
        try:
            client: imaplib.IMAP4
            if job["starttls"]:
                client = imaplib.IMAP4(host, port, timeout=PATIENCE)
                client.starttls(context)
            else:
                client = imaplib.IMAP4_SSL(host, port, ssl_context=context, timeout=PATIENCE)
        except ssl.SSLCertVerificationError as error:
            why = error.verify_message
            raise RefusedError(f"{host} : son certificat n'est pas accepté ({why}) ; voir CA=") from None
        except (OSError, EOFError, imaplib.IMAP4.abort) as error:
            raise LaterError(f"{host} ne répond pas : {spoken(error)}") from None
        except imaplib.IMAP4.error as error:
            raise RefusedError(f"{host} : {spoken(error)}") from None
        old = cls(client)
        old._login(job["login"], job["master"], job["password"])
        return old

    def _login(self, login: str, master: str, password: str) -> None:
        offered = self.client.capabilities
        try:
            if "AUTH=PLAIN" in offered or master:
                # As the master, in the name of the person (RFC 4616), or as the person.
                said = "\0".join((login if master else "", master or login, password)).encode()
                self.client.authenticate("PLAIN", lambda _: said)
            else:
                kind, data = self.client._simple_command("LOGIN", quoted(login.encode()), quoted(password.encode()))
                if kind != "OK":
                    raise imaplib.IMAP4.error(spoken(data[-1]))
                self.client.state = "AUTH"
        except (imaplib.IMAP4.abort, OSError, EOFError) as error:
            raise LaterError(f"connexion : {spoken(error)}") from None
        except imaplib.IMAP4.error as error:
            said_back = spoken(error).replace(password, "…") if password else spoken(error)
            if any(word.lower() in said_back.lower() for word in PASSES):
                raise LaterError(said_back) from None
            raise RefusedError(f"l'ancien serveur refuse la connexion de « {login} » ({said_back})") from None
        # Many say more once they know who asks.
        if capabilities := self.ask("capacités", self.client.capability)[-1]:
            self.client.capabilities = tuple(capabilities.decode("ascii", "replace").upper().split())

    @property
    def office(self) -> bool:
        return b"Microsoft Exchange" in self.client.welcome

    def prefix(self) -> str:
        """What it puts before the names of a person's folders."""
        if "NAMESPACE" not in self.client.capabilities:
            return ""
        said = self.ask("espaces de noms", self.client.namespace)[-1] or b""
        found = NAMESPACE.match(said.decode("ascii", "replace"))
        return decoded(unquoted(found[1].encode())) if found else ""

    def others(self) -> list[str]:
        """What it puts before names of folders that are not the person's own."""
        if "NAMESPACE" not in self.client.capabilities:
            return []
        said = (self.ask("espaces de noms", self.client.namespace)[-1] or b"").decode("ascii", "replace")
        own = re.match(r"\(\(.*?\)\)|NIL", said)
        rest = said[own.end() :] if own else ""
        return [
            name for each in re.findall(r'\("((?:\\.|[^"\\])*)"', rest) if (name := decoded(unquoted(each.encode())))
        ]

    def flags(self) -> dict[int, frozenset[str]]:
        """What the open folder holds: asking for flags alone makes no server read a message that it cannot."""
        found = {}
        for about, _ in pieces(self.ask("messages", self.client.uid, "FETCH", "1:*", "(UID FLAGS)")):
            uid, flags = UID.search(about), FLAGS.search(about)
            if uid:
                found[int(uid[1])] = carried(flags[1].decode("ascii", "replace").split() if flags else [])
        return found

    def details(self, uids: list[int]) -> dict[int, tuple[Message, bytes]]:
        """Messages of the open folder, each with its key."""
        wanted = f"(UID FLAGS INTERNALDATE RFC822.SIZE {HEADERS})"
        found = {}
        for about, header in pieces(self.ask("messages", self.client.uid, "FETCH", numbers(uids), wanted)):
            if message := _message(about):
                found[message.uid] = message, key_of(header or b"", message.second)
        return found

    def bodies(self, uids: list[int]) -> dict[int, bytes]:
        """Whole messages of the open folder; one that it does not give is not among them."""
        data = self.ask("message", self.client.uid, "FETCH", numbers(uids), "(UID BODY.PEEK[])")
        found = {int(uid[1]): content for about, content in pieces(data) if (uid := UID.search(about)) and content}
        return {uid: content for uid, content in found.items() if uid in uids}


class Ours(Server):
    """The person's mailbox here."""

    def uses(self) -> dict[str, str]:
        """Our folders by their use."""
        special = ("Drafts", "Sent", "Archive", "Junk", "Trash")
        return {
            use: decoded(each.wire)
            for each in self.listed()
            for use in special
            if f"\\{use.lower()}" in each.attributes
        }

    def free(self) -> int:
        """How many bytes it has room for."""
        said = self.ask("place", self.client.getquotaroot, "INBOX")[-1]
        found = QUOTA.search(b" ".join(each for each in said if each))
        if not found:
            raise RefusedError("notre serveur ne dit pas la place qu'il y a")
        return (int(found[2]) - int(found[1])) * 1024

    def ensure(self, folder: str) -> None:
        """A folder that people see."""
        wire = quoted(encoded(folder))
        self.ask(f"dossier « {folder} »", self.client.create, wire)
        self.ask(f"dossier « {folder} »", self.client.subscribe, wire)

    def put(self, folder: str, message: Message, content: bytes) -> tuple[int, int]:
        """Append a message with its flags and date: the validity of the folder and its number."""
        flags = f"({' '.join(sorted(message.flags))})"
        data = self.ask("refusé ici", self.client.append, quoted(encoded(folder)), flags, message.date, content)
        said = APPENDED.search(data[-1] or b"")
        return (int(said[1]), int(said[2])) if said else (0, 0)

    def mark(self, uid: int, added: frozenset[str], removed: frozenset[str]) -> None:
        """Change flags of a message of the open folder; one that is gone is not missed."""
        for sign, flags in (("+", added), ("-", removed)):
            if flags:
                self.ask("drapeaux", self.client.uid, "STORE", str(uid), f"{sign}FLAGS.SILENT", f"({' '.join(flags)})")

    def move(self, uid: int, folder: str) -> int:
        """Move a message of the open folder: its number there."""
        self.ask("déplacement", self.client.uid, "MOVE", str(uid), quoted(encoded(folder)))
        said = self.client.response("COPYUID")[1]
        return int(said[-1].split()[-1]) if said and said[-1] else 0


def key_of(header: bytes, second: int) -> bytes:
    """What tells a message from another: names of its own, and where it has none, when it came too."""
    lines = re.sub(rb"\r?\n[ \t]+", b" ", header.replace(b"\0", b"\x80")).splitlines()
    fields: dict[bytes, bytes] = {}
    for line in lines:
        name, _, value = line.partition(b":")
        fields.setdefault(name.strip().lower(), b" ".join(value.split()))
    parts = [fields.get(name, b"") for name in FIELDS]
    if not parts[0]:
        parts.append(str(second).encode())
    return sha256(b"\0".join(parts)).digest()[:16]


def carried(flags: Iterable[str]) -> frozenset[str]:
    """The flags that can be kept: \\Recent cannot, nor what no server of ours takes for a name."""
    return frozenset(
        each for each in flags if each.lower() in SYSTEM or (not each.startswith("\\") and KEYWORD.fullmatch(each))
    )


def pieces(data: list[Any]) -> Iterator[tuple[bytes, bytes | None]]:
    """The answers of a FETCH, each with its content where it has one: imaplib tears them at literals."""
    about, content, inside = b"", None, False
    for each in data:
        if isinstance(each, tuple):
            about, content, inside = about + LITERAL.sub(b"", each[0]), each[1], True
        elif each is not None:
            about += b" " + each
            yield about, content
            about, content, inside = b"", None, False
    if inside:
        yield about, content


def numbers(uids: Iterable[int]) -> str:
    """As IMAP has a set."""
    return ",".join(map(str, uids))


def quoted(name: bytes) -> bytes:
    """As IMAP has a string."""
    return b'"' + re.sub(rb'(["\\])', rb"\\\1", name) + b'"'


def unquoted(name: bytes) -> bytes:
    return re.sub(rb"\\(.)", rb"\1", name)


def spoken(said: object) -> str:
    """What a server said, fit for a line: nothing that moves a cursor, and no end in the middle."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    text = re.sub(r"^b'|'$", "", "".join(letter if letter.isprintable() else " " for letter in text))
    return " ".join(text.split())[:160] or "rien"


def _message(about: bytes) -> Message | None:
    uid, size, flags, date = (each.search(about) for each in (UID, SIZE, FLAGS, DATE))
    if not uid or not date:
        return None
    return Message(
        uid=int(uid[1]),
        size=int(size[1]) if size else 0,
        flags=carried(flags[1].decode("ascii", "replace").split() if flags else []),
        date=date[1].decode("ascii", "replace"),
    )


def _listed(each: Any) -> Found | None:
    line, literal = (each[0], each[1]) if isinstance(each, tuple) else (each, None)
    found = LISTED.search(line)
    if not found:
        return None
    name = literal if literal is not None else found["name"].strip()
    if literal is None and name.startswith(b'"'):
        name = unquoted(name[1:-1])
    separator = unquoted(found["separator"] or b"").decode("ascii", "replace")
    return Found(name, frozenset(found["attributes"].decode("ascii", "replace").lower().split()), separator)
