"""Who may do what in a share, as Windows writes it: SDDL (MS-DTYP 2.5.1), with <groups> by their names."""

from collections.abc import Mapping
from dataclasses import dataclass

from roles.files.config import ADMINISTRATORS, ServedShare

UNIX_ROOT, UNIX_ROOT_GROUP = "S-1-22-1-0", "S-1-22-2-0"  # nobody of the directory owns a share
SYSTEM, OWNER_RIGHTS = "SY", "OW"
FULL, MODIFY, READ, READ_PERMISSIONS = "FA", "0x1301bf", "0x1200a9", "RC"


@dataclass(frozen=True)
class Difference:
    """A share whose folder is missing, or has other permissions."""

    share: ServedShare
    says: str


def permissions(share: ServedShare) -> str:
    """The permissions of a share's folder, which everything in it inherits.

    Who creates a file does not decide who reads it: the owner's usual right to change permissions is taken away.
    """
    rights = [
        (FULL, SYSTEM),
        (FULL, f"<{ADMINISTRATORS}>"),
        *((MODIFY, f"<{group}>") for group in share.write),
        *((READ, f"<{group}>") for group in share.read),
        (READ_PERMISSIONS, OWNER_RIGHTS),
    ]
    entries = "".join(f"(A;OICI;{right};;;{who})" for right, who in rights)
    return f"O:{UNIX_ROOT}G:{UNIX_ROOT_GROUP}D:PAI{entries}"


def differences(shares: tuple[ServedShare, ...], found: Mapping[str, str]) -> list[Difference]:
    """The shares to create or mend, given the permissions of the folders that exist."""
    return [
        Difference(share, f"share {share.name}: {'permissions' if share.name in found else 'create'}")
        for share in shares
        if found.get(share.name) != permissions(share)
    ]
