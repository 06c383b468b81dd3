from pathlib import Path

import pytest
from standin.access import acceptable, admitted, escaped, membership_filter, person_filter


@pytest.mark.parametrize("login", ["awa.exemple", "a", "jean-paul.x2"])
def test_a_login_of_the_inventory_is_acceptable(login: str) -> None:
    assert acceptable(login, "secret")


@pytest.mark.parametrize("login", ["", "*", "awa)(cn=*", "Awa", "awa@intra", "a.b\n", "x" * 21, "gouv\\awa"])
def test_any_other_login_never_reaches_the_directory(login: str) -> None:
    assert not acceptable(login, "secret")


def test_an_empty_password_never_reaches_the_directory() -> None:
    # RFC 4513 5.1.2: a bind with a name and no password succeeds as anonymous.
    assert not acceptable("awa.exemple", "")


def test_who_is_no_longer_listed_is_not_admitted(tmp_path: Path) -> None:
    listed = tmp_path / "admitted"
    listed.write_text("# who\nawa.exemple\nissa.modele\n")
    assert admitted(listed, "awa.exemple")
    (tmp_path / "new").write_text("# who\nissa.modele\n")
    (tmp_path / "new").replace(listed)
    assert not admitted(listed, "awa.exemple")
    assert not admitted(listed, "awa")


def test_filters_are_escaped() -> None:
    assert escaped("a*(b)\\\0é") == "a\\2a\\28b\\29\\5c\\00é"
    assert person_filter("*") == "(&(objectClass=user)(sAMAccountName=\\2a))"


def test_membership_follows_groups_of_groups() -> None:
    assert membership_filter("CN=Awa (DSI),DC=x", ["a-lecteurs", "b-agents"]) == (
        "(&(objectClass=group)(|(sAMAccountName=a-lecteurs)(sAMAccountName=b-agents))"
        "(member:1.2.840.113556.1.4.1941:=CN=Awa \\28DSI\\29,DC=x))"
    )
