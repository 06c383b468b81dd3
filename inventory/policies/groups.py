"""Groups: every one has somebody in it, and each ministry has its DSI."""

from collections.abc import Iterator

from inventory.model.messages import either
from inventory.model.problems import Problem
from inventory.model.references import Parsed
from inventory.policies.repeats import repeated


def ministries_have_a_dsi(parsed: Parsed) -> Iterator[Problem]:
    """Somebody of the ministry answers for its accounts and shares."""
    for files, institution in parsed.institutions.values():
        if institution.kind == "ministry" and not institution.functions.dsi:
            yield files.problem(
                ["functions" if institution.functions.held else "groups"],
                either(
                    "un ministère a une fonction « dsi » ; l'ajouter à groups.yaml, sous « functions »",
                    "a ministry has a function 'dsi'; add it to groups.yaml, under 'functions'",
                ),
            )


def groups_have_members(parsed: Parsed) -> Iterator[Problem]:
    """Nobody in it, or somebody twice: a mistake, and a right that nobody has. Who left is not in it."""
    present = parsed.administration().groups
    for files, institution in parsed.institutions.values():
        keys = {**dict.fromkeys(institution.functions.held, "functions"), **dict.fromkeys(institution.groups, "groups")}
        written = institution.all_groups
        for name, key in keys.items():
            members = written[name]
            if not members:
                message = either(
                    f"le groupe « {name} » est vide ; y mettre quelqu'un ou le retirer",
                    f"the group '{name}' is empty; put somebody in it or take it out",
                )
                yield files.problem([key, name], message, on_key=True)
            elif not present[f"{institution.institution}-{name}"].members:
                message = either(
                    f"toutes les personnes de « {name} » sont parties ; y mettre quelqu'un d'autre ou le retirer",
                    f"all the people of '{name}' have left; put somebody else in it or take it out",
                )
                yield files.problem([key, name], message, on_key=True)
            for index in repeated(members):
                yield files.problem(
                    [key, name, index],
                    either(f"« {members[index]} » y est déjà", f"'{members[index]}' is already in it"),
                )
