"""Read an institution's journal of messages, two persons together.

`fetch` brings the sealed messages of some days; the mail server first writes down who asked, and why, in the journal
itself. `open` takes one layer off those in a folder with one person's age key: the witness's first, then the
institution's, who then has each message (.eml) and its envelope (.json). Exits 0, or 1 with one line.
"""

import argparse
import getpass
import io
import json
import re
import socket
import subprocess
import sys
import tarfile
from datetime import date
from pathlib import Path

from deploys.backup import opened, write
from inventory.hosts import write_ssh_config
from inventory.model import Administration, InventoryError, load
from inventory.secrets import SecretError

COMMAND = "/usr/local/sbin/mail-journal"
NAME = re.compile(r"\d{9}\.eml\.age\.age")
NOTHING = 3  # what COMMAND answers where a server has no journal of an institution: it took none of its mail in
INSIDE = b"age-encryption.org/"  # how an age file begins


class NotReadError(Exception):
    """Why nothing was brought or opened; the message is one line."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="deploys.journal", description=__doc__)
    todo = parser.add_subparsers(dest="todo", required=True)
    asked = todo.add_parser("fetch")
    asked.add_argument("--environment", default="lab")
    asked.add_argument("--institution", required=True)
    asked.add_argument("--days", required=True, help="2026-11-01..2026-11-30, or one day")
    asked.add_argument("--reason", required=True)
    asked.add_argument("--out", type=Path, required=True, help="the folder where the sealed messages are written")
    layer = todo.add_parser("open")
    layer.add_argument("--key", type=Path, required=True, help="the file of one person's age key")
    layer.add_argument("--folder", type=Path, required=True, help="of sealed messages")
    arguments = parser.parse_args()
    try:
        if arguments.todo == "fetch":
            administration = load(arguments.environment)
            print(fetched(administration, arguments.institution, arguments.days, arguments.reason, arguments.out))
        else:
            print(layer_off(arguments.folder, arguments.key))
    except (InventoryError, SecretError, NotReadError) as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


def fetched(administration: Administration, institution: str, days: str, reason: str, folder: Path) -> str:
    """Bring the sealed messages of some days; what to say. Raises NotReadError, OSError."""
    first, last = _days(days)
    if institution not in administration.institutions:
        raise NotReadError(f"{institution}: no such institution; there are {', '.join(administration.institutions)}")
    if not reason.strip():
        raise NotReadError("a reading is written down with its reason: REASON='…'")
    write_ssh_config(administration)
    who = f"{getpass.getuser()}@{socket.gethostname()}"
    wanted = {"institution": institution, "first": first, "last": last, "who": who, "reason": reason}
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    brought, without = 0, []
    for machine in administration.mail_servers:
        line = ["ssh", "-F", str(administration.environment.ssh_config), machine.name, f"{COMMAND} export"]
        done = subprocess.run(line, input=json.dumps(wanted).encode(), capture_output=True, check=False)
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().splitlines() or [f"exit status {done.returncode}"]
            if done.returncode != NOTHING:
                raise NotReadError(f"{machine.name}: {said[-1]}")
            without.append(f"{machine.name}: {said[-1]}")
            continue
        with tarfile.open(fileobj=io.BytesIO(done.stdout), mode="r|") as archive:
            for member in archive:
                content = archive.extractfile(member)
                if content is None or not NAME.fullmatch(member.name):
                    raise NotReadError(f"{machine.name}: sent {member.name!r}, which is no message of a journal")
                write(folder / f"{machine.name}-{member.name}", content.read())
                brought += 1
    if len(without) == len(administration.mail_servers):
        raise NotReadError("; ".join(without))
    return f"{folder}: {brought} sealed messages of {institution}; the journal says that you took them, and why"


def layer_off(folder: Path, key: Path) -> str:
    """Open what one person's key opens in a folder; what to say. Raises NotReadError, SecretError, OSError."""
    outer, inner = sorted(folder.glob("*.eml.age.age")), sorted(folder.glob("*.eml.age"))
    if not outer and not inner:
        raise NotReadError(f"{folder}: no sealed message: `make journal … OUT={folder}`")
    if inner:
        for path in inner:
            envelope, _, message = opened(path, key).partition(b"\n")
            number = path.name.partition(".")[0]
            write(folder / f"{number}.json", envelope + b"\n")
            write(folder / f"{number}.eml", message)
        return f"{folder}: {len(inner)} messages (.eml), each with its envelope (.json)"
    for path in outer:
        content = opened(path, key)
        if not content.startswith(INSIDE):
            raise NotReadError(f"{path}: is sealed once only, which no journal of ours is")
        write(path.with_suffix(""), content)
    return f"{folder}: {len(outer)} messages, still sealed for the institution: it opens them with its own key"


def _days(text: str) -> tuple[str, str]:
    first, _, last = text.partition("..")
    try:
        days = date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError:
        raise NotReadError(f"DAYS={text}: write 2026-11-01..2026-11-30, or one day") from None
    if days[0] > days[1]:
        raise NotReadError(f"DAYS={text}: the first day is after the last")
    return days[0].isoformat(), days[1].isoformat()


if __name__ == "__main__":
    sys.exit(main())
