"""held-mail: what waits because an account passed its limit of sending, and what becomes of it."""

import argparse
import json
import os
import re
import subprocess
import sys
import syslog
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from .decisions import plain
from .ledger import PLACE, Ledger


@dataclass(frozen=True)
class Held:
    """A message in the hold queue."""

    queue_id: str
    account: str
    since: datetime
    size: int
    recipients: tuple[str, ...]


def waiting(said: str, holders: dict[str, str]) -> list[Held]:
    """What `postqueue -j` says of the hold queue, oldest first; what somebody else held is its sender's."""
    messages = [json.loads(line) for line in said.splitlines()]
    found = [
        Held(
            queue_id=each["queue_id"],
            account=holders.get(each["queue_id"]) or plain(each["sender"]),
            since=datetime.fromtimestamp(each["arrival_time"]).astimezone(),
            size=each["message_size"],
            recipients=tuple(recipient["address"] for recipient in each["recipients"]),
        )
        for each in messages
        if each["queue_name"] == "hold"
    ]
    return sorted(found, key=lambda each: (each.account, each.since))


def chosen(found: list[Held], names: list[str]) -> list[Held]:
    """The messages that some queue ids and accounts name; each must name one."""
    known = {name: [each for each in found if name in (each.queue_id, each.account)] for name in names}
    if unknown := [name for name, messages in known.items() if not messages]:
        sys.exit(f"held-mail: nothing is held of {', '.join(unknown)}")
    return list({each.queue_id: each for messages in known.values() for each in messages}.values())


def table(found: list[Held]) -> str:
    """One line a message."""
    lines = [
        f"{each.account}  {each.queue_id}  {each.since:%Y-%m-%d %H:%M}  {each.size} bytes  {', '.join(each.recipients)}"
        for each in found
    ]
    return "\n".join([*lines, f"{len(found)} held"])


def ran(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"held-mail: {command[0]}: {done.stderr.strip()}")
    return done.stdout


def show(found: list[Held]) -> None:
    """The envelope and the headers: what is written is nobody's business."""
    for each in found:
        print(ran("postcat", "-heq", each.queue_id))


def release(found: list[Held]) -> None:
    for each in found:
        ran("postsuper", "-H", each.queue_id)
        ran("postqueue", "-i", each.queue_id)
        _logged("released", each)


def delete(found: list[Held]) -> None:
    for each in found:
        ran("postsuper", "-d", each.queue_id, "hold")
        _logged("deleted", each)


def _logged(what: str, each: Held) -> None:
    print(f"{each.queue_id} of {each.account}: {what}")
    syslog.syslog(f"{each.queue_id} of {each.account} to {', '.join(each.recipients)}: {what} by {_who()}")


def _who() -> str:
    return os.environ.get("SUDO_USER") or "root"


ACTIONS = {"show": show, "release": release, "delete": delete}


def main(arguments: list[str], place: Path = PLACE) -> None:
    """List, show, release or delete messages; count what an account sent, or let it begin anew."""
    parser = argparse.ArgumentParser(prog="held-mail", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    for name, text in (
        ("list", "what is held, of some accounts or of all"),
        ("show", "the envelope and the headers of messages"),
        ("release", "send messages"),
        ("delete", "remove messages for good"),
        ("sent", "how much accounts have sent to the outside in the last day"),
        ("forgive", "what these accounts have sent counts no more: they may send again at once"),
    ):
        action = actions.add_parser(name, help=text)
        action.add_argument("names", metavar="account|queue-id", nargs="*" if name == "list" else "+")
    said = parser.parse_args(arguments)
    names = [name if re.fullmatch(r"[0-9A-Za-z]+", name) else plain(name) for name in said.names]
    syslog.openlog("held-mail", facility=syslog.LOG_MAIL)
    ledger = Ledger(place)
    if said.action in ("sent", "forgive"):
        for account in names:
            print(f"{account}: {ledger.sent(account)} messages in the last day")
            if said.action == "forgive":
                ledger.forgive(account)
                syslog.syslog(f"{account}: forgiven by {_who()}")
        return
    found = waiting(ran("postqueue", "-j"), ledger.holders())
    if said.action == "list":
        print(table([each for each in found if not names or {each.account, each.queue_id} & set(names)]))
        return
    picked = chosen(found, names)
    ACTIONS[said.action](picked)
    if said.action != "show":
        ledger.drop([each.queue_id for each in picked])
