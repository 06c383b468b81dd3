"""One mailbox of an old server comes into ours. An account without rights runs it, with that mailbox alone open.

Stdin: the job, one line of JSON. Two pipes (their descriptors are in it) lead to a Dovecot that serves that mailbox and
no other. Stdout: lines of JSON, how far it is; the last says what came.
"""

import imaplib
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from .folders import Folder, Plan, decoded, encoded, planned
from .imap import LaterError, Message, Old, Ours, Pipes, RefusedError, spoken
from .ledger import BusyError, Ledger, Row

TOGETHER, TOGETHER_BYTES = 50, 2 << 20  # messages that are asked for in one go
TOLD = 1  # seconds between two lines of progress
ASKED = (500, 25, 1)  # messages asked about together; fewer, the more often the old server broke off at them
LARGEST = 256 << 20  # bytes
FULL = "[OVERQUOTA]"


@dataclass
class Work:
    """What is to be done with a folder."""

    folder: Folder
    validity: int
    new: dict[int, Message]  # what did not come yet, by its number there
    keys: dict[int, bytes]
    marks: list[tuple[Row, frozenset[str]]]  # whose flags changed there
    there: dict[int, int] = field(default_factory=dict)  # what is here though nobody noted it, and its number here
    moved: dict[int, Row] = field(default_factory=dict)  # what came before, from another folder

    @property
    def coming(self) -> list[Message]:
        """What is to be brought, the oldest first."""
        return [each for uid, each in sorted(self.new.items()) if uid not in self.there and uid not in self.moved]


@dataclass
class Result:
    """What came, and what did not."""

    folders: int = 0
    total: int = 0
    came: int = 0
    size: int = 0
    there: int = 0
    moved: int = 0
    marked: int = 0
    narrowed: bool = False  # it broke off at some messages, which are asked for more carefully next time
    failed: list[str] = field(default_factory=list)
    renamed: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)


