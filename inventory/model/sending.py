"""How far and how much people may send: of everybody, then of groups and persons of an institution."""

from typing import Annotated, Literal

from pydantic import Field

from inventory.model.base import Strict

Reach = Literal["internal", "national", "international"]
REACHES: tuple[Reach, ...] = ("internal", "national", "international")  # each holds the one before it

Messages = Annotated[int, Field(strict=True, ge=1, le=100000)]


class Limits(Strict):
    """What one account may send to the outside. Mail to the administration's own domains is free."""

    per_hour: Messages = Field(default=60, description="Messages vers l'extérieur par heure", examples=[60])
    per_day: Messages = Field(default=300, description="Messages vers l'extérieur par jour", examples=[300])
    recipients_per_message: Messages = Field(
        default=100, description="Destinataires extérieurs d'un message", examples=[100]
    )
    recipients_per_day: Messages = Field(default=500, description="Destinataires extérieurs par jour", examples=[500])
    held: Messages = Field(
        default=50,
        description="Messages d'un compte qui peuvent attendre un opérateur ; au-delà, l'envoi est refusé",
        examples=[50],
    )


class OtherLimits(Strict):
    """Those of a group or a person that are otherwise."""

    per_hour: Messages | None = Field(default=None, description="Messages vers l'extérieur par heure", examples=[60])
    per_day: Messages | None = Field(default=None, description="Messages vers l'extérieur par jour", examples=[300])
    recipients_per_message: Messages | None = Field(
        default=None, description="Destinataires extérieurs d'un message", examples=[100]
    )
    recipients_per_day: Messages | None = Field(
        default=None, description="Destinataires extérieurs par jour", examples=[500]
    )
    held: Messages | None = Field(
        default=None,
        description="Messages d'un compte qui peuvent attendre un opérateur ; au-delà, l'envoi est refusé",
        examples=[50],
    )
