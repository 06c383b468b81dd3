"""The first passwords of new accounts, as the directory takes them. A person's is good for choosing another only."""

from collections.abc import Iterable, Iterator

from inventory.secrets import Secret, Secrets
from roles.directory.ldif import Add, Attributes, Record
from roles.directory.objects import Change


def with_passwords(wanted: Iterable[Change], secrets: Secrets) -> Iterator[Record]:
    """The records of the changes; only those that create an account need a secret."""
    for change in wanted:
        if change.secret is not None and isinstance(change.record, Add):
            password = _packed(secrets.get(*change.secret))
            temporary: Attributes = {"pwdLastSet": ["0"]} if change.institution else {}  # must change (MS-ADA3 2.175)
            yield Add(change.record.dn, {**change.record.attributes, "unicodePwd": [password], **temporary})
        else:
            yield change.record


def _packed(password: Secret) -> bytes:
    """In quotes and in UTF-16 (MS-ADTS 3.1.1.3.1.5.1)."""
    return f'"{password.reveal()}"'.encode("utf-16-le")
