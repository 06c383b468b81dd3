"""Nothing of mail is acknowledged before the disk has it: what the servers ask of the kernel is watched (RFC 5321 6.1).

`test_mail_killed` cuts the power of a machine whose kernel lives on, and cannot show it.
"""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from inventory.model import Administration
from roles.mail.config import STORE
from tests.mail_programs import MailPrograms
from tests.waiting import within

UNITS = ("postfix.service", "dovecot.service")
CALLS = "fsync,fdatasync,write"
CALL = re.compile(r"(?P<began>\d+\.\d+) (?P<name>\w+)\((?P<what>.*)\) += (?P<answer>-?\d+).* <(?P<took>\d+\.\d+)>$")

# A message is sent, and another is saved by the mail program itself: when each of the two was acknowledged.
SAVE = """
message = letter(given["person"], given["colleague"], given["tag"])
tell(said=send(given["person"], given["colleague"], message))
tell(accepted=time.time())
client = imap(given["person"])
tell(typ=client.append(quoted("Brouillons"), None, None, message.as_bytes())[0])
tell(saved=time.time())
"""


@dataclass(frozen=True)
class Call:
    """A call of the kernel that succeeded: by which process, on which file, with what, when it ended (seconds)."""

    process: str
    name: str
    what: str
    ended: float


def calls(folder: Path) -> list[Call]:
    """What was traced, a file for each process."""
    found = []
    for path in folder.iterdir():
        for line in path.read_text(errors="replace").splitlines():
            if (call := CALL.match(line)) and int(call["answer"]) >= 0:
                ended = float(call["began"]) + float(call["took"])
                found.append(Call(path.suffix, call["name"], call["what"], ended))
    return found


def processes(machine: str) -> list[str]:
    """Those of the units on a machine of the lab, by their numbers on this one."""
    inside = subprocess.run(["ip", "netns", "pids", f"lab-{machine}"], capture_output=True, text=True, check=True)
    return [pid for pid in inside.stdout.split() if of_units(pid)]


def of_units(pid: str) -> bool:
    try:
        return Path("/proc", pid, "cgroup").read_text().rstrip().endswith(UNITS)
    except (FileNotFoundError, ProcessLookupError):  # it ended meanwhile
        return False


def traced(pid: str) -> bool:
    try:
        return "TracerPid:\t0\n" not in Path("/proc", pid, "status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True


@contextmanager
def watched(machine: str, folder: Path) -> Iterator[None]:
    """What the units ask of the kernel is written down as long as this lasts; the processes that they start too."""
    pids = processes(machine)
    which = [option for pid in pids for option in ("-p", pid)]
    line = ["strace", "-ff", "-qq", "-ttt", "-T", "-y", "-s", "120", "-e", f"trace={CALLS}", "-o", str(folder / "of")]
    with subprocess.Popen([*line, *which], stderr=subprocess.PIPE, text=True) as tracing:
        try:
            assert within(30, lambda: all(map(traced, pids))), "the processes could not be watched"
            yield
        finally:
            tracing.terminate()  # the processes go on


@pytest.mark.usefixtures("hurtable")
def test_what_is_acknowledged_is_on_the_disk(
    administration: Administration, programs: MailPrograms, pair: tuple[str, str], tag: str, tmp_path: Path
) -> None:
    person, colleague = pair
    with watched(administration.running("mail")[0].name, tmp_path):
        said = programs.run(SAVE, [person], person=person, colleague=colleague, tag=tag)
        assert said["said"][0] == 250
        assert said["typ"] == "OK"
        delivered = f'"250 2.0.0 <{colleague}>'
        assert within(30, lambda: any(delivered in call.what for call in calls(tmp_path)))
    made = calls(tmp_path)
    synced = [call for call in made if call.name in ("fsync", "fdatasync")]
    queued = min(call.ended for call in synced if "</var/spool/postfix/incoming/" in call.what)
    assert queued < said["accepted"], "Postfix accepted a message before its queue had it"
    answer = next(call for call in made if delivered in call.what)
    kept = [call.ended for call in synced if call.process == answer.process and f"<{STORE}/" in call.what]
    assert min(kept, default=answer.ended) < answer.ended, "a message left the queue before the mailbox had it"
    others = [call for call in synced if call.process != answer.process and f"<{STORE}/" in call.what]
    assert [call for call in others if said["accepted"] < call.ended < said["saved"]], "a draft was not on the disk"
