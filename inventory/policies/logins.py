"""Logins that cannot be taken for another's, nor their mail for that of an office."""

from collections.abc import Iterator

from inventory.model.messages import either
from inventory.model.problems import Problem
from inventory.model.references import Parsed

# Mailboxes of a role (RFC 2142), and senders that people trust because no person can be behind them.
ROLES = {
    "abuse", "billing", "hostmaster", "info", "marketing", "news", "noc", "postmaster", "sales", "security", "support",
    "usenet", "uucp", "webmaster", "www",
    "admin", "administrateur", "dmarc", "mailer-daemon", "no-reply", "nobody", "noreply", "noreply-dmarc", "plateforme",
    "root", "securite", "ssladmin", "sysadmin", "tlsrpt",
}  # fmt: skip


def logins_differ_by_more_than_punctuation(parsed: Parsed) -> Iterator[Problem]:
    """awa.exemple and awa-exemple: mail for one reaches the other."""
    seen: dict[str, str] = {}
    for files, institution in parsed.institutions.values():
        for index, person in enumerate(institution.people):
            letters = person.login.replace(".", "").replace("-", "")
            other = seen.setdefault(letters, person.login)
            if other != person.login:
                yield files.problem(
                    ["people", index, "login"],
                    either(
                        f"« {person.login} » se confond avec « {other} » ; ajouter une lettre ou un chiffre",
                        f"'{person.login}' can be taken for '{other}'; add a letter or a digit",
                    ),
                )


def role_addresses_belong_to_nobody(parsed: Parsed) -> Iterator[Problem]:
    """A person at security@ or webmaster@ receives what is not theirs, and certificates too."""
    for files, institution in parsed.institutions.values():
        for index, person in enumerate(institution.people):
            if person.login in ROLES:
                yield files.problem(
                    ["people", index, "login"],
                    either(
                        f"« {person.login}@ » est l'adresse d'une fonction, pas d'une personne ; choisir prenom.nom",
                        f"'{person.login}@' is the address of a role, not of a person; choose given.family",
                    ),
                )
