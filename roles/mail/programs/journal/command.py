#!/usr/bin/python3
"""The journals of this server.

mail-journal check [INSTITUTION] [--head HASH]   is each as it was written?
mail-journal export                              stdin: JSON of institution, first, last (days), who, reason;
                                                 stdout: tar of the sealed files, after it was written down
mail-journal expire                              remove what is older than the institution keeps
mail-journal heads                               mail each journal's head to those who keep it
"""

import argparse
import json
import subprocess
import sys
import tarfile
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from chain import SUFFIX, BrokenError, Journal

SETTINGS, STORE = Path("/etc/mail-journal/settings.json"), Path("/srv/mail-journal")
HEAD = """\
Le journal de « {institution} » compte {lines} lignes ; empreinte de la dernière :

    {head}

Gardez ce message. Le journal qui contient cette empreinte est encore, jusque là, celui d'aujourd'hui :

    mail-journal check {institution} --head {head}
"""

NOTHING = 3  # the exit status where an institution has no journal on this server


class NothingError(Exception):
    """An institution has no journal here."""


def check(institution: str, head: str) -> None:
    for name in [institution] if institution else there():
        lines, last = journal(name).check(head)
        print(f"{name}: {lines} lines, as they were written; the last is {last}")


def export() -> None:
    asked = json.load(sys.stdin)
    if not asked["reason"].strip():
        raise BrokenError("a reading needs a reason")
    found = journal(asked["institution"])
    messages = [each for each in found.lines() if each["kind"] == "message"]
    wanted = [each for each in messages if asked["first"] <= each["at"][:10] <= asked["last"]]
    present = [each for each in wanted if found.sealed(each).exists()]
    numbers = [each["number"] for each in present]
    found.note("read", numbers=numbers, who=asked["who"], reason=asked["reason"])
    with tarfile.open(fileobj=sys.stdout.buffer, mode="w|") as archive:
        for each in present:
            archive.add(found.sealed(each), f"{each['number']:09}{SUFFIX}", recursive=False)
    print(f"{asked['institution']}: {len(numbers)} messages given to {asked['who']}, and written down", file=sys.stderr)


def expire(keep_days: dict[str, int]) -> None:
    # Of an institution that has no journal any more, nothing says how long: what is there stays.
    for name in sorted(keep_days.keys() & set(there())):
        gone = journal(name).expire(keep_days[name], datetime.now(UTC).date())
        print(f"{name}: {gone} messages removed, for their time is over")


def heads(sender: str, keepers: dict[str, list[str]]) -> None:
    for name in there():
        lines, last = journal(name).check()
        message = EmailMessage()
        message["From"], message["To"] = sender, ", ".join(keepers.get(name, [sender]))
        message["Subject"], message["Auto-Submitted"] = f"Empreinte du journal de {name}", "auto-generated"
        message.set_content(HEAD.format(institution=name, lines=lines, head=last))
        subprocess.run(["/usr/sbin/sendmail", "-t", "-f", sender], input=message.as_bytes(), check=True)


def journal(institution: str) -> Journal:
    if institution not in there():
        raise NothingError(f"{institution}: has no journal; those that have: {', '.join(there()) or 'nobody'}")
    return Journal(STORE / institution)


def there() -> list[str]:
    return sorted(path.parent.name for path in STORE.glob("*/chain"))


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="mail-journal", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    todo = parser.add_subparsers(dest="todo", required=True)
    checked = todo.add_parser("check")
    checked.add_argument("institution", nargs="?", default="")
    checked.add_argument("--head", default="")
    for name in ("export", "expire", "heads"):
        todo.add_parser(name)
    arguments = parser.parse_args()
    settings = json.loads(SETTINGS.read_text())
    try:
        match arguments.todo:
            case "check":
                check(arguments.institution, arguments.head)
            case "export":
                export()
            case "expire":
                expire(settings["keep_days"])
            case "heads":
                heads(settings["sender"], settings["keepers"])
    except NothingError as error:
        print(error, file=sys.stderr)
        return NOTHING
    except (BrokenError, OSError) as error:  # a full disk too: nothing is given that was not written down
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
