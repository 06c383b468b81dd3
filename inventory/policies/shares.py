"""Shares: somebody can fill each, and each right is said in one way."""

from collections.abc import Iterator

from inventory.model.institution import AGENTS
from inventory.model.messages import either
from inventory.model.problems import Problem
from inventory.model.references import Parsed
from inventory.policies.repeats import covered


def somebody_writes(parsed: Parsed) -> Iterator[Problem]:
    """A share that nobody may fill stays empty."""
    for files, institution in parsed.institutions.values():
        for name, share in institution.shares.items():
            if not share.write:
                message = either(
                    f"personne ne peut écrire dans « {name} » ; nommer un groupe sous « write »",
                    f"nobody may write in '{name}'; name a group under 'write'",
                )
                yield files.problem(["shares", name], message, on_key=True)


def rights_are_said_once(parsed: Parsed) -> Iterator[Problem]:
    """A group that has a right in two ways keeps it when one of them is taken away."""
    for files, institution in parsed.institutions.values():
        for name, share in institution.shares.items():
            for right, groups in (("write", share.write), ("read", share.read)):
                said = set(covered(groups))
                if right == "read":  # who writes reads
                    said |= {i for i, group in enumerate(groups) if group in share.write or AGENTS in share.write}
                for index in sorted(said):
                    yield files.problem(
                        ["shares", name, right, index],
                        either(
                            f"« {groups[index]} » a déjà ce droit par une autre ligne ; n'en garder qu'une",
                            f"'{groups[index]}' has this right by another line already; keep one of them",
                        ),
                    )
