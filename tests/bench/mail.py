"""What mail carries and what it costs: `python -m tests.bench.mail`, on the lab that is up.

The whole chain (login, TLS, policy, filter, signatures, limits, index) against a bare Postfix and Dovecot on the same
machine and disk, in turn within one run; then sessions of the whole chain. What is sent is taken out again.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any, cast
from uuid import uuid4

from inventory.masking import masked
from inventory.model import Administration, load
from inventory.secrets import secrets_of
from roles.mail.config import RECOVERABLE
from tests.bench.command import command
from tests.bench.engine import say, unstoppable
from tests.bench.machines import MachineError
from tests.passwords import settled

REMOTE = Path(__file__).with_name("mail_remote.py")
MESSAGES, SENDERS = 240, 6  # a round
RATIO = 0.5  # of what the bare servers deliver
STORM, STORM_SECONDS = 500, 30
IDLE, IDLE_MIB = 1000, 1024
EACH = 5  # sessions of a person from one address
SETTLE = 45  # seconds until what is idle has been put to sleep


class Mail:
    """The mail machine of the lab and some of its people."""

    def __init__(self, administration: Administration) -> None:
        self.administration = administration
        self.machine = administration.running("mail")[0]
        self.config = str(administration.environment.ssh_config)
        store = secrets_of(administration.environment)
        lock = administration.environment.state / "passwords.lock"

        def typed(command: str, text: str) -> tuple[int, str]:
            ran = self.ssh(str(administration.environment.journeys_from), command, text)
            return ran.returncode, ran.stdout + ran.stderr

        self.people = {
            institution.address_of(person): settled(
                person.login, store.get(f"institution-{institution.institution}", person.login).reveal(), typed, lock
            )
            for institution, person in administration.people()
            if person in institution.present
        }
        # The last two people of the last institution, as the journeys do: no journal keeps what they send.
        institution = [each for each in administration.institutions.values() if len(each.present) > 1][-1]
        self.pair = [institution.address_of(person) for person in institution.present[-2:]]

    def ssh(self, machine: str, command: str, stdin: str) -> subprocess.CompletedProcess[str]:
        line = ["ssh", "-F", self.config, machine, command]
        return subprocess.run(line, input=stdin, capture_output=True, text=True, check=False, timeout=600)

    def remote(self, what: str, **given: Any) -> dict[str, Any]:
        """What a part of mail_remote.py says, as root on the mail machine."""
        program = ["python3", "-c", REMOTE.read_text(), what]
        quoted = " ".join("'" + word.replace("'", "'\\''") + "'" for word in program)
        ran = self.ssh(self.machine.name, quoted, json.dumps(given) + "\n")
        if ran.returncode:
            raise MachineError(f"{what}: {masked(ran.stdout + ran.stderr)[-2000:]}")
        return cast(dict[str, Any], json.loads(ran.stdout))

    def rate(self, tls: bool) -> float:
        """Messages a second of a round: of the chain, or of the bare servers."""
        tag = f"bench{uuid4().hex[:12]}"
        person = self.pair[0]
        given = {
            "tls": tls,
            "server": self.machine.fqdn,
            "tag": tag,
            "messages": MESSAGES,
            "senders": SENDERS,
            "person": person,
            "password": self.people[person],
            "recipients": {each: self.people[each] for each in self.pair},
        }
        if not tls:
            given |= {"recipients": {f"{number}@bench.invalid": "bench" for number in range(len(self.pair))}}
        try:
            said = self.remote("deliver", **given)
        finally:
            if tls:
                for address in self.pair:
                    for folder in ("INBOX", RECOVERABLE):
                        forgotten = f"doveadm expunge -u {address} mailbox {folder} SUBJECT {tag}"
                        self.ssh(self.machine.name, forgotten, "")
        if said["missing"] or said["failed"]:
            raise MachineError(f"{said['missing']} messages are missing: {', '.join(said['failed'])}")
        return float(said["rate"])


def measure(rounds: int) -> bool:
    """Print the figures; whether each is reached."""
    mail = Mail(load("lab"))
    chain, bare = [], []
    try:
        storage = mail.remote("bare")
        mail.rate(tls=False), mail.rate(tls=True)  # whatever is made once, is made now
        for number in range(1, rounds + 1):
            say(f"round {number}")
            bare.append(mail.rate(tls=False))
            chain.append(mail.rate(tls=True))
    finally:
        with unstoppable():
            mail.remote("away")
    say(f"{STORM} logins at once, {IDLE} sessions")
    limits = {"storm": STORM, "idle": IDLE, "each": EACH, "settle": SETTLE}
    found = mail.remote("sessions", server=mail.machine.fqdn, people=mail.people, **limits)
    ratios = [one / other for one, other in zip(chain, bare, strict=True)]
    total = found["processes"] + found["kernel"]
    whole = (found["storm"], found["idle"]) == (STORM, IDLE)
    lines = [
        (
            f"messages a second, submission to IMAP, of {MESSAGES}",
            f"{median(chain):.0f}, bare {median(bare):.0f}: {median(ratios):.0%}"
            f" ({', '.join(f'{ratio:.0%}' for ratio in ratios)})",
            f"≥ {RATIO:.0%}",
            median(ratios) >= RATIO,
        ),
        (
            f"{STORM} logins at once",
            f"{found['seconds']:.1f} s",
            f"≤ {STORM_SECONDS} s",
            found["storm"] == STORM and found["seconds"] <= STORM_SECONDS,
        ),
        (
            f"{IDLE} idle IMAP sessions",
            f"{total / 1024:.2f} GiB (processes {found['processes']:.0f} MiB, kernel {found['kernel']:.0f} MiB)",
            f"≤ {IDLE_MIB / 1024:.0f} GiB",
            found["idle"] == IDLE and total <= IDLE_MIB,
        ),
    ]
    print(f"\n| mail | median of {rounds} | wanted | |\n|---|---|---|---|")
    for text, measured, wanted, reached in lines:
        print(f"| {text} | {measured} | {wanted} | {'reached' if reached else 'MISSED'} |")
    if not whole:
        print(f"\n{found['storm']} and {found['idle']} sessions were opened: {'; '.join(found['failed'])}")
    same = ", ".join(f"{name} {value}" for name, value in storage.items())
    print(f"\nstorage of both: {same}; filter and signatures on")
    print(f"load of this machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    return all(reached for *_, reached in lines)


if __name__ == "__main__":
    sys.exit(command("tests.bench.mail", __doc__, measure))
