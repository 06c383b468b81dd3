"""The edge router of a building: its gateways, its uplinks to RESINA, and what it announces there."""

from functools import partial

from inventory.model import Administration
from inventory.secrets import secrets_of
from roles.network.change import Target
from roles.network.platform import going_back_after
from roles.network.platforms import ROUTERS
from roles.network.targets import OnDemand
from roles.rendering import render
from roles.uplinks import cisco_ios, frr
from roles.uplinks.device import device
from roles.uplinks.frr import Show
from roles.uplinks.intent import PasswordOf, RouterIntent, intent
from roles.uplinks.verify import problems

PATIENCE = 60.0  # seconds: a BGP session that was refused is tried again after up to half a minute
READERS = {"frr": frr.state, "cisco_ios": cisco_ios.state}


def targets(administration: Administration, password_of: PasswordOf | None = None) -> OnDemand:
    """What each router must be. `password_of` gives the keys of its sessions; the environment's, if nothing is said."""
    key_of = password_of or secrets_of(administration.environment).get
    minutes = administration.environment.devices.revert_after

    def target(name: str) -> Target:
        router = administration.routers[name]
        wanted = intent(administration, router, key_of)
        platform = router.entry.platform
        # Of a Debian host, roles/router says the rest.
        beyond = None if name in administration.machines else device(administration, router, key_of)
        return Target(
            platform=going_back_after(ROUTERS[platform], minutes),
            intended=render(f"uplinks/{platform}.j2", router=wanted, device=beyond),
            problems=partial(_problems, wanted, platform),
            patience=PATIENCE,
        )

    return OnDemand(administration.routers, target)


def _problems(wanted: RouterIntent, platform: str, show: Show) -> list[str]:
    peers = [neighbor.address for neighbor in wanted.neighbors]
    return problems(wanted, READERS[platform](show, peers))
