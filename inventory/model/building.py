"""What all buildings have in common: purposes of networks, their places in a block, and profiles of ports."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network
from typing import Annotated, Literal, get_args

from pydantic import Field

from inventory.model.base import Flag, Identifier, Prefix, Strict, Vlan

MANAGEMENT = "management"  # the purpose whose network holds the switches themselves
LEASE_HOURS = 24  # a working day: who is away for one night keeps the address
NEVER = (1002, 1003, 1004, 1005)  # Cisco keeps them for token ring and FDDI

# bpdu-guard: a switch that speaks there is shut out. root-guard: the root of the spanning tree is never behind it.
# dhcp-snooping, arp-inspection: only what is trusted answers for DHCP; ARP says what DHCP gave. storm-control: no
# flood of broadcasts. port-security: `maximum_macs` and no more. silent: neither CDP nor LLDP tells who we are.
Protection = Literal[
    "bpdu-guard", "root-guard", "dhcp-snooping", "arp-inspection", "storm-control", "port-security", "silent"
]
# dot1x: a computer says who it is. mab: a device that cannot is known by its MAC address. dot1x-mab: the first, else
# the other.
Authentication = Literal["dot1x", "mab", "dot1x-mab"]
PROTECTIONS: tuple[Protection, ...] = get_args(Protection)


class PoolRule(Strict):
    """Which addresses of a network DHCP gives, by their rank in it; the others are for what has a fixed one."""

    first: Annotated[int, Field(strict=True, ge=2, description="Rang de la première adresse", examples=[100])]
    last: Annotated[int, Field(strict=True, ge=2)] | None = Field(
        default=None, description="Rang de la dernière ; sans lui, jusqu'au bout du réseau", examples=[199]
    )
    lease_hours: Annotated[int, Field(strict=True, ge=1, le=720)] = Field(
        default=LEASE_HOURS, description="Pour combien d'heures une adresse est donnée", examples=[4]
    )

    def within(self, prefix: IPv4Network) -> tuple[IPv4Address, IPv4Address] | None:
        """The first and last address in a network, or None where it is too small for a pool."""
        end = prefix.num_addresses - 2  # the last one is the broadcast address
        last = end if self.last is None else min(self.last, end)
        return (prefix[self.first], prefix[last]) if self.first <= last else None


class Purpose(Strict):
    """What a network of a building is for; it has the same number everywhere."""

    vlan: Vlan
    reaches: list[Literal["resina"]] = Field(
        default=["resina"], description="Ce que le réseau peut joindre au-delà de lui-même", examples=[["resina"]]
    )
    pool: PoolRule | None = Field(
        default=None, description="Adresses données par DHCP ; sans lui, aucune", examples=[{"first": 100}]
    )


class Plan(Strict):
    """Where each purpose stands in a block of a size: as if the block began at 0.0.0.0."""

    size: Annotated[
        int, Field(strict=True, ge=8, le=28, description="Longueur du préfixe du bloc : 20 pour un /20", examples=[20])
    ]
    places: dict[Identifier, Prefix] = Field(
        min_length=1,
        description="Place de chaque usage, comme si le bloc commençait à 0.0.0.0",
        examples=[{"users": "0.0.0.0/22", "management": "0.0.12.0/24"}],
    )

    def place(self, purpose: str, block: IPv4Network) -> IPv4Network | None:
        """The network of a purpose in a block, or None where the plan has no place for it."""
        found = self.places.get(purpose)
        if found is None:
            return None
        return IPv4Network((int(block.network_address) + int(found.network_address), found.prefixlen))


def plan_for(plans: Sequence[Plan], block: IPv4Network) -> Plan | None:
    """The plan of a block: that of the largest size which it holds. None where it is too small for all of them."""
    return min((plan for plan in plans if plan.size >= block.prefixlen), key=lambda plan: plan.size, default=None)


class Profile(Strict):
    """What a port is for: a desk in one network, a trunk of several, or nothing."""

    mode: Literal["access", "trunk", "unused"] = Field(
        description="access : un réseau ; trunk : plusieurs ; unused : fermé", examples=["access"]
    )
    network: Identifier | None = Field(default=None, description="Usage du réseau, pour « access »", examples=["users"])
    voice: Identifier | None = Field(
        default=None, description="Usage du réseau des téléphones, là où le site en a un", examples=["voice"]
    )
    networks: list[Identifier] = Field(
        default=[],
        description="Usages transportés, pour « trunk » ; vide : tous ceux du site",
        examples=[["users", "guests"]],
    )
    native: Identifier | None = Field(
        default=None, description="Usage qui va sans étiquette, pour « trunk »", examples=["management"]
    )
    maximum_macs: Annotated[int, Field(strict=True, ge=1, le=1024)] | None = Field(
        default=None, description="Combien de machines au plus, par leur adresse MAC", examples=[3]
    )
    authentication: Authentication | None = Field(
        default=None,
        description="Comment le serveur RADIUS reconnaît ce qui se branche ; les appareils muets (imprimantes) : mab",
        examples=["dot1x"],
    )
    fallback: Identifier | None = Field(
        default=None,
        description="Usage du réseau de qui n'est pas reconnu, ou si aucun serveur ne répond ; sans lui, quarantaine",
        examples=["guests"],
    )
    protections: list[Protection] = Field(
        default=[], description="Ce qui protège le réseau de ce port", examples=[["bpdu-guard", "dhcp-snooping"]]
    )
    trusted: Flag = Field(
        default=False, description="Les réponses DHCP et ARP y sont crues : un lien entre équipements", examples=[True]
    )


class ReservedVlans(Strict):
    """VLANs that belong to no network: unused ports are in one, untagged frames of trunks in the other."""

    quarantine: Vlan = Field(default=999, description="VLAN des ports fermés", examples=[999])
    native: Vlan = Field(default=998, description="VLAN sans étiquette des trunks", examples=[998])
