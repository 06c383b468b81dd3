"""A journal of messages: sealed files, and a chain of lines that names each by its hash. Standard library alone.

A folder an institution: `chain`, and `sealed/<day>/<number>.eml.age.age`. Each line of the chain is JSON and holds the
SHA-256 of the line before it: a line that is changed, moved or taken out breaks all that follow, and who has kept the
hash of the last line (the head) can tell that the end was cut off. Lines are about

    message   one that was taken: the hash and size of its sealed file
    read      who was given which numbers, and why
    expired   the numbers whose sealed files are gone, for their time is over; their lines stay
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

START = sha256(b"").hexdigest()  # what the first line follows
SUFFIX = ".eml.age.age"

Line = dict[str, Any]
Append = Callable[[Line, Callable[[Line], None] | None], Line]


class BrokenError(Exception):
    """A journal is not what it was; the message is one line."""


@dataclass(frozen=True)
class Journal:
    """The journal of an institution, in its folder."""

    folder: Path

    @property
    def chain(self) -> Path:
        return self.folder / "chain"

    def sealed(self, line: Line) -> Path:
        """Where the sealed file of a message is."""
        return Path(self.folder, "sealed", line["at"][:10], f"{line['number']:09}{SUFFIX}")

    def take(self, content: bytes) -> Line:
        """Keep a sealed message: it is on the disk, and in the chain, when this returns. Raises OSError."""
        with self._appending() as (number, append):
            line = {"kind": "message", "sha256": sha256(content).hexdigest(), "bytes": len(content)}
            return append(line, lambda whole: _write(self.sealed({**whole, "number": number}), content))

    def note(self, kind: str, **said: Any) -> Line:
        """Write down what was done with messages. Raises OSError."""
        with self._appending() as (_, append):
            return append({"kind": kind, **said}, None)

    def lines(self) -> Iterator[Line]:
        """All lines in order, each with its `hash`. Raises BrokenError at the first that does not follow."""
        previous = START
        for number, raw in enumerate(_raw(self.chain), start=1):
            try:
                line = json.loads(raw)
            except ValueError:
                raise BrokenError(f"{self.chain}:{number}: not a line of a journal") from None
            if line.get("previous") != previous or line.get("number") != number:
                raise BrokenError(f"{self.chain}:{number}: does not follow the line before it")
            previous = sha256(raw).hexdigest()
            yield {**line, "hash": previous}

    def check(self, head: str = "") -> tuple[int, str]:
        """How many lines there are and the hash of the last; each sealed file is as its line says.

        `head`: a hash that was kept elsewhere and must be one of a line. Raises BrokenError.
        """
        found = list(self.lines())
        gone = {number for line in found if line["kind"] == "expired" for number in line["numbers"]}
        for line in found:
            if line["kind"] != "message" or line["number"] in gone:
                continue
            place = self.sealed(line)
            if not place.exists():
                raise BrokenError(f"{place}: is missing")
            if sha256(place.read_bytes()).hexdigest() != line["sha256"]:
                raise BrokenError(f"{place}: is not what was taken")
        if head and head not in {START, *(line["hash"] for line in found)}:
            raise BrokenError(f"{self.chain}: {head} is not in it: its end was cut off, or it was written anew")
        return len(found), found[-1]["hash"] if found else START

    def expire(self, keep_days: int, today: date) -> int:
        """Remove the sealed files that are older than that, and write it down; how many."""
        last = (today - timedelta(days=keep_days)).isoformat()
        found = list(self.lines())
        gone = {number for line in found if line["kind"] == "expired" for number in line["numbers"]}
        old = [each for each in found if each["kind"] == "message" and each["at"][:10] < last]
        old = [each for each in old if each["number"] not in gone]
        if old:
            # Written down first: a file that is still there after its line is no loss, the other way round would be.
            self.note("expired", numbers=[line["number"] for line in old])
        for day in sorted(self.folder.glob("sealed/*")):
            if day.name < last:
                for place in day.iterdir():
                    place.unlink()
                day.rmdir()
        return len(old)

    @contextmanager
    def _appending(self) -> Iterator[tuple[int, Append]]:
        self.folder.mkdir(mode=0o700, exist_ok=True)
        with self.chain.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            number, previous = _end(file)

            def append(said: Line, first: Callable[[Line], None] | None) -> Line:
                line = {"number": number, "at": datetime.now(UTC).isoformat(timespec="milliseconds"), **said}
                line["previous"] = previous
                if first:
                    first(line)
                raw = json.dumps(line, sort_keys=True, ensure_ascii=False).encode()
                file.write(raw + b"\n")
                file.flush()
                os.fsync(file.fileno())
                return {**line, "hash": sha256(raw).hexdigest()}

            yield number, append


def _raw(chain: Path) -> list[bytes]:
    if not chain.exists():
        return []
    with chain.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        content = file.read()
    # What has no end was being written when the power went: its message was never acknowledged.
    return content.split(b"\n")[:-1]


def _end(file: Any) -> tuple[int, str]:
    """The number of the next line, and the hash of the last one; a line that was cut off by a power cut goes."""
    size = file.seek(0, os.SEEK_END)
    tail, start = b"", size
    while start and tail.count(b"\n") < 2:
        start = max(0, start - 65536)
        file.seek(start)
        tail = file.read(size - start)
    whole = tail[: tail.rfind(b"\n") + 1]
    if len(whole) < len(tail):
        file.truncate(size - (len(tail) - len(whole)))
    if not whole:
        return 1, START
    last = whole[:-1].rpartition(b"\n")[2]
    return json.loads(last)["number"] + 1, sha256(last).hexdigest()


def _write(place: Path, content: bytes) -> None:
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = place.with_name(f".{place.name}")
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(place)
    for folder in (place.parent, place.parent.parent, place.parent.parent.parent):
        handle = os.open(folder, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)
