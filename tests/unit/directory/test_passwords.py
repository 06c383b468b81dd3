from inventory.secrets import Secret
from roles.directory.ldif import Add, Modify
from roles.directory.objects import Change
from roles.directory.passwords import with_passwords


class OneSecret:
    """A store of which every opening is noted."""

    def __init__(self) -> None:
        self.opened: list[tuple[str, str]] = []

    def get(self, scope: str, key: str) -> Secret:
        self.opened.append((scope, key))
        return Secret("Pass1")


def test_only_a_new_account_opens_a_secret() -> None:
    store = OneSecret()
    created = Change("person a: create", Add("CN=a", {"sn": ["A"]}), ("institution-x", "a"))
    enabled = Change("person b: enable", Modify("CN=b", [("replace", "userAccountControl", ["512"])]))
    records = list(with_passwords([created, enabled], store))
    assert records == [Add("CN=a", {"sn": ["A"], "unicodePwd": ['"Pass1"'.encode("utf-16-le")]}), enabled.record]
    assert store.opened == [("institution-x", "a")]
