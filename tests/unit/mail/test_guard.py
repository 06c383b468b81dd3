"""When mail-guard shuts an address out."""

import importlib.util
import json
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).parents[3] / "roles/mail/programs/mail_guard.py"
spec = importlib.util.spec_from_file_location("mail_guard", SOURCE)
assert spec is not None
assert spec.loader is not None
mail_guard: Any = importlib.util.module_from_spec(spec)
spec.loader.exec_module(mail_guard)

SETTINGS = {
    "spared": ["127.0.0.0/8", "10.0.0.0/8", "192.0.2.0/28"],
    "tries": 3,
    "within_minutes": 10,
    "shut_minutes": 60,
}
OUTSIDE, NAT, HOUR = "198.51.100.7", "192.0.2.3", 3600


def guessed(guard: Any, address: str, passwords: str, now: float = 0) -> list[bool]:
    return [guard.failed(address, "awa@sante.gov.bf", password, now) for password in passwords]


def test_different_wrong_logins_shut_an_address_out_for_a_time() -> None:
    guard = mail_guard.Guard(SETTINGS)
    assert guessed(guard, OUTSIDE, "abc") == [False, False, True]
    assert not guard.allows(OUTSIDE, HOUR - 1)
    assert guard.allows(OUTSIDE, HOUR)
    assert guard.present(HOUR) == {}


def test_the_same_wrong_password_again_and_again_is_a_forgotten_telephone() -> None:
    guard = mail_guard.Guard(SETTINGS)
    assert not any(guessed(guard, OUTSIDE, "ab" * 200))
    assert guard.allows(OUTSIDE, 0)


def test_one_password_tried_on_many_people_counts() -> None:
    guard = mail_guard.Guard(SETTINGS)
    assert [guard.failed(OUTSIDE, f"p{n}@sante.gov.bf", "a", 0) for n in range(3)] == [False, False, True]


def test_who_is_inside_or_behind_a_declared_nat_is_spared() -> None:
    guard = mail_guard.Guard(SETTINGS)
    for address in ("10.20.10.21", NAT, "127.0.0.1", "::1", ""):
        assert not any(guessed(guard, address, "abcdefgh"))
        assert guard.allows(address, 0)


def test_slow_mistakes_do_not_add_up_and_who_comes_back_stays_out_longer() -> None:
    guard = mail_guard.Guard(SETTINGS)
    assert not any(guard.failed(OUTSIDE, "a@b", str(n), n * 301.0) for n in range(20))
    guard = mail_guard.Guard(SETTINGS)
    guessed(guard, OUTSIDE, "abc")
    guessed(guard, OUTSIDE, "def", HOUR)
    assert not guard.allows(OUTSIDE, 3 * HOUR - 1)
    assert guard.allows(OUTSIDE, 3 * HOUR)


def test_who_is_let_in_by_hand_begins_anew() -> None:
    guard = mail_guard.Guard(SETTINGS)
    guessed(guard, OUTSIDE, "abc")
    assert guard.open(OUTSIDE)
    assert not guard.open(OUTSIDE)
    assert guessed(guard, OUTSIDE, "ab") == [False, False]


def test_a_restart_forgets_nobody_but_who_is_spared_since(tmp_path: Path) -> None:
    state = tmp_path / "shut.json"
    state.write_text(json.dumps({OUTSIDE: HOUR, NAT: HOUR}))
    guard = mail_guard.Guard(SETTINGS)
    mail_guard.Keeper(guard, mail_guard.Wall("inet mail_guard shut"), state, tmp_path / "figures")
    assert guard.present(0) == {OUTSIDE: HOUR}


def test_memory_has_an_end() -> None:
    guard = mail_guard.Guard(SETTINGS)
    known, mail_guard.KNOWN = mail_guard.KNOWN, 10
    try:
        for n in range(100):
            guard.failed(f"198.51.100.{n}", "a@b", "x", 0)
        assert len(guard.wrong) == 10
        assert "198.51.100.99" in guard.wrong
    finally:
        mail_guard.KNOWN = known