class Import:
    """The import of one mailbox."""

    def __init__(self, job: dict[str, Any], old: Old, ours: Ours, ledger: Ledger) -> None:
        self.job, self.old, self.ours, self.ledger = job, old, ours, ledger
        self.result = Result()
        self.began = self.told = time.monotonic()
        self.read = 0

    def run(self) -> None:
        """Do it. Raises RefusedError, LaterError."""
        plan = self._planned()
        works, gone = self._compared(plan)
        self._matched(works, gone)
        for work in works:
            self._too_large(work)
        coming = [message for work in works for message in work.coming]
        size, free = sum(message.size for message in coming), self.ours.free()
        self.result.total = len(coming)
        if size > free:
            raise RefusedError(
                f"{mib(size)} à faire venir et de la place pour {mib(max(free, 0))} : rien n'est venu,"
                " agrandir d'abord la boîte (quotas_gib de mail.yaml)"
            )
        if self.job["plan"]:
            self.result.size = size
            return
        here = {decoded(each.wire) for each in self.ours.listed()}
        for work in works:
            if work.folder.target not in here and (work.new or not work.folder.all):
                try:
                    self.ours.ensure(work.folder.target)
                    here.add(work.folder.target)
                except RefusedError as error:
                    self._fail(work.folder, f"{len(work.new)} message{'s' * (len(work.new) > 1)} : {error}")
                    continue
            self._noted(work)
            self._brought(work)
            self._marked(work)

    def _too_large(self, work: Work) -> None:
        """What would not fit into memory is no message that anybody sent."""
        for message in work.coming:
            if message.size > LARGEST:
                self._fail(work.folder, f"{told(message)} : trop grand")
                del work.new[message.uid]

    def _planned(self) -> Plan:
        others = self.old.others()
        found = [each for each in self.old.listed() if not decoded(each.wire).startswith(tuple(others))]
        plan = planned(found, self.old.prefix(), self.ours.uses(), self.job["reserved"], self.old.office)
        self.result.renamed, self.result.left_out = plan.renamed, plan.left_out
        return plan

    def _compared(self, plan: Plan) -> tuple[list[Work], list[Row]]:
        """What each folder has that did not come yet; and what came, and is not in its folder there any more."""
        works, gone = [], self.ledger.gone([folder.name for folder in plan.folders])
        for folder in plan.folders:
            try:
                validity = self.old.open(folder.wire, readonly=True)
                flags = self.old.flags()
                known = self.ledger.rows(folder.name, validity)
                new = self._detailed(folder, sorted(flags.keys() - known.keys()))
            except RefusedError as error:
                self._fail(folder, str(error))
                continue
            self.result.folders += 1
            gone += [row for uid, row in known.items() if uid not in flags]
            marks = [(row, flags[uid]) for uid, row in known.items() if flags.get(uid, row.flags) != row.flags]
            messages, keys = ({uid: each[part] for uid, each in new.items()} for part in (0, 1))
            works.append(Work(folder, validity, messages, keys, marks))
            self._tell()
        return works, gone

    def _detailed(self, folder: Folder, uids: list[int]) -> dict[int, tuple[Message, bytes]]:
        """Messages with their keys. Where the old server broke off, it is asked for fewer, then for each alone."""
        found: dict[int, tuple[Message, bytes]] = {}
        tries = self.ledger.tries(folder.name, self.job["run"])
        for often, together in enumerate(ASKED):
            some = [uid for uid in uids if tries.get(uid, 0) == often]
            for first in range(0, len(some), together):
                found |= self._given(folder, some[first : first + together], self.old.details)
        for uid in uids:
            if uid not in found:
                broke_off = tries.get(uid, 0) >= len(ASKED)
                why = "l'ancien serveur s'interrompt" if broke_off else "l'ancien serveur ne le donne pas"
                self._fail(folder, f"message {uid} : {why}")
        return found

    def _given(self, folder: Folder, uids: list[int], ask: Callable[[list[int]], dict[int, Any]]) -> dict[int, Any]:
        """What the old server gives of some messages."""
        try:
            found = ask(uids)
        except LaterError:
            self.ledger.trouble(folder.name, uids, self.job["run"])
            self.result.narrowed = True
            raise
        except RefusedError:
            found = {}
        missing = [uid for uid in uids if uid not in found]
        if len(uids) > 1:  # one may spoil the answer of all
            for uid in missing:
                found |= self._given(folder, [uid], ask)
        return found

    def _matched(self, works: list[Work], gone: list[Row]) -> None:
        """Find what need not be brought: it is here already, or came before it was moved there."""
        left: dict[bytes, list[Row]] = defaultdict(list)
        for row in gone:
            left[row.key].append(row)
        elsewhere = self.ledger.keys() | {key for work in works if not work.folder.all for key in work.keys.values()}
        by_target: dict[str, list[Work]] = defaultdict(list)
        for work in works:
            if work.folder.all:
                work.new = {uid: each for uid, each in work.new.items() if work.keys.get(uid) not in elsewhere}
            by_target[work.folder.target].append(work)
        here = {decoded(each.wire) for each in self.ours.listed()}
        for target, same in by_target.items():
            if not any(work.new for work in same):
                continue
            held = self._held(target) if target in here else {}
            for work in same:
                for uid in sorted(work.new):
                    key = work.keys.get(uid, b"")
                    if held.get(key):
                        work.there[uid] = held[key].pop(0)
                    elif left.get(key):
                        work.moved[uid] = left[key].pop()

    def _held(self, target: str) -> dict[bytes, list[int]]:
        """Of a folder of ours, the keys of what did not come by us: of what people put there, of what nobody noted."""
        validity = self.ours.open(encoded(target), readonly=True)
        messages = self.ours.messages()
        strange = messages.keys() - self.ledger.numbers(target, validity)
        held: dict[bytes, list[int]] = defaultdict(list)
        for uid, key in self.ours.headers(strange, {uid: messages[uid].second for uid in strange}):
            held[key].append(uid)
        return held

    def _noted(self, work: Work) -> None:
        """What need not be brought is noted, and stands where it stands there."""
        target = work.folder.target
        validity = self.ours.open(encoded(target)) if work.there or work.moved else 0
        for uid, number in work.there.items():
            self._note(work, uid, validity, number)
            self.result.there += 1
        for uid, row in work.moved.items():
            number = row.target_uid
            # One that its person moved or deleted here stays as they have it.
            if row.target != target:
                same = self.ours.open(encoded(row.target)) == row.target_validity
                number = self.ours.move(number, target) if same and number else 0
                self.result.moved += bool(number)
            self.ledger.forget(row)
            self._note(work, uid, validity, number)

    def _brought(self, work: Work) -> None:
        """Bring what is missing."""
        coming = work.coming
        if not coming:
            return
        if self.old.open(work.folder.wire, readonly=True) != work.validity:
            raise LaterError(f"« {work.folder.name} » a été refait entre-temps")
        tries = self.ledger.tries(work.folder.name, self.job["run"])
        most = min(TOGETHER_BYTES, self.job["rate"] or TOGETHER_BYTES)  # at a slow line, a second's worth
        for batch in batches(coming, tries, most):
            uids = [message.uid for message in batch]
            contents = self._given(work.folder, uids, self.old.bodies)
            for message in batch:
                if content := contents.get(message.uid):
                    self._put(work, message, content)
                else:
                    self._fail(work.folder, f"{told(message)} : l'ancien serveur ne le donne pas")
            self._slowed(sum(map(len, contents.values())))
            self._tell()

    def _put(self, work: Work, message: Message, content: bytes) -> None:
        try:
            validity, number = self.ours.put(work.folder.target, message, content)
        except RefusedError as error:
            if FULL in str(error):
                raise RefusedError("la boîte est pleine : la suite n'est pas venue (quotas_gib de mail.yaml)") from None
            self._fail(work.folder, f"{told(message)} : {error}")
            return
        self._note(work, message.uid, validity, number)
        self.result.came += 1
        self.result.size += len(content)

    def _marked(self, work: Work) -> None:
        """What was read, answered or marked there since it came is here too; what was marked here stays."""
        opened = ""
        for row, flags in sorted(work.marks, key=lambda mark: mark[0].target):
            if row.target != opened:
                if self.ours.open(encoded(row.target)) != row.target_validity:
                    continue
                opened = row.target
            if row.target_uid:
                self.ours.mark(row.target_uid, flags - row.flags, row.flags - flags)
                self.result.marked += 1
            self.ledger.note(Row(**{**asdict(row), "flags": flags}))

    def _note(self, work: Work, uid: int, validity: int, number: int) -> None:
        flags, key = work.new[uid].flags, work.keys.get(uid, b"")
        self.ledger.note(Row(work.folder.name, uid, key, flags, work.folder.target, validity, number))

    def _fail(self, folder: Folder, why: str) -> None:
        self.result.failed.append(f"« {folder.name} », {why}")

    def _slowed(self, size: int) -> None:
        """No faster than we may."""
        self.read += size
        if rate := self.job["rate"]:
            time.sleep(max(0.0, self.began + self.read / rate - time.monotonic()))

    def _tell(self) -> None:
        if time.monotonic() > self.told + TOLD:
            self.told = time.monotonic()
            say(state="going", came=self.result.came, size=self.result.size, total=self.result.total)


