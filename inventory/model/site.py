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

    prefix: Prefix = Field(description="Préfixe IPv4 (ex. 10.20.10.0/24)")
    gateway: Address = Field(description="Adresse de la passerelle")
    vlan: Vlan | None = None
    reaches: list[Literal["resina"]] = Field(
        default=["resina"], description="Ce que le réseau peut joindre au-delà de lui-même"
    )

    def interface(self, address: Address) -> IPv4Interface:
        """An address of this network with its prefix length."""
        return IPv4Interface(f"{address}/{self.prefix.prefixlen}")


class Port(Strict):
    """One port of a switch: an access port in one network, or a trunk of several."""

    access: Identifier | None = Field(default=None, description="Réseau du poste branché")
    trunk: list[Identifier] | None = Field(default=None, description="Réseaux transportés")
    to: Identifier | None = Field(default=None, description="Ce qui est branché au bout du câble")


class Switch(Strict):
    platform: Literal["cisco_ios"] = Field(description="Plateforme du commutateur")
    network: Identifier = Field(description="Réseau d'administration")
    address: Address
    ports: dict[InterfaceName, Port]


class Uplink(Strict):
    """A link to a core of RESINA, with an eBGP session on it."""

    interface: InterfaceName
    core: Identifier = Field(description="Cœur de RESINA (platform.yaml)")
    address: AddressWithPrefix = Field(description="Notre adresse sur le lien (ex. 10.255.1.2/30)")
    peer: Address = Field(description="Adresse du cœur de RESINA")


class Router(Strict):
    """The edge router of a building."""

    platform: Literal["frr"] = Field(description="Plateforme du routeur")
    asn: Asn
    lan: InterfaceName = Field(description="Interface qui reçoit le trunk du commutateur")
    uplinks: list[Uplink]


class MachineEntry(Strict):
    """A Debian host."""

    network: Identifier
    address: Address
    runs: list[Capability] = Field(description="Ce que fait la machine")
    only_in: Identifier | None = Field(default=None, description="Environnement hors duquel elle n'existe pas")


class Site(Strict):
    """One file of inventory/sites."""

    site: Identifier = Field(description="identifiant égal au nom du fichier : minuscules, chiffres, tirets")
    kind: Literal["datacentre", "building"]
    name: Text
    owner: Identifier = Field(description="Institution responsable")
    networks: dict[Identifier, Network]
    machines: dict[Identifier, MachineEntry] = Field(default={})
    switches: dict[Identifier, Switch] = Field(default={})
    routers: dict[Identifier, Router] = Field(default={})
