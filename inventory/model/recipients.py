"""Who may read the secrets of an environment: recipients.yaml beside them."""

from typing import Annotated

import pyrage
from pydantic import AfterValidator, Field

from inventory.model.base import Identifier, Strict


def _whole(key: str) -> str:
    try:
        pyrage.x25519.Recipient.from_str(key)
    except pyrage.RecipientError:
        raise ValueError("age: invalid checksum") from None
    return key


AgeKey = Annotated[
    str,
    Field(pattern=r"^age1[02-9ac-hj-np-z]{58}$", description="Clé publique age (age1…, 62 caractères)"),
    AfterValidator(_whole),
]
ScopePattern = Annotated[
    str,
    Field(pattern=r"^[a-z0-9.*-]{1,100}$", description="Secrets : institution-sante, ou avec * : institution-*"),
]


class Recipients(Strict):
    """A secret file is sealed to every key that a matching line of `readers` names, and to no other."""

    keys: dict[Identifier, AgeKey] = Field(description="Les clés publiques, par nom de leur détenteur")
    readers: dict[ScopePattern, list[Identifier]] = Field(description="Qui lit quels secrets : motif, puis des noms")
