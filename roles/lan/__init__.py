"""The local network of a building: VLANs and ports of its access switches."""

from collections.abc import Callable

from inventory.model import Administration
from roles.lan.intent import SwitchIntent, intent
from roles.lan.services import services
from roles.lan.verify import problems
from roles.network.change import Target
from roles.network.platform import Platform, going_back_after
from roles.network.platforms import PLATFORMS
from roles.network.shown import Show
from roles.network.targets import OnDemand
from roles.rendering import render

PATIENCE = 5.0  # seconds: a switch shows a change at once, a link takes a moment


def targets(administration: Administration) -> OnDemand:
    """What each switch must be."""
    minutes = administration.environment.devices.revert_after

    def target(name: str) -> Target:
        switch = administration.switches[name]
        platform = going_back_after(PLATFORMS[switch.entry.platform], minutes)
        wanted = intent(switch, services(administration, switch.site))
        return Target(
            platform=platform,
            intended=render(f"lan/{switch.entry.platform}.j2", switch=wanted),
            problems=_verification(wanted, platform),
            patience=PATIENCE,
            routers=frozenset(port for port, entry in switch.entry.ports.items() if entry.to in switch.site.routers),
        )

    return OnDemand(administration.switches, target)


def _verification(wanted: SwitchIntent, platform: Platform) -> Callable[[Show], list[str]]:
    facts = platform.switch
    if facts is None:
        raise ValueError(f"{platform.name} is no platform of switches")
    return lambda show: problems(wanted, facts.shown(show))
