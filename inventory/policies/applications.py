"""Applications: somebody is admitted to each, and each reader is named in one way."""

from collections.abc import Iterator

from inventory.model.messages import either
from inventory.model.problems import Problem
from inventory.model.references import Parsed
from inventory.policies.repeats import covered


def somebody_is_admitted(parsed: Parsed) -> Iterator[Problem]:
    """An application without readers answers nobody."""
    for source, application in parsed.applications.values():
        if not application.readers:
            message = either(
                "personne n'est admis ; nommer au moins un groupe (ex. mtdpce/agents)",
                "nobody is admitted; name one group at least (such as mtdpce/agents)",
            )
            yield source.problem(["readers"], message, on_key=True)


def readers_are_said_once(parsed: Parsed) -> Iterator[Problem]:
    """mtdpce/agents with mtdpce/conseil: taking the second away would take nothing away."""
    for source, application in parsed.applications.values():
        for index in covered(application.readers):
            reader = application.readers[index]
            yield source.problem(
                ["readers", index],
                either(
                    f"« {reader} » est déjà admis par une autre ligne ; n'en garder qu'une",
                    f"'{reader}' is admitted by another line already; keep one of them",
                ),
            )