def batches(messages: list[Message], tries: dict[int, int], most: int) -> Iterator[list[Message]]:
    """What is asked for together; what an old server broke off at, alone and last."""
    batch: list[Message] = []
    for message in messages:
        if message.uid in tries:
            continue
        if batch and (len(batch) == TOGETHER or sum(each.size for each in batch) + message.size > most):
            yield batch
            batch = []
        batch.append(message)
    if batch:
        yield batch
    yield from ([message] for message in messages if message.uid in tries)


def told(message: Message) -> str:
    """A message in words, without what it is about."""
    return f"message {message.uid} du {message.day} ({mib(message.size)})"


def mib(size: int) -> str:
    return f"{size / 2**20:.1f} Mio".replace(".", ",")


def say(**what: Any) -> None:
    print(json.dumps(what, ensure_ascii=False), flush=True)


def main() -> None:
    """Do the job of stdin."""
    os.umask(0o077)
    job = json.loads(sys.stdin.readline())
    result, state, why = Result(), "done", ""
    reader, writer = (os.fdopen(each, mode) for each, mode in zip(job["pipes"], ("rb", "wb"), strict=True))
    try:
        ledger = Ledger(job["address"])
        old, ours = Old.reached(job), Ours(Pipes(reader, writer))
        importing = Import(job, old, ours, ledger)
        result = importing.result
        importing.run()
    except RefusedError as error:
        state, why = "refused", str(error)
    except BusyError:
        state, why = "refused", "un autre import s'en occupe"
    except (LaterError, OSError, imaplib.IMAP4.error) as error:  # the last: our Dovecot did not begin
        state, why = "later", spoken(error)
    say(state=state, why=why, **asdict(result))
