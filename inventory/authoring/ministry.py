"""A ministry or an institution: its folder, with a first person who runs its IT."""

from inventory.authoring.answers import Answers, Question, RefusedError
from inventory.authoring.checks import existing, field, readable, several, unused
from inventory.authoring.desk import Desk
from inventory.authoring.editing import add_item
from inventory.authoring.person import ask_person, entry
from inventory.authoring.share import shares
from inventory.authoring.writing import document
from inventory.model.institution import AGENTS, InstitutionFile
from inventory.model.messages import either, say
from inventory.model.references import RESERVED_SHARES

VARIABLES = (
    "INSTITUTION", "KIND", "NAME", "MAIL_DOMAIN", "REVIEWERS", "AUTHORS", "GIVEN", "FAMILY", "ID", "LOGIN",
    "APPLICATIONS",
)  # fmt: skip
SHARE = {"ministry": "Dossiers communs du ministère", "institution": "Dossiers communs de l'institution"}


def ministry(desk: Desk, answers: Answers) -> None:
    """Ask for an institution, who reviews its changes, and the first person of its IT."""
    platform, applications = desk.administration.platform, desk.administration.applications
    text = either("Identifiant court", "Short identifier")
    identifier = answers.ask(Question("INSTITUTION", text, "education", lambda answer: _identifier(desk, answer)))
    kind = answers.ask(
        Question(
            "KIND",
            either("Sorte : ministry ou institution", "Kind: ministry or institution"),
            "ministry",
            _kind,
            "ministry",
        )
    )
    text = either("Nom officiel", "Official name")
    name = answers.ask(Question("NAME", text, "Ministère de l'Éducation nationale", readable(InstitutionFile, "name")))
    domain = f"{identifier}.{platform.mail.domains_under[0]}"
    mail_domain = answers.ask(
        Question(
            "MAIL_DOMAIN", either("Domaine du courriel", "Mail domain"), domain, lambda a: _domain(desk, a), domain
        )
    )
    team = f"@{platform.reviewers[0].lstrip('@').split('/')[0]}/dsi-{identifier}"
    reviewers = answers.ask(
        Question(
            "REVIEWERS",
            either("Qui relit ses changements", "Who reviews its changes"),
            team,
            several(field(InstitutionFile, "reviewers", 0)),
            team,
        )
    )
    text = either("Comptes de la forge qui proposent ses changements", "Accounts of the forge that propose its changes")
    account = several(field(InstitutionFile, "authors", 0))
    authors = answers.ask(Question("AUTHORS", text, "@mariam", account, optional=True))
    who = either(" de la première personne de sa DSI", " of the first person of its IT")
    somebody = ask_person(desk, answers, who)
    known = ", ".join(applications)
    text = either(
        f"Applications ouvertes à toutes ses personnes, parmi : {known}", f"Applications for its people, among: {known}"
    )
    opened = answers.ask(
        Question(
            "APPLICATIONS",
            text,
            next(iter(applications), ""),
            several(existing("application", applications)),
            optional=True,
        )
    )
    place = f"institutions/{identifier}"
    about = {"institution": identifier, "kind": kind, "name": name, "mail_domain": mail_domain, "reviewers": reviewers}
    about |= {"authors": authors} if authors else {}
    share = {"description": SHARE[kind], "write": [AGENTS]}
    for file, content in (
        ("institution", about),
        ("people", {"people": [entry(somebody)]}),
        ("groups", {"functions": {"dsi": [somebody.login]}}),
        ("shares", {"shares": {identifier: share}}),
    ):
        desk.create(f"{place}/{file}.yaml", document(f"../../schema/{file}.json", content))
    reader = f"{identifier}/{AGENTS}"
    for application in opened:
        desk.edit(f"applications/{application}.yaml", lambda text: add_item(text, ("readers",), reader))


def _kind(answer: str) -> str:
    return field(InstitutionFile, "kind")("ministry" if answer.casefold() == "ministère" else answer)


def _identifier(desk: Desk, answer: str) -> str:
    place = f"institutions/{answer}"
    field(InstitutionFile, "institution")(answer)
    if desk.has(place):
        raise RefusedError(say("already", value=answer, where=desk.shown(place)))
    unused(answer, shares(desk))  # its share has its name
    if answer in RESERVED_SHARES:
        raise RefusedError(say("reserved", value=answer))
    return answer


def _domain(desk: Desk, answer: str) -> str:
    field(InstitutionFile, "mail_domain")(answer)
    platform = desk.administration.platform
    suffixes = platform.mail.domains_under
    if not any(answer.endswith(f".{suffix}") for suffix in suffixes):
        raise RefusedError(say("foreign_domain", value=answer, allowed=", ".join(suffixes)))
    if f".{answer}".endswith(f".{platform.domain}") or f".{platform.domain}".endswith(f".{answer}"):
        raise RefusedError(say("inner_domain", value=answer))
    for institution in desk.administration.institutions.values():
        if institution.mail_domain == answer:
            where = desk.shown(f"institutions/{institution.institution}/institution.yaml")
            raise RefusedError(say("already", value=answer, where=where))
    return answer
