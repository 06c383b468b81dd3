"""The local network of a building: VLANs and ports of its access switches."""

from collections.abc import Callable

from inventory.model import Administration
from inventory.secrets import secrets_of
from roles.lan.intent import SwitchIntent, intent
from roles.lan.services import services
from roles.lan.verify import problems
from roles.network.change import Target
from roles.network.credentials import SecretOf, radius, snmp
from roles.network.platform import Platform, going_back_after
from roles.network.platforms import PLATFORMS
from roles.network.shown import Show
from roles.network.targets import OnDemand
from roles.rendering import render

PATIENCE = 5.0  # seconds: a switch shows a change at once, a link takes a moment


def targets(administration: Administration, secret_of: SecretOf | None = None) -> OnDemand:
    """What each switch must be. `secret_of` gives its secrets; the environment's, if nothing is said."""
    secret = secret_of or secrets_of(administration.environment).get
    minutes = administration.environment.devices.revert_after

    def target(name: str) -> Target:
        switch, intended = administration.switches[name], wanted(administration, name, secret)
        platform = going_back_after(PLATFORMS[switch.entry.platform], minutes)
        return Target(
            platform=platform,
            intended=render(f"lan/{switch.entry.platform}.j2", switch=intended),
            problems=_verification(intended, platform),
            patience=PATIENCE,
            routers=frozenset(port for port, entry in switch.entry.ports.items() if entry.to in switch.site.routers),
        )

    return OnDemand(administration.switches, target)


def wanted(administration: Administration, name: str, secret_of: SecretOf) -> SwitchIntent:
    """What one switch must do. Raises SecretError."""
    switch = administration.switches[name]
    return intent(
        switch,
        services(administration, switch.site),
        snmp(administration, name, secret_of),
        radius(administration, name, secret_of),
    )


def _verification(wanted: SwitchIntent, platform: Platform) -> Callable[[Show], list[str]]:
    facts = platform.switch
    if facts is None:
        raise ValueError(f"{platform.name} is no platform of switches")
    return lambda show: problems(wanted, facts.shown(show))
