"""One file of inventory/sites, as a person writes it: what can be derived may be left out (derive.py)."""

from typing import Annotated, Literal

from pydantic import Field

from inventory.model import forms
from inventory.model.base import Address, Identifier, InterfaceName, Prefix, Strict, Text, Vlan
from inventory.model.building import PoolRule
from inventory.model.chassis import SwitchPlatform
from inventory.model.site import MachineEntry, Router, Tier


class NetworkEntry(Strict):
    """A network that is spelled out, or what one of a purpose has otherwise than the others."""

    vlan: Vlan | None = None
    prefix: Prefix | None = None
    gateway: Address | None = Field(
        default=None,
        description="Adresse de la passerelle ; sans elle, la première du réseau",
        examples=["10.20.10.1"],
    )
    reaches: list[Literal["resina"]] = Field(
        default=["resina"], description="Ce que le réseau peut joindre au-delà de lui-même", examples=[["resina"]]
    )
    pool: PoolRule | None = Field(
        default=None, description="Adresses données par DHCP ; sans lui, celles de son usage", examples=[{"first": 100}]
    )


class PortEntry(Strict):
    """A port has a profile; without one, it is spelled out: an access port in one network, or a trunk of several."""

    profile: Identifier | None = Field(default=None, description="Profil du port (platform.yaml)", examples=["poste"])
    access: Identifier | None = Field(default=None, description="Réseau du poste branché", examples=["users"])
    trunk: list[Identifier] | None = Field(
        default=None, description="Réseaux transportés", examples=[["users", "management"]]
    )
    to: Annotated[str, forms.END.field()] | None = Field(
        default=None,
        description="Ce qui est branché au bout du câble ; d'un commutateur, aussi son port",
        examples=["ws1"],
    )


class SwitchEntry(Strict):
    model: Annotated[str, forms.MODEL.field()] | None = Field(
        default=None,
        description="Modèle du commutateur : il dit la plateforme et les ports",
        examples=["catalyst-2960x-24"],
    )
    platform: SwitchPlatform | None = Field(
        default=None, description="Plateforme d'un modèle qui n'est pas connu", examples=["cisco_ios"]
    )
    tier: Tier = Field(
        default="access", description="distribution : relie les autres ; access : relie les postes", examples=["access"]
    )
    number: Annotated[int, Field(strict=True, ge=1, le=200)] | None = Field(
        default=None, description="Numéro dans le bâtiment : il donne l'adresse, et ne change jamais", examples=[1]
    )
    network: Identifier | None = Field(
        default=None, description="Réseau d'administration ; sans lui, « management »", examples=["management"]
    )
    address: Address | None = Field(
        default=None, description="Adresse ; sans elle, la dixième du réseau plus le numéro", examples=["10.20.99.11"]
    )
    formerly: list[Address] = Field(
        default=[],
        description="Ses adresses d'avant, essayées dans cet ordre tant que la nouvelle ne répond pas",
        examples=[["10.20.98.11"]],
    )
    ssh: Literal["sha1"] | None = Field(
        default=None,
        description="sha1 : admet le SSH d'un ancien commutateur, de lui seul, jusqu'à son remplacement",
        examples=["sha1"],
    )
    ports: dict[InterfaceName, PortEntry] = Field(
        default={},
        description="Ports par leur nom complet, ou par série ; les autres sont fermés",
        examples=[{"GigabitEthernet1/0/1-20": {"profile": "poste"}}],
    )


class SiteFile(Strict):
    """One file of inventory/sites."""

    site: Identifier = Field(description="Identifiant, égal au nom du fichier", examples=["sante-siege"])
    kind: Literal["datacentre", "building"] = Field(description="Centre de données ou bâtiment", examples=["building"])
    name: Text = Field(description="Nom du lieu", examples=["Siège du ministère de la Santé"])
    owner: Identifier = Field(description="Institution responsable")
    block: Prefix | None = Field(default=None, description="Bloc d'adresses du bâtiment", examples=["10.20.128.0/20"])
    purposes: list[Identifier] = Field(
        default=[], description="Usages : un réseau pour chacun (platform.yaml)", examples=[["users", "management"]]
    )
    networks: dict[Identifier, NetworkEntry] = Field(
        default={},
        description="Réseaux en toutes lettres, par nom",
        examples=[{"servers": {"prefix": "10.10.10.0/24", "gateway": "10.10.10.1"}}],
    )
    switches: dict[Identifier, SwitchEntry] = Field(
        default={},
        description="Commutateurs, par nom",
        examples=[
            {
                "sw1": {
                    "model": "catalyst-2960x-24",
                    "number": 1,
                    "ports": {"GigabitEthernet1/0/1": {"profile": "poste"}},
                }
            }
        ],
    )
    routers: dict[Identifier, Router] = Field(
        default={},
        description="Routeurs, par nom",
        examples=[
            {
                "edge1": {
                    "platform": "frr",
                    "asn": 65101,
                    "lan": "lan0",
                    "uplinks": [
                        {"interface": "wan0", "core": "resina1", "address": "10.255.1.2/30", "peer": "10.255.1.1"}
                    ],
                }
            }
        ],
    )
    machines: dict[Identifier, MachineEntry] = Field(
        default={},
        description="Machines Debian, par nom",
        examples=[{"files1": {"network": "servers", "address": "10.10.10.13", "runs": ["files"]}}],
    )
