"""Make another mail server the one that people use: `make promote HOST=mail2 [YES=1]`.

The server that was used is stopped where it answers, after its last changes were copied. Then a line of the inventory
names the other one, the names that lead to it change, and both are deployed. It works with the former server dead, and
may be run again after a failure. Commit inventory/platform.yaml afterwards: it tells which server was used when.
Exits 0, 1 where something failed (one line), 2 where nobody agreed.
"""

import argparse
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploys.engine.whole import write_whole
from inventory.hosts import write_ssh_config
from inventory.model import Administration, InventoryError, Machine, load
from inventory.model.load import HERE
from roles.mail.copies import FENCE

PLATFORM = HERE / "platform.yaml"
LINE = re.compile(r"^(  active:[ \t]+)([a-z0-9-]+)", re.MULTILINE)
SECTION = re.compile(r"^mail:[^\n]*\n", re.MULTILINE)
# How the engine shows a machine that did not end well.
NOT_WELL = re.compile(r"\s+(\S+)\s.*\b(?:FAILED|UNREACHABLE|NOT DONE): .*")
ANSWERS, FENCED = 8, 60  # seconds: for a first answer; until the last changes are copied
SEEN = "cat /var/lib/mail-seen/last.json"
REPLAY = "if command -v mail-shadow >/dev/null; then mail-shadow replay; fi"


class NotPromotedError(Exception):
    """What failed, in one line."""


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    said: str
    error: str = ""

    @property
    def last(self) -> str:
        """The last line that it said."""
        lines = (self.error.strip() or self.said.strip()).splitlines()
        return lines[-1].strip() if lines else f"exit status {self.status}"


Do = Callable[[Sequence[str], float], Ended]


