"""What is as wanted is told by a digest: the same changes follow as from whole entries, and any difference is seen."""

import json
from base64 import b64encode
from dataclasses import replace
from typing import Any
from zlib import compress

import pytest

from inventory.model import load
from roles.directory import operations
from roles.directory.facts import DirectoryEntries, Held
from roles.directory.ldif import Add, Entries, Modify
from roles.directory.objects import ConflictError, changes, desired_of, digests
from roles.directory.same import OWNED, digest

DESIRED = desired_of(load("lab"))
DIGESTS = digests(DESIRED)


def everything() -> Entries:
    """The directory once all was created."""
    entries: Entries = {}
    for change in changes(DESIRED, {}):
        if isinstance(change.record, Add):
            entries[change.record.dn] = {name: [*map(str, each)] for name, each in change.record.attributes.items()}
        elif isinstance(change.record, Modify):
            for _, name, values in change.record.steps:
                entries.setdefault(change.record.dn, {}).setdefault(name, []).extend(values)
    return entries


def told(entries: Entries, whole: tuple[str, ...] = ()) -> Held:
    """What the controller's program says of these entries."""
    found: dict[str, str] = {}
    for dn, attributes in entries.items():
        if "employeeID" in attributes and attributes["userAccountControl"] == ["512"]:
            found[dn] = digest(dn, [attributes.get(name, [""])[0] for name in OWNED])
    digested = {dn: each for dn, each in found.items() if each not in whole and "*" not in whole}
    return Held({dn: each for dn, each in entries.items() if dn not in digested}, frozenset(digested.values()))


class Controller:
    """A host that says what it holds, and counts how often it is asked."""

    def __init__(self, entries: Entries) -> None:
        self.entries, self.asked = entries, 0

    def get_fact(self, _fact: Any, whole: tuple[str, ...] = ()) -> Held:
        self.asked += 1
        return told(self.entries, tuple(whole))


def seen(entries: Entries, monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], int]:
    host = Controller(entries)
    monkeypatch.setattr(operations, "host", host)
    left, same = operations._held(DIGESTS)
    return [change.says for change in changes(DESIRED, left, same)], host.asked


def test_people_that_are_as_wanted_are_told_by_a_digest_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    held = told(everything())
    assert held.digests == DIGESTS.keys()
    assert not {account.dn for account in DIGESTS.values()} & held.entries.keys()
    assert seen(everything(), monkeypatch) == ([], 1)


@pytest.mark.parametrize("name", OWNED)
def test_each_attribute_that_differs_is_seen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = everything()
    account = next(each for each in DIGESTS.values() if each.login == "awa.exemple")
    entries[account.dn][name] = ["1"]
    try:
        whole = [change.says for change in changes(DESIRED, entries)]
    except ConflictError:
        with pytest.raises(ConflictError):
            seen(entries, monkeypatch)
        return
    assert whole
    assert seen(entries, monkeypatch) == (whole, 2)


def test_one_that_is_disabled_moved_or_twice_there_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    account = next(iter(DIGESTS.values()))
    disabled, moved, twice, stranger = everything(), everything(), everything(), everything()
    disabled[account.dn]["userAccountControl"] = ["514"]
    moved[f"CN=other,{account.unit}"] = moved.pop(account.dn)
    twice[f"CN=other,{account.unit}"] = {**twice[account.dn], "sAMAccountName": ["other"]}
    stranger[f"CN=other,{account.unit}"] = {**twice[account.dn], "sAMAccountName": ["other"], "employeeID": ["other"]}
    for entries in (disabled, moved, stranger):
        whole = [change.says for change in changes(DESIRED, entries)]
        assert whole
        assert seen(entries, monkeypatch)[0] == whole
    with pytest.raises(ConflictError, match="several accounts have the id"):
        seen(twice, monkeypatch)


def test_an_account_that_never_expires_is_the_same_in_each_of_its_ways() -> None:
    place = OWNED.index("accountExpires")
    values = ["x"] * len(OWNED)
    never = {digest("CN=a", [*values[:place], way, *values[place + 1 :]]) for way in ("", "0", "9223372036854775807")}
    assert len(never) == 1
    assert never != {digest("CN=a", values)}


def test_somebody_who_leaves_is_not_the_same() -> None:
    people = tuple(replace(account, left="2026-11-01") for account in DESIRED.accounts)
    assert digests(replace(DESIRED, accounts=people)) == {}


def test_what_the_program_says_is_read() -> None:
    said = b64encode(compress(json.dumps({"digests": ["d"], "entries": {"CN=é": {"cn": ["é"]}}}).encode())).decode()
    assert DirectoryEntries().process([said]) == Held({"CN=é": {"cn": ["é"]}}, frozenset({"d"}))


def test_the_program_takes_what_it_shares_with_us_along() -> None:
    command = DirectoryEntries().command(whole=["d"]).get_raw_value()
    assert "def digest(" in command
    assert '"d"' in command
