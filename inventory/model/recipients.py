"""Who may read the secrets of an environment: recipients.yaml beside them."""

from typing import Annotated

import pyrage
from pydantic import AfterValidator, Field

from inventory.model import forms
from inventory.model.base import Identifier, Strict


def _whole(key: str) -> str:
    try:
        pyrage.x25519.Recipient.from_str(key)
    except pyrage.RecipientError:
        raise ValueError("age: invalid checksum") from None
    return key


AgeKey = Annotated[str, forms.AGE_KEY.field(), AfterValidator(_whole)]
Scopes = Annotated[str, forms.SCOPES.field()]


class Recipients(Strict):
    """A secret file is sealed to every key that a matching line of `readers` names, and to no other."""

    keys: dict[Identifier, AgeKey] = Field(
        description="Clés publiques, par nom de leur détenteur", examples=[{"ops": forms.AGE_KEY.example}]
    )
    readers: dict[Scopes, list[Identifier]] = Field(
        description="Qui lit quels secrets",
        examples=[{"*": ["ops"], "institution-sante": ["dsi-sante"]}],
    )
