from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise
from types import SimpleNamespace

import pytest

from inventory import dkim
from inventory.dkim import Selector, prepared, records, secret_of, selectors, signing
from inventory.model import load
from inventory.secrets import Secret, ed25519_key, rsa_key

ADMINISTRATION = load("lab")


def states(day: str) -> dict[str, str]:
    return {each.name: each.state for each in selectors(date.fromisoformat(day)) if each.algorithm == "rsa"}


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-11-28", {"2026q4-rsa": "active"}),
        ("2026-12-17", {"2026q4-rsa": "active"}),
        ("2026-12-18", {"2026q4-rsa": "active", "2027q1-rsa": "published"}),
        ("2026-12-31", {"2026q4-rsa": "active", "2027q1-rsa": "published"}),
        ("2027-01-01", {"2026q4-rsa": "retired", "2027q1-rsa": "active"}),
        ("2027-01-30", {"2026q4-rsa": "retired", "2027q1-rsa": "active"}),
        ("2027-01-31", {"2027q1-rsa": "active"}),
        ("2028-02-29", {"2028q1-rsa": "active"}),
    ],
)
def test_the_states_of_keys_follow_from_the_day(day: str, expected: dict[str, str]) -> None:
    assert states(day) == expected


def test_a_key_is_published_before_it_signs_and_after_and_its_secret_is_ready_all_along() -> None:
    first = date(2026, 1, 1)
    days = [first + timedelta(days=number) for number in range(3 * 365)]
    made = {name for name, _ in prepared(first)}
    for before, day in pairwise(days):
        served = {each.name for each in selectors(before)}
        assert set(signing(day)) <= served  # whoever asked the day before already got it
        assert len(signing(day)) == 2
        assert set(signing(before)) <= {each.name for each in selectors(day)}
        if day < date(2026, 12, 18):
            assert set(signing(day)) <= made  # a year without `make secrets`


def test_a_day_within_a_state_changes_nothing() -> None:
    changed = [
        day
        for day in (date(2026, 1, 1) + timedelta(days=number) for number in range(1, 365))
        if selectors(day) != selectors(day - timedelta(days=1))
    ]
    assert len(changed) == 3 * 3 + 2  # published, active, gone: of each quarter that begins or ends in it


class Store:
    """Secrets that a run may read."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values

    def has(self, _scope: str, key: str) -> bool:
        return key in self.values

    def get(self, _scope: str, key: str) -> Secret:
        return Secret(self.values[key])


def test_the_records_are_those_of_the_keys_and_a_new_domain_has_no_key_of_the_last_quarter() -> None:
    pems = {"2026q4-rsa": rsa_key(), "2026q4-ed": ed25519_key(), "2027q1-rsa": rsa_key(), "2027q1-ed": ed25519_key()}
    old, new = "sante.gov.bf", "essai.gov.bf"
    store = Store(
        {secret_of(old, name): pem for name, pem in pems.items()}
        | {secret_of(new, name): pem for name, pem in pems.items() if name.startswith("2027")}
    )
    found = records(SimpleNamespace(mail_domains=(old, new)), store, date(2027, 1, 2))  # type: ignore[arg-type]
    assert found[old].keys() == pems.keys()
    assert found[new].keys() == {"2027q1-rsa", "2027q1-ed"}
    assert found[old]["2026q4-rsa"].startswith("v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A")  # RSA 2048
    assert len(found[old]["2026q4-ed"]) == len("v=DKIM1; k=ed25519; p=") + 44  # 32 bytes


def test_rspamd_gets_both_halves_of_an_ed25519_key_and_an_rsa_key_as_it_is() -> None:
    pem = ed25519_key()
    both = b64decode(dkim.for_rspamd(pem))
    assert len(both) == 64
    assert dkim.record(pem).endswith(b64encode(both[32:]).decode())
    assert dkim.for_rspamd(whole := rsa_key()) == whole


def test_a_selector_is_known_again() -> None:
    assert all(dkim.OURS.fullmatch(each.name) for each in selectors(date(2026, 12, 20)))
    assert Selector("2026q4-rsa", "rsa", "active") in selectors(date(2026, 12, 20))
    assert dkim.OURS.fullmatch("s2026") is None
