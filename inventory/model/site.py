"""A place: its networks, machines, switches and routers."""

from ipaddress import IPv4Interface
from typing import Literal

from pydantic import Field

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

Capability = Literal["directory", "mail", "files", "applications", "database", "workstation"]


class Network(Strict):
    """One IPv4 subnet; in a building it is a VLAN."""

    prefix: Prefix
    gateway: Address = Field(description="Adresse de la passerelle", examples=["10.20.10.1"])
    vlan: Vlan | None = None
    reaches: list[Literal["resina"]] = Field(
        default=["resina"], description="Ce que le réseau peut joindre au-delà de lui-même", examples=[["resina"]]
    )

    def interface(self, address: Address) -> IPv4Interface:
        """An address of this network with its prefix length."""
        return IPv4Interface(f"{address}/{self.prefix.prefixlen}")


class Port(Strict):
    """One port of a switch: an access port in one network, or a trunk of several."""

    access: Identifier | None = Field(default=None, description="Réseau du poste branché", examples=["users"])
    trunk: list[Identifier] | None = Field(
        default=None, description="Réseaux transportés", examples=[["users", "management"]]
    )
    to: Identifier | None = Field(default=None, description="Ce qui est branché au bout du câble", examples=["ws1"])


class Switch(Strict):
    platform: Literal["cisco_ios"] = Field(description="Plateforme du commutateur", examples=["cisco_ios"])
    network: Identifier = Field(description="Réseau d'administration", examples=["management"])
    address: Address
    ports: dict[InterfaceName, Port] = Field(
        description="Ports, par leur nom complet", examples=[{"GigabitEthernet1/0/1": {"access": "users", "to": "ws1"}}]
    )


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
    """The edge router of a building."""

    platform: Literal["frr"] = Field(description="Plateforme du routeur", examples=["frr"])
    asn: Asn
    lan: InterfaceName = Field(description="Interface qui reçoit le trunk du commutateur", examples=["lan0"])
    uplinks: list[Uplink] = Field(
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


class Site(Strict):
    """One file of inventory/sites."""

    site: Identifier = Field(description="Identifiant, égal au nom du fichier", examples=["sante-siege"])
    kind: Literal["datacentre", "building"] = Field(description="Centre de données ou bâtiment", examples=["building"])
    name: Text = Field(description="Nom du lieu", examples=["Siège du ministère de la Santé"])
    owner: Identifier = Field(description="Institution responsable")
    networks: dict[Identifier, Network] = Field(
        description="Réseaux, par nom",
        examples=[{"users": {"vlan": 10, "prefix": "10.20.10.0/24", "gateway": "10.20.10.1"}}],
    )
    machines: dict[Identifier, MachineEntry] = Field(
        default={},
        description="Machines Debian, par nom",
        examples=[{"files1": {"network": "servers", "address": "10.10.10.13", "runs": ["files"]}}],
    )
    switches: dict[Identifier, Switch] = Field(
        default={},
        description="Commutateurs, par nom",
        examples=[{"sw1": {"platform": "cisco_ios", "network": "management", "address": "10.20.99.11", "ports": {}}}],
    )
    routers: dict[Identifier, Router] = Field(
        default={},
        description="Routeurs, par nom",
        examples=[{"edge1": {"platform": "frr", "asn": 65101, "lan": "lan0", "uplinks": []}}],
    )
