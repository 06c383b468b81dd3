"""The local network of a building: VLANs and ports of its access switches."""

from functools import partial

from inventory.model import Administration
from roles.lan.intent import intent
from roles.lan.verify import problems
from roles.network.change import Target
from roles.network.platforms import PLATFORMS
from roles.rendering import render

PATIENCE = 5.0  # seconds: a switch shows a change at once, a link takes a moment


def targets(administration: Administration) -> dict[str, Target]:
    """What each switch must be."""
    found = {}
    for name, switch in administration.switches.items():
        wanted = intent(switch)
        found[name] = Target(
            platform=PLATFORMS[switch.entry.platform],
            intended=render(f"lan/{switch.entry.platform}.j2", switch=wanted),
            problems=partial(problems, wanted),
            patience=PATIENCE,
            routers=frozenset(port for port, entry in switch.entry.ports.items() if entry.to in switch.site.routers),
        )
    return found
