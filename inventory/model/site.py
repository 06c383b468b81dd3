"""A place as the roles read it: its networks, machines, switches and routers, whole.

What a person writes is a SiteFile (site_file.py); derive.py makes this of it. Machines, routers and uplinks are written
as they are.
"""

from ipaddress import IPv4Address, IPv4Interface
from typing import Annotated, Literal

from pydantic import Field

from inventory.model import forms
from inventory.model.base import (
    Address,
    AddressWithPrefix,
    Asn,
    Identifier,
    InterfaceName,
    Prefix,
    Strict,
    Text,
    Vlan,
)
from inventory.model.building import LEASE_HOURS, Authentication, Protection
from inventory.model.chassis import RouterPlatform, SwitchPlatform

Capability = Literal[
    "directory",
    "mail",
    "dav",
    "files",
    "applications",
    "database",
    "nameserver",
    "webmail",
    "backupserver",
    "workstation",
]
Tier = Literal["distribution", "access"]

# Of the spanning tree: the lowest is the root (IEEE 802.1D).
STP_ROOT, STP_STEP, STP_ACCESS = 4096, 4096, 32768


class Pool(Strict):
    """The addresses that DHCP gives, and for how long."""

    first: Address
    last: Address
    lease_hours: int = LEASE_HOURS

    def __contains__(self, address: IPv4Address) -> bool:
        return self.first <= address <= self.last


class Network(Strict):
    """One IPv4 subnet; in a building it is a VLAN. `purpose` is its key in platform.yaml, where it has one."""

    prefix: Prefix
    gateway: Address
    vlan: Vlan | None = None
    reaches: list[Literal["resina"]] = Field(default=["resina"])
    purpose: Identifier | None = None
    pool: Pool | None = None

    def interface(self, address: Address) -> IPv4Interface:
        """An address of this network with its prefix length."""
        return IPv4Interface(f"{address}/{self.prefix.prefixlen}")


class Port(Strict):
    """One port of a switch: an access port in one network, a trunk of several, or one that nothing uses.

    An access port may carry the telephones of a second network (`voice`), tagged. What is untagged on a trunk is in
    `native`; without it, in the VLAN that nobody uses (`Switch.native`). `far` is the port at the other end, where that
    is a switch. Who is not recognized (`authentication`) is in `fallback`; without it, in quarantine.
    """

    access: Identifier | None = None
    voice: Identifier | None = None
    trunk: list[Identifier] | None = None
    native: Identifier | None = None
    to: Identifier | None = None
    far: InterfaceName | None = None
    profile: Identifier | None = None
    maximum_macs: int | None = None
    protections: list[Protection] = Field(default=[])
    authentication: Authentication | None = None
    fallback: Identifier | None = None
    trusted: bool = False

    @property
    def used(self) -> bool:
        """Whether the port is for anything; otherwise it is shut, in the quarantine VLAN."""
        return self.access is not None or self.trunk is not None

    @property
    def enabled(self) -> bool:
        return self.used

    @property
    def carries(self) -> list[str]:
        """Every network of the port."""
        names = [*([self.access] if self.access else []), *([self.voice] if self.voice else []), *(self.trunk or [])]
        return [*names, *([self.native] if self.native and self.native not in names else [])]


class Switch(Strict):
    """`model` is its key in chassis.py: `ports` then holds each port that the model has, unused ones too."""

    platform: SwitchPlatform
    network: Identifier
    address: Address
    formerly: list[Address] = Field(default=[])
    ports: dict[InterfaceName, Port]
    model: str | None = None
    tier: Tier = "access"
    stp_priority: int = STP_ACCESS
    quarantine: Vlan = 999
    native: Vlan = 998
    ssh: Literal["sha1"] | None = None

    @property
    def used_ports(self) -> dict[str, Port]:
        return {name: port for name, port in self.ports.items() if port.used}


class Uplink(Strict):
    """A link to a core of RESINA, with an eBGP session on it."""

    interface: InterfaceName = Field(description="Interface du routeur", examples=["wan0"])
    core: Identifier = Field(description="Cœur de RESINA (platform.yaml)", examples=["resina1"])
    address: AddressWithPrefix = Field(description="Notre adresse sur le lien", examples=["10.255.1.2/30"])
    peer: Address = Field(description="Adresse du cœur de RESINA", examples=["10.255.1.1"])
    role: Literal["primary", "backup"] = Field(
        default="primary", description="Lien principal du bâtiment, ou de secours", examples=["backup"]
    )


class Router(Strict):
    """The edge router of a building. With `frr` it is a Debian host; else a device, and `model` says its interfaces."""

    platform: RouterPlatform = Field(description="Plateforme du routeur", examples=["frr"])
    model: Annotated[str, forms.ROUTER_MODEL.field()] | None = Field(
        default=None,
        description="Modèle du routeur : il dit ses interfaces ; « frr » n'en a pas",
        examples=["isr-4331"],
    )
    asn: Asn
    lan: InterfaceName = Field(description="Interface qui reçoit le trunk du commutateur", examples=["lan0"])
    uplinks: list[Uplink] = Field(
        min_length=1,
        description="Liens vers RESINA",
        examples=[[{"interface": "wan0", "core": "resina1", "address": "10.255.1.2/30", "peer": "10.255.1.1"}]],
    )

    @property
    def by_preference(self) -> list[Uplink]:
        """The uplinks, the primary one first."""
        return sorted(self.uplinks, key=lambda uplink: uplink.role != "primary")


class MachineEntry(Strict):
    """A Debian host."""

    network: Identifier = Field(description="Réseau de la machine", examples=["servers"])
    address: Address
    runs: list[Capability] = Field(description="Ce que fait la machine", examples=[["files"]])
    only_in: Identifier | None = Field(
        default=None, description="Environnement hors duquel elle n'existe pas", examples=["lab"]
    )
    mac: Annotated[str, forms.MAC.field()] | None = Field(
        default=None,
        description="Adresse MAC : DHCP lui réserve son adresse, dans un bâtiment",
        examples=["02:00:5e:10:00:01"],
    )


class Site(Strict):
    """One place. `block` holds the networks of a building."""

    site: Identifier
    kind: Literal["datacentre", "building"]
    name: Text
    owner: Identifier
    networks: dict[Identifier, Network]
    block: Prefix | None = None
    machines: dict[Identifier, MachineEntry] = Field(default={})
    switches: dict[Identifier, Switch] = Field(default={})
    routers: dict[Identifier, Router] = Field(default={})