def do(line: Sequence[str], seconds: float) -> Ended:
    """Run a command here."""
    try:
        done = subprocess.run(line, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return Ended(124, "", f"no answer within {seconds:.0f} s")
    return Ended(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True)
class Promotion:
    """From one server to another."""

    administration: Administration
    new: Machine
    do: Do = do

    @property
    def old(self) -> Machine | None:
        """The one that is used now; None once the inventory names the new one."""
        active = self.administration.running("mail")[0]
        return None if active == self.new else active

    def on(self, machine: Machine, command: str, seconds: float) -> Ended:
        """A command on a machine."""
        config = str(self.administration.environment.ssh_config)
        options = ("-o", f"ConnectTimeout={ANSWERS}", "-o", "BatchMode=yes", "-o", "ControlPath=none")
        return self.do(["ssh", "-F", config, *options, machine.name, command], seconds)

    def answers(self, machine: Machine) -> bool:
        return self.on(machine, "true", ANSWERS + 2).status == 0

    def behind(self) -> str:
        """How far the copy was behind when it was last known."""
        asked = self.on(self.new, SEEN, ANSWERS + 10)
        if asked.status:
            return f"nothing is known of the copy on {self.new.name} ({asked.last})"
        try:
            seen = {name: float(value) for name, value in json.loads(asked.said).items()}
            ago, waiting, lag = time.time() - seen["at"], seen["mail_copy_waiting"], seen["mail_copy_lag_seconds"]
            mailboxes = seen["mail_copy_mailboxes"]
        except (ValueError, KeyError, TypeError, AttributeError):  # a cut of power may leave it empty
            return f"nothing is known of the copy on {self.new.name} (what it noted is cut off)"
        return (
            f"{ago:.0f} s ago {waiting:.0f} of {mailboxes:.0f} mailboxes had changes that were not copied,"
            f" of the last {lag:.1f} s"
        )

    def fenced(self, machine: Machine) -> str:
        """Stop the former server; returns what the copy lacks of it. Raises NotPromotedError."""
        done = self.on(machine, f"{FENCE} {FENCED}", FENCED + 90)
        if done.status:
            raise NotPromotedError(f"{machine.name}: answers, and cannot be stopped: {done.last}")
        left = int(done.said.split()[-1])
        if left == 0:
            return f"nothing is lost: {machine.name} was stopped after its last change was copied"
        lacking = "an unknown number of" if left < 0 else left
        return f"{lacking} mailboxes lack their last changes: {machine.name} gives them back once it is deployed"

    def deployed(self, deploy: str, machines: Sequence[Machine]) -> dict[str, str]:
        """Deploy some machines; returns those that failed, and how. Raises NotPromotedError where none was tried."""
        names = ",".join(machine.name for machine in machines)
        environment = self.administration.environment.environment
        options = ("--environment", environment, "--deploy", deploy, "--limit", names, "--yes")
        done = self.do([sys.executable, "-m", "deploys.engine", "deploy", *options], 1800)
        found = {each[1]: each[0].strip() for line in done.said.splitlines() if (each := NOT_WELL.match(line))}
        if done.status and not found:
            raise NotPromotedError(f"deploy of {deploy} on {names}: {done.last}")
        return found


def edited(text: str, name: str) -> str:
    """platform.yaml with another server as the one that is used: one line is another one, or new."""
    if LINE.search(text):
        return LINE.sub(lambda found: found[1] + name, text, count=1)
    if not SECTION.search(text):
        raise NotPromotedError(f"{PLATFORM}: has no section 'mail'")
    return SECTION.sub(lambda found: f"{found[0]}  active: {name}\n", text, count=1)


def promote(environment: str, name: str, agreed: Callable[[], bool], say: Callable[[str], None], do: Do = do) -> int:
    """All of it; returns the exit status. Raises NotPromotedError, InventoryError, OSError."""
    administration = load(environment)
    servers = {machine.name: machine for machine in administration.mail_servers}
    if name not in servers:
        raise NotPromotedError(f"{name}: no mail server; there are {', '.join(servers) or 'none'}")
    write_ssh_config(administration)
    now = Promotion(administration, servers[name], do)
    if not now.answers(now.new):
        raise NotPromotedError(f"{name}: does not answer, so it cannot take over")
    answering = [each for each in servers.values() if each.name != name and now.answers(each)]
    lost = f"{name} is the one that the inventory names already: what is left to do is done"
    if old := now.old:
        alive = old in answering
        says = "answers: it is stopped once its last changes are copied" if alive else "does not answer"
        say(f"{name} becomes the mail server that people use; {old.name}, used now, {says}")
        say(f"  copy: {now.behind()}")
        say(f"  then: {PLATFORM.name} names {name}; names, {', '.join([name, *(a.name for a in answering)])} follow")
        if not agreed():
            say("nothing was done")
            return 2
        lost = now.fenced(old) if alive else _unknown(old, now.behind())
        write_whole_as_it_was(PLATFORM, edited(PLATFORM.read_text(encoding="utf-8"), name))
        now = Promotion(load(environment), now.new, do)
    new, troubles = now.administration, list[str]()
    # The controllers first: a mail server asks them whether it may serve. One that is down has the names from another.
    for deploy, machines in (
        ("mailnames", [*new.running("directory"), *new.running("nameserver")]),
        ("mailservers", [new.machine(each) for each in (name, *(a.name for a in answering))] + new.running("webmail")),
    ):
        failed = now.deployed(deploy, machines)
        if name in failed:
            raise NotPromotedError(failed[name])
        troubles += failed.values()
    replayed = now.on(new.machine(name), REPLAY, 300)
    if replayed.status:
        troubles.append(f"{name}: copies of messages: {replayed.last}")
    say(f"{name} is the mail server that people use; {lost}")
    if replayed.said.strip():
        say(f"  {name}: {replayed.said.strip().splitlines()[-1]}")
    for trouble in troubles:
        say(f"  still to do: {trouble}")
    say(f"  commit {PLATFORM}; then `make plan` shows what else differs")
    return 1 if troubles else 0


def _unknown(old: Machine, behind: str) -> str:
    return f"{old.name} was dead: what it had and the copy not comes back with it ({behind})"


def write_whole_as_it_was(path: Path, text: str) -> None:
    """Replace a file in one step; who may read it stays."""
    mode = path.stat().st_mode
    write_whole(path, text)
    path.chmod(mode)


def main() -> int:
    parser = argparse.ArgumentParser(prog="deploys.promote", description=__doc__)
    parser.add_argument("host", help="the mail server that is to be used")
    parser.add_argument("--environment", default="lab")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    arguments = parser.parse_args()

    def agreed() -> bool:
        return arguments.yes or (sys.stdin.isatty() and input("Do it? [y/N] ").strip().lower() in ("y", "yes", "o"))

    try:
        return promote(arguments.environment, arguments.host, agreed, lambda line: print(line, flush=True))
    except (NotPromotedError, InventoryError, OSError, ValueError) as error:
        print(f"{error}; mend it and run this again", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
