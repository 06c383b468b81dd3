"""The base of every model class and the kinds of values that several of them use."""

from datetime import date
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from inventory.model import forms


class Strict(BaseModel):
    """Frozen, and an unknown key is an error: a typing mistake must never be ignored in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _text_only(value: object) -> object:
    # 167772160 would be accepted as an address: YAML makes a number of what was meant as text.
    if isinstance(value, int):
        raise ValueError("address_not_text")
    return value


def _a_day(text: str) -> str:
    date.fromisoformat(text)
    return text


Identifier = Annotated[str, forms.IDENTIFIER.field()]
Login = Annotated[str, forms.LOGIN.field()]
PersonId = Annotated[str, forms.PERSON_ID.field()]
Day = Annotated[str, forms.DAY.field(), AfterValidator(_a_day)]  # ISO 8601; a text, for YAML readers differ on dates
DomainName = Annotated[str, forms.DOMAIN.field()]
Reviewer = Annotated[str, forms.REVIEWER.field()]
Text = Annotated[str, forms.TEXT.field()]
InterfaceName = Annotated[str, forms.INTERFACE.field()]
Address = Annotated[
    IPv4Address, BeforeValidator(_text_only), Field(description="Adresse IPv4", examples=["10.20.10.21"])
]
AddressWithPrefix = Annotated[
    IPv4Interface,
    BeforeValidator(_text_only),
    Field(description="Adresse IPv4 avec la longueur de son préfixe", examples=["10.255.1.2/30"]),
]
Prefix = Annotated[
    IPv4Network,
    BeforeValidator(_text_only),
    Field(description="Préfixe IPv4, sans bit d'hôte", examples=["10.20.10.0/24"]),
]
Vlan = Annotated[
    int,
    Field(strict=True, ge=2, le=4094, description="Numéro du VLAN, de 2 à 4094 (jamais le VLAN 1)", examples=[20]),
]
Asn = Annotated[
    int,
    Field(strict=True, ge=1, le=4294967294, description="Numéro de système autonome (BGP)", examples=[65101]),
]
TcpPort = Annotated[
    int,
    Field(strict=True, ge=1024, le=65535, description="Port TCP, de 1024 à 65535", examples=[8101]),
]
Flag = Annotated[bool, Field(strict=True)]
