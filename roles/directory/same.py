"""An account that is in use, in a few bytes: a controller says these, and whole entries of the others only.

Both sides take them over the same, so this is sent to the controller as it is: it imports nothing of ours.
"""

from base64 import b64encode
from collections.abc import Sequence
from hashlib import blake2b

# What the inventory decides of a person, each with one value in Active Directory.
OWNED = (
    *("sAMAccountName", "employeeID", "userPrincipalName", "givenName", "sn", "displayName", "mail", "title"),
    *("accountExpires", "manager"),
)
UNLIMITED = ("0", "9223372036854775807")  # the two ways in which an account never expires (MS-ADA1 2.2)


def digest(dn: str, values: Sequence[str]) -> str:
    """The digest of an account that is enabled; the values are those of OWNED, "" where there is none.

    No value of an inventory has a NUL, so that two accounts are never told as one.
    """
    told = "\0".join((dn, *("" if value in UNLIMITED else value for value in values)))
    return b64encode(blake2b(told.encode(errors="replace"), digest_size=12).digest()).decode()
