"""A new entry of the inventory: `python -m deploys.new ministry|site|person|share|application|port [NAME=value …]`.

What is not given is asked for on a terminal. The whole inventory is checked with the entry before a byte is written;
YES=1 then writes without asking.
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from inventory.authoring.answers import AnswerError, Answers
from inventory.authoring.application import VARIABLES as APPLICATION
from inventory.authoring.application import application
from inventory.authoring.change import ChangeError, administration, check, write
from inventory.authoring.desk import Desk
from inventory.authoring.editing import EditError
from inventory.authoring.ministry import VARIABLES as MINISTRY
from inventory.authoring.ministry import ministry
from inventory.authoring.person import VARIABLES as PERSON
from inventory.authoring.person import person
from inventory.authoring.port import VARIABLES as PORT
from inventory.authoring.port import port
from inventory.authoring.share import VARIABLES as SHARE
from inventory.authoring.share import share
from inventory.authoring.site import VARIABLES as SITE
from inventory.authoring.site import site
from inventory.model import InventoryError
from inventory.model.load import HERE
from inventory.model.messages import either, say
from inventory.model.validate import listed, near

KINDS: dict[str, tuple[Callable[[Desk, Answers], None], tuple[str, ...]]] = {
    "ministry": (ministry, MINISTRY),
    "site": (site, SITE),
    "person": (person, PERSON),
    "share": (share, SHARE),
    "application": (application, APPLICATION),
    "port": (port, PORT),
}
ELSEWHERE = ("LANG", "LC_ALL", "LC_MESSAGES", "V", "ENV")  # make's own, and the language: no answers
INTERRUPTED = 130


def main(arguments: Sequence[str], folder: Path = HERE, prompt: Callable[[str], str] | None = None) -> int:
    """Without `prompt` there is no terminal: everything is in the arguments."""
    try:
        return _author(arguments, folder, prompt)
    except (InventoryError, AnswerError, ChangeError) as error:
        print(error, file=sys.stderr)
        return 1
    except EditError as error:
        print(
            either(
                f"{error}: cette commande ne sait pas compléter un fichier ainsi mis en page : le faire à la main",
                f"{error}: this command cannot add to a file of this layout: add the line by hand",
            ),
            file=sys.stderr,
        )
        return 1
    except (KeyboardInterrupt, EOFError):
        print(either("\ninterrompu : rien n'est écrit", "\ninterrupted: nothing is written"), file=sys.stderr)
        return INTERRUPTED


def _author(arguments: Sequence[str], folder: Path, prompt: Callable[[str], str] | None) -> int:
    kind, given = _parsed(arguments)
    author, variables = KINDS[kind]
    for name in given:
        if name not in (*variables, "YES"):
            known = [*variables, "YES"]
            raise AnswerError(say("unknown_key", key=name, choices=listed(known), hint=near(name, known)))
    desk = Desk(folder, administration(folder))
    answers = Answers(given, prompt)
    author(desk, answers)
    root = folder.parent
    desk.refresh(check(folder, desk.edits))
    for edit in desk.edits:
        print("\n".join(edit.shown(root)))
    print(*desk.notes, sep="\n", end="\n" if desk.notes else "")
    if not answers.confirm():
        print(either("rien n'est écrit", "nothing is written"))
        return 0
    write(desk.edits)
    paths = ", ".join(str(edit.path.relative_to(root)) for edit in desk.edits)
    print(either(f"écrit : {paths}", f"written: {paths}"))
    print(either("ensuite : make plan, ou une demande de fusion", "next: make plan, or a pull request"))
    return 0


def _parsed(arguments: Sequence[str]) -> tuple[str, dict[str, str]]:
    """The kind of entry, and the answers by their names."""
    kind, *assignments = arguments or [""]
    if kind not in KINDS:
        raise AnswerError(say("not_allowed", value=kind, allowed=", ".join(KINDS), hint=near(kind, list(KINDS))))
    given = {}
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not equals:
            message = either("écrire NOM=valeur", "write NAME=value")
            raise AnswerError(f"{name}: {message}")
        if name not in ELSEWHERE:
            given[name] = value
    return kind, given


def _terminal() -> Callable[[str], str] | None:
    return input if sys.stdin.isatty() and sys.stdout.isatty() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], prompt=_terminal()))
