"""The local network of a building: VLANs and ports of its access switches."""

from collections.abc import Callable, Iterator, Mapping

from inventory.model import Administration
from inventory.secrets import secrets_of
from roles.lan.credentials import SecretOf, snmp
from roles.lan.intent import SwitchIntent, intent
from roles.lan.services import services
from roles.lan.verify import problems
from roles.network.change import Target
from roles.network.platform import Platform, going_back_after
from roles.network.platforms import PLATFORMS
from roles.network.shown import Show
from roles.rendering import render

PATIENCE = 5.0  # seconds: a switch shows a change at once, a link takes a moment


class _Targets(Mapping[str, Target]):
    """Each is made when it is asked for: whoever works on one switch need not be able to read the secrets of all."""

    def __init__(self, administration: Administration, secret_of: SecretOf) -> None:
        self._administration, self._secret_of = administration, secret_of
        self._made: dict[str, Target] = {}

    def __getitem__(self, name: str) -> Target:
        if name not in self._made:
            self._made[name] = _target(self._administration, name, self._secret_of)
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._administration.switches

    def __iter__(self) -> Iterator[str]:
        return iter(self._administration.switches)

    def __len__(self) -> int:
        return len(self._administration.switches)


def targets(administration: Administration, secret_of: SecretOf | None = None) -> Mapping[str, Target]:
    """What each switch must be. `secret_of` gives its secrets; the environment's, if nothing is said."""
    return _Targets(administration, secret_of or secrets_of(administration.environment).get)


def wanted(administration: Administration, name: str, secret_of: SecretOf) -> SwitchIntent:
    """What one switch must do. Raises SecretError."""
    switch = administration.switches[name]
    return intent(switch, services(administration, switch.site), snmp(administration, name, secret_of))


def _target(administration: Administration, name: str, secret_of: SecretOf) -> Target:
    switch, intended = administration.switches[name], wanted(administration, name, secret_of)
    platform = going_back_after(PLATFORMS[switch.entry.platform], administration.environment.devices.revert_after)
    return Target(
        platform=platform,
        intended=render(f"lan/{switch.entry.platform}.j2", switch=intended),
        problems=_verification(intended, platform),
        patience=PATIENCE,
        routers=frozenset(port for port, entry in switch.entry.ports.items() if entry.to in switch.site.routers),
    )


def _verification(wanted: SwitchIntent, platform: Platform) -> Callable[[Show], list[str]]:
    facts = platform.switch
    if facts is None:
        raise ValueError(f"{platform.name} is no platform of switches")
    return lambda show: problems(wanted, facts.shown(show))
