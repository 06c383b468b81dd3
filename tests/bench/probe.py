"""What the bench looks at on a machine, from outside: its state, the sessions that sshd started, what they asked."""

import json
import re
from base64 import b64decode
from dataclasses import dataclass

from tests.bench import state
from tests.bench.machines import Machine

FOLDERS = "/etc/bench /srv/bench /home"
RECORDS = "/run/bench-record"
SHELL = "/usr/local/bin/bench-shell"

# sshd runs it as root's shell: it keeps the command and what comes over stdin, and runs the command with them.
RECORDER = f"""\
#!/bin/bash
mkdir -p {RECORDS}
record={RECORDS}/$(date +%s%N)-$$
printf %s "$2" > $record.command
exec /bin/bash "$@" < <(exec tee $record.stdin 2>/dev/null)
"""

READ_RECORDS = f"""\
import base64, json, pathlib
b64 = lambda path: base64.b64encode(path.read_bytes()).decode()
found = sorted(pathlib.Path("{RECORDS}").glob("*.command"))
print(json.dumps([[b64(path), b64(path.with_suffix(".stdin"))] for path in found]))
"""


@dataclass(frozen=True)
class Question:
    """One command that a tool ran, with what it sent to it."""

    command: str
    stdin: bytes


def snapshot(machine: Machine, times: bool = True) -> str:
    """All that the 60 tasks are about, as text; without times, only what a tool is asked to keep."""
    moment = " %T@ %C@" if times else ""
    since = ",ActiveEnterTimestampMonotonic" if times else ""
    return machine.run(
        f"find {FOLDERS} -printf '%p %y %m %U %G{moment}\\n' | sort; find {FOLDERS} -type f | sort | xargs sha256sum;"
        " getent passwd | sort; getent group | sort; dpkg-query -W;"
        f" systemctl show -p Id,ActiveState,UnitFileState{since} {' '.join(state.SERVICES)}"
    )


def sessions(machine: Machine) -> list[str]:
    """The sessions (commands, shells, sftp) that sshd started since the last call."""
    text = machine.run(
        "journalctl --sync; journalctl --quiet --output=cat --cursor-file=/run/bench-cursor -t sshd -t sshd-session"
    )
    return re.findall(r"^Starting session: (.*)$", text, re.MULTILINE)


def settle(machine: Machine) -> None:
    """Wait until nobody is logged in any more: each tool meets the same machine, whoever came before."""
    machine.run(
        "for i in $(seq 200); do"
        " systemctl show -P ActiveState user@0.service | grep -qE '^(inactive|failed)$' && exit 0; sleep 0.05;"
        " done; echo 'the sessions of a tool do not end' >&2; exit 1"
    )


def start_recording(machine: Machine) -> None:
    """Keep what each session asks from now on."""
    machine.run(f"cat > {SHELL} <<'END'\n{RECORDER}END\nchmod 755 {SHELL}; usermod -s {SHELL} root")


def stop_recording(machine: Machine) -> list[Question]:
    """What was asked since the recording began."""
    text = machine.run(f"usermod -s /bin/bash root; python3 -c '{READ_RECORDS}'; rm -rf {RECORDS} {SHELL}")
    return [Question(b64decode(command).decode(), b64decode(stdin)) for command, stdin in json.loads(text)]
