"""Groups: every one has somebody in it, and each ministry has its DSI."""

from collections.abc import Iterator

from inventory.model.messages import either
from inventory.model.problems import Problem
from inventory.model.references import Parsed
from inventory.policies.repeats import repeated

DSI = "dsi"


def ministries_have_a_dsi(parsed: Parsed) -> Iterator[Problem]:
    """Somebody of the ministry answers for its accounts and shares."""
    for files, institution in parsed.institutions.values():
        if institution.kind == "ministry" and DSI not in institution.groups:
            yield files.problem(
                ["groups"],
                either(
                    f"un ministère a un groupe « {DSI} » ; l'ajouter à groups.yaml",
                    f"a ministry has a group '{DSI}'; add it to groups.yaml",
                ),
            )


def groups_have_members(parsed: Parsed) -> Iterator[Problem]:
    """Nobody in it, or somebody twice: a mistake, and a right that nobody has."""
    for files, institution in parsed.institutions.values():
        for name, members in institution.groups.items():
            if not members:
                message = either(
                    f"le groupe « {name} » est vide ; y mettre quelqu'un ou le retirer",
                    f"the group '{name}' is empty; put somebody in it or take it out",
                )
                yield files.problem(["groups", name], message, on_key=True)
            for index in repeated(members):
                yield files.problem(
                    ["groups", name, index],
                    either(f"« {members[index]} » y est déjà", f"'{members[index]}' is already in it"),
                )
