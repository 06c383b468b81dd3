"""Mailboxes as Dovecot has them (doveadm), and their folders as they are on the disk (Maildir++)."""

import json
import shutil
import subprocess
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .repository import BackupError

INBOX = "INBOX"
# What makes a folder; the indexes are made anew of it.
CONTENT = ("cur", "new", "tmp", "dovecot-uidlist", "dovecot-keywords")
UNKNOWN = 67  # exit status of doveadm: no such user


@dataclass(frozen=True)
class Message:
    """A message in a folder. Its id is what its sender gave it, and may be missing; its guid is Dovecot's."""

    folder: str
    uid: int
    guid: str
    id: str
    size: int
    about: str = ""

    @property
    def keys(self) -> set[str]:
        return {key for key in (self.guid, self.id) if key}


@dataclass(frozen=True)
class Mailbox:
    """A mailbox, or with `path` another folder that is read as if it were it."""

    address: str
    path: Path | None = None

    def home(self) -> Path:
        """Where it is. Raises BackupError where there is none."""
        done = _doveadm("user", "-f", "home", self.address, admits=(0, UNKNOWN))
        if done.returncode:
            raise BackupError(f"{self.address}: no such mailbox")
        return Path(done.stdout.strip())

    def folders(self) -> set[str]:
        """The names of its folders."""
        done = self._run("mailbox", "list", "-u", self.address)
        return set(done.stdout.splitlines())

    def messages(self, folders: Iterable[str], describe: bool = False) -> Iterator[Message]:
        """What is in some folders, which exist."""
        fields = "uid guid hdr.message-id size.virtual"
        if describe:
            fields += " date.received hdr.from.utf8 hdr.subject.utf8"
        for folder in folders:
            done = self._run("-f", "json", "fetch", "-u", self.address, fields, "mailbox", folder, "ALL")
            found: list[dict[str, Any]] = json.loads(done.stdout or "[]")
            for each in found:
                about = [each.get(name, "") for name in ("date.received", "hdr.from.utf8", "hdr.subject.utf8")]
                yield Message(
                    folder=folder,
                    uid=int(each["uid"]),
                    guid=each["guid"],
                    id=each["hdr.message-id"].strip(),
                    size=int(each["size.virtual"]),
                    about="  ".join(about).strip(),
                )

    def free(self) -> int | None:
        """How many bytes it has room for; None where it has no limit."""
        lines = self._run("-f", "tab", "quota", "get", "-u", self.address).stdout.splitlines()
        for line in lines[1:]:
            _, kind, value, limit, *_ = line.split("\t")
            if kind == "STORAGE" and limit.isdigit():
                return (int(limit) - int(value)) * 1024
        return None

    def take(self, source: Path, folder: str, uids: Iterable[int]) -> None:
        """Copy messages from the same folder of another Maildir, flags and dates too; a folder that is new is seen."""
        numbers, name = ",".join(ranges(uids)), folder.replace("/", ".")  # a Maildir by itself has its own separator
        self._run("import", "-s", "-u", self.address, f"maildir:{source}", "", "mailbox", name, "uid", numbers)

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return _doveadm(*([] if self.path is None else ["-o", f"mail_path={self.path}"]), *arguments)


def _doveadm(*arguments: str, admits: tuple[int, ...] = (0,)) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        ["doveadm", *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode not in admits:
        lines = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        raise BackupError(f"doveadm: {lines[-1]}")
    return done


def ranges(numbers: Iterable[int]) -> Iterator[str]:
    """Numbers as IMAP writes a set of them: 1:3, 7."""
    first = last = None
    for number in sorted(numbers):
        if last is not None and number == last + 1:
            last = number
            continue
        if first is not None:
            yield f"{first}:{last}"
        first = last = number
    if first is not None:
        yield f"{first}:{last}"


def on_disk(folder: str) -> str:
    """The name of a folder's directory in the Maildir; "" is the inbox, which is the Maildir itself."""
    return "" if folder == INBOX else "." + _encoded(folder).replace("/", ".")


def folder_of(name: str) -> str:
    """The folder whose directory has this name."""
    return _decoded(name.removeprefix(".").replace(".", "/")) if name else INBOX


def move(source: Path, target: Path) -> None:
    """Move what makes a folder from one directory to another."""
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in CONTENT:
        if (source / name).exists():
            (source / name).rename(target / name)
    for name in ("cur", "new", "tmp"):
        (target / name).mkdir(mode=0o700, exist_ok=True)


def give(folder: Path, owner: str) -> None:
    """Make all of a folder somebody's, and nobody else's."""
    for path in (folder, *folder.rglob("*")):
        shutil.chown(path, owner, owner)


def _encoded(name: str) -> str:
    """UTF-7 as IMAP has it (RFC 3501 5.1.3)."""
    out, wide = [], ""
    for letter in f"{name}\0":
        plain = " " <= letter <= "~" or letter == "\0"
        if wide and plain:
            out.append(f"&{b64encode(wide.encode('utf-16-be')).decode().rstrip('=').replace('/', ',')}-")
            wide = ""
        if not plain:
            wide += letter
        elif letter != "\0":
            out.append("&-" if letter == "&" else letter)
    return "".join(out)


def _decoded(name: str) -> str:
    out, rest = "", name
    while rest:
        plain, shift, rest = rest.partition("&")
        out += plain
        if shift:
            wide, _, rest = rest.partition("-")
            padded = wide.replace(",", "/") + "=" * (-len(wide) % 4)
            out += b64decode(padded).decode("utf-16-be") if wide else "&"
    return out
