"""Whom a line of a plan is of: the institution that it names."""

import re
from collections.abc import Callable

from inventory.model import Administration


def institution_of(administration: Administration) -> Callable[[str], str]:
    """A function that finds the institution in a line of text, by its identifier, its domain or its shares."""
    names = {
        name: institution.institution
        for institution in administration.institutions.values()
        for name in (institution.institution, institution.mail_domain, *institution.shares)
    }
    if not names:
        return lambda _text: ""
    # The longest first: sante-rh before sante.
    alternatives = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    pattern = re.compile(rf"(?<![\w-])({alternatives})(?![a-z0-9])")

    def find(text: str) -> str:
        found = pattern.search(text)
        return names[found[1]] if found else ""

    return find
