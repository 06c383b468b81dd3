"""The base of every model class and the kinds of values that several of them use."""

from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class Strict(BaseModel):
    """Frozen, and an unknown key is an error: a typing mistake must never be ignored in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _text_only(value: object) -> object:
    # 10.0 or 167772160 would be accepted as an address: YAML makes numbers of what was meant as text.
    if isinstance(value, int | float):
        raise ValueError("address_not_text")
    return value


Identifier = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9-]{0,29}$",
        description="Identifiant court : minuscules, chiffres, tirets (ex. mtdpce)",
    ),
]
# sAMAccountName holds 20 characters (MS-ADTS 3.1.1.8.1).
Login = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9]*([.-][a-z0-9]+)*$",
        max_length=20,
        description="Nom de connexion : prenom.nom, minuscules sans accent, 20 caractères au plus",
    ),
]
DomainName = Annotated[
    str,
    Field(
        pattern=r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$",
        max_length=253,
        description="Nom de domaine (ex. mtdpce.gov.bf)",
    ),
]
Reviewer = Annotated[
    str,
    Field(
        pattern=r"^@[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*$",
        max_length=100,
        description="Personne ou équipe de la forge (ex. @burkina/dsi-sante)",
    ),
]
Text = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
InterfaceName = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z][A-Za-z0-9/.-]{1,39}$",
        description="Nom de l'interface, tel que l'équipement l'écrit",
    ),
]
Address = Annotated[IPv4Address, BeforeValidator(_text_only)]
AddressWithPrefix = Annotated[IPv4Interface, BeforeValidator(_text_only)]
Prefix = Annotated[IPv4Network, BeforeValidator(_text_only)]
Vlan = Annotated[int, Field(strict=True, ge=2, le=4094, description="Numéro du VLAN, de 2 à 4094 (jamais le VLAN 1)")]
Asn = Annotated[int, Field(strict=True, ge=1, le=4294967294, description="Numéro de système autonome (BGP)")]
TcpPort = Annotated[int, Field(strict=True, ge=1024, le=65535)]
