"""What a switch needs from outside itself, and who may come to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address

from inventory.model import Administration
from inventory.model.site import Site


@dataclass(frozen=True)
class Services:
    """The defaults are a switch that stands alone. `fixed`: VLAN -> hosts whose address is not from DHCP."""

    administration: str = ""
    ntp: tuple[IPv4Address, ...] = ()
    syslog: tuple[IPv4Address, ...] = ()
    bastions: tuple[IPv4Address, ...] = ()  # who may log in; anybody where there are none
    fixed: Mapping[int, tuple[IPv4Address, ...]] = field(default_factory=dict)
    marks: Mapping[int, str] | None = None  # VLAN -> DSCP, other VLANs have none; None: nobody looks at marks


def services(administration: Administration, site: Site) -> Services:
    """Of the switches of a site. The domain controllers serve time to everybody."""
    fixed: dict[int, list[IPv4Address]] = {}
    for machine in administration.machines.values():
        if machine.site is site and machine.network and machine.network.vlan is not None:
            fixed.setdefault(machine.network.vlan, []).append(machine.address)
    marks = administration.platform.resina.marks
    return Services(
        administration=administration.platform.administration,
        ntp=tuple(machine.address for machine in administration.running("directory")),
        syslog=tuple(administration.environment.syslog),
        bastions=tuple(administration.platform.bastions.values()),
        marks={
            network.vlan: marks.networks[name]
            for name, network in site.networks.items()
            if network.vlan is not None and name in marks.networks
        }
        if marks.networks or marks.applications
        else None,
        fixed={vlan: tuple(sorted(addresses)) for vlan, addresses in sorted(fixed.items())},
    )
