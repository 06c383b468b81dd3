"""The edge router of a building: its gateways, its uplinks to RESINA, and what it announces there."""

from functools import partial

from inventory.model import Administration
from roles.network.change import Target
from roles.network.platforms import PLATFORMS
from roles.rendering import render
from roles.uplinks.intent import intent
from roles.uplinks.verify import problems

PATIENCE = 60.0  # seconds: a BGP session that was refused is tried again after up to half a minute


def targets(administration: Administration) -> dict[str, Target]:
    """What each router must be."""
    found = {}
    for name, router in administration.routers.items():
        wanted = intent(administration, router)
        found[name] = Target(
            platform=PLATFORMS[router.entry.platform],
            intended=render(f"uplinks/{router.entry.platform}.j2", router=wanted),
            problems=partial(problems, wanted),
            patience=PATIENCE,
        )
    return found
