"""A folder of the file server, open to groups of one institution."""

from inventory.authoring.answers import Answers, Question, RefusedError
from inventory.authoring.checks import existing, key, readable, several, unused
from inventory.authoring.desk import Desk
from inventory.authoring.editing import add_key
from inventory.authoring.person import institution
from inventory.authoring.writing import document
from inventory.model.institution import AGENTS, SharesFile
from inventory.model.messages import either, say
from inventory.model.references import RESERVED_SHARES

VARIABLES = ("INSTITUTION", "SHARE", "DESCRIPTION", "WRITE", "READ")


def share(desk: Desk, answers: Answers) -> None:
    """Ask for a share and who may open it."""
    where = answers.ask(institution(desk))
    groups = desk.administration.institutions[where].all_groups
    listed, a_group = ", ".join(groups), several(existing("group", groups))
    name = answers.ask(
        Question(
            "SHARE", either("Nom du partage", "Name of the share"), f"{where}-rh", lambda answer: _name(desk, answer)
        )
    )
    text = either("Ce qu'il contient", "What it holds")
    description = answers.ask(
        Question("DESCRIPTION", text, "Dossiers du personnel", readable(SharesFile, "shares", name, "description"))
    )
    text = either(f"Groupes qui lisent et écrivent, parmi : {listed}", f"Groups that read and write, among: {listed}")
    write = answers.ask(Question("WRITE", text, AGENTS, a_group, AGENTS))
    text = either(f"Groupes qui lisent seulement, parmi : {listed}", f"Groups that only read, among: {listed}")
    asked = AGENTS not in write or "READ" in answers.given  # where everybody writes, nobody only reads
    read = answers.ask(Question("READ", text, AGENTS, a_group, optional=True)) if asked else []
    wanted = {"description": description, "write": write, **({"read": read} if read else {})}
    path = f"institutions/{where}/shares.yaml"
    if desk.has(path):
        desk.edit(path, lambda text: add_key(text, ("shares",), name, wanted))
    else:
        desk.create(path, document("../../schema/shares.json", {"shares": {name: wanted}}))


def _name(desk: Desk, answer: str) -> str:
    key(SharesFile, "shares")(answer)
    if answer in RESERVED_SHARES:
        raise RefusedError(say("reserved", value=answer))
    unused(answer, shares(desk))
    return answer


def shares(desk: Desk) -> dict[str, str]:
    """Every share, with the file that declares it."""
    return {
        name: desk.shown(f"institutions/{institution.institution}/shares.yaml")
        for institution in desk.administration.institutions.values()
        for name in institution.shares
    }
