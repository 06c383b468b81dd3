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
    records = list(with_passwords([created, enabled], store))  # of no institution: a service's
    assert records == [Add("CN=a", {"sn": ["A"], "unicodePwd": ['"Pass1"'.encode("utf-16-le")]}), enabled.record]
    assert store.opened == [("institution-x", "a")]


def test_a_person_must_choose_another_password_at_the_first_logon() -> None:
    created = Change("person a: create", Add("CN=a", {"sn": ["A"]}), ("institution-x", "a"), institution="x")
    (record,) = with_passwords([created], OneSecret())
    assert isinstance(record, Add)
    assert record.attributes["pwdLastSet"] == ["0"]
