"""Mail domains: each institution's is its own, and below nobody else's."""

from collections.abc import Iterator

from inventory.model.messages import either
from inventory.model.problems import Problem
from inventory.model.references import Parsed


def domains_are_apart(parsed: Parsed) -> Iterator[Problem]:
    """Who holds sante.gov.bf decides what is below it: another institution's domain cannot depend on that."""
    holders = {institution.mail_domain: institution.institution for _, institution in parsed.institutions.values()}
    for files, institution in parsed.institutions.values():
        labels = institution.mail_domain.split(".")
        for above in (".".join(labels[cut:]) for cut in range(1, len(labels))):
            if above in holders:
                yield files.problem(
                    ["mail_domain"],
                    either(
                        f"« {institution.mail_domain} » est sous le domaine de « {holders[above]} », {above}",
                        f"'{institution.mail_domain}' is below the domain of '{holders[above]}', {above}",
                    ),
                )


def partners_are_outside(parsed: Parsed) -> Iterator[Problem]:
    """Partners pass what stops strangers: a prefix with our own machines in it is no partner."""
    source, platform = parsed.platform
    for name, prefixes in platform.mail.partners.items():
        for index, prefix in enumerate(prefixes):
            if any(prefix.overlaps(ours) for ours in platform.prefixes):
                yield source.problem(
                    ["mail", "partners", name, index],
                    either(
                        f"« {prefix} » contient des adresses de l'administration ; n'écrire que celles de « {name} »",
                        f"'{prefix}' holds addresses of the administration; write those of '{name}' only",
                    ),
                )
