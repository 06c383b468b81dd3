"""A person of an institution, and the groups that they join."""

import re

from inventory.authoring import names
from inventory.authoring.answers import Answers, Question, RefusedError
from inventory.authoring.checks import existing, field, readable, several
from inventory.authoring.desk import Desk
from inventory.authoring.editing import add_item
from inventory.model.institution import Functions, PeopleFile, Person
from inventory.model.messages import either, say
from inventory.model.references import RESERVED_LOGINS
from inventory.policies.logins import ROLES

VARIABLES = ("INSTITUTION", "GIVEN", "FAMILY", "ID", "LOGIN", "GROUPS")


def person(desk: Desk, answers: Answers) -> None:
    """Ask for a person and the groups that they join."""
    institutions = desk.administration.institutions
    where = answers.ask(institution(desk))
    groups = {**institutions[where].functions.held, **institutions[where].groups}
    somebody = ask_person(desk, answers)
    known = ", ".join(groups)
    joined = answers.ask(
        Question(
            "GROUPS",
            either(f"Groupes, parmi : {known}", f"Groups, among: {known}"),
            next(iter(groups), ""),
            several(existing("group", groups)),
            optional=True,
        )
        if groups
        else Question("GROUPS", either("Groupes", "Groups"), "", several(existing("group", groups)), optional=True)
    )
    desk.edit(f"institutions/{where}/people.yaml", lambda text: add_item(text, ("people",), entry(somebody)))
    if joined:
        desk.edit(f"institutions/{where}/groups.yaml", lambda text: _join(text, joined, somebody.login))
    desk.notes.append(either("Courriel : ", "Mail: ") + institutions[where].address_of(somebody))


def institution(desk: Desk) -> Question[str]:
    """Which institution, by its identifier."""
    known = desk.administration.institutions
    text = either(f"Institution, parmi : {', '.join(known)}", f"Institution, among: {', '.join(known)}")
    return Question("INSTITUTION", text, next(iter(known), ""), existing("institution", known))


def ask_person(desk: Desk, answers: Answers, who: str = "") -> Person:
    """Ask for somebody's names and login; `who` says of whom where that is not plain."""
    given = answers.ask(
        Question("GIVEN", either("Prénom", "Given name") + who, "Nafi", readable(PeopleFile, "people", 0, "given"))
    )
    family = answers.ask(
        Question(
            "FAMILY", either("Nom de famille", "Family name"), "Ouédraogo", readable(PeopleFile, "people", 0, "family")
        )
    )
    identifier = answers.ask(
        Question("ID", either("Matricule", "Staff number") + who, "M1001", lambda a: _identifier(desk, a))
    )
    proposed = names.login(given, family, _Taken(desk)) or ""
    login = answers.ask(
        Question("LOGIN", either("Nom de connexion", "Login"), "nafi.ouedraogo", lambda a: _login(desk, a), proposed)
    )
    if commit := desk.former(login):
        desk.notes.append(
            either(
                f"Attention : « {login} » a déjà servi (commit {commit}). La même personne retrouve son compte, son "
                "courrier et ses fichiers ; pour quelqu'un d'autre, choisir un autre LOGIN.",
                f"Beware: '{login}' was somebody's (commit {commit}). The same person gets their account, mail and "
                "files back; for somebody else, choose another LOGIN.",
            )
        )
    return Person(id=identifier, login=login, given=given, family=family)


def entry(somebody: Person) -> dict[str, str]:
    """A person as people.yaml has them."""
    return {"id": somebody.id, "login": somebody.login, "given": somebody.given, "family": somebody.family}


def _join(text: str, groups: list[str], login: str) -> str:
    for group in groups:
        text = add_item(text, ("functions" if group in Functions.model_fields else "groups", group), login)
    return text


class _Taken:
    """The logins that are not to be proposed: in use, reserved, or once somebody else's."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._letters = {_letters(person.login) for _, person in desk.administration.people()}

    def __contains__(self, login: object) -> bool:
        taken = _letters(str(login)) in self._letters or _reserved(str(login)) or login in ROLES
        return taken or self._desk.former(str(login)) is not None


def _letters(login: str) -> str:
    """What is left of a login to the eye."""
    return re.sub("[.-]", "", login)


def _reserved(login: str) -> bool:
    return login in RESERVED_LOGINS or login.startswith("svc-")


def _identifier(desk: Desk, answer: str) -> str:
    field(PeopleFile, "people", 0, "id")(answer)
    for institution, other in desk.administration.people():
        if other.id == answer:
            where = desk.shown(f"institutions/{institution.institution}/people.yaml")
            raise RefusedError(say("id_twice", value=answer, other=other.login, where=where))
    return answer


def _login(desk: Desk, answer: str) -> str:
    field(PeopleFile, "people", 0, "login")(answer)
    if _reserved(answer):
        raise RefusedError(say("reserved", value=answer))
    for institution, other in desk.administration.people():
        if other.login == answer:
            where = desk.shown(f"institutions/{institution.institution}/people.yaml")
            raise RefusedError(say("person_twice", value=answer, where=where))
    return answer
