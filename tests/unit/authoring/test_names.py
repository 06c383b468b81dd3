"""A login from names as they are given here, and the next of a series."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from inventory.authoring.names import login, next_of
from inventory.model.base import Login


@pytest.mark.parametrize(
    ("first", "last", "wanted"),
    [
        ("Nafi", "Nouvelle", "nafi.nouvelle"),
        ("Éloïse", "N'Guessan", "eloise.nguessan"),
        ("Awa", "D’Almeida", "awa.dalmeida"),
        ("Cœur", "Ærø", "coeur.aero"),
        ("Ɓalaa", "Ŋɛɛmɔ", "balaa.neemo"),
        ("Marie-Claire", "Ba", "marie-claire.ba"),
        ("Marie-Claire", "Ouédraogo", "marie.ouedraogo"),
        ("Wendpanga", "Ouédraogo Sawadogo", "wendpanga.ouedraogo"),
        ("Abdoul Karim", "Kaboré-Zoungrana", "abdoul.kabore"),
        ("Maximiliennette", "Tiendrébéogo", "m.tiendrebeogo"),
        ("Wendlassida", "Nikiéma-Compaoré-Yaméogo", "wendlassida.nikiema"),
        ("Ib", "Rakotondrazafimanantsoa", "i.rakotondrazafimana"),
        ("2Pac", "Traoré", None),
        ("أحمد", "علي", None),
        ("Олег", "Traoré", None),
        ("", "Traoré", None),
    ],
)
def test_login_of_a_name(first: str, last: str, wanted: str | None) -> None:
    assert login(first, last, ()) == wanted


def test_homonyms_are_told_apart() -> None:
    taken = {"awa.traore"}
    assert login("Awa", "Traoré", taken) == "awa.traore2"
    assert login("Awa", "Traoré", {*taken, "awa.traore2"}) == "awa.traore3"


def test_other_given_names_tell_homonyms_apart() -> None:
    assert login("Marie Claire", "Ouédraogo", {"marie.ouedraogo"}) == "marie.c.ouedraogo"
    assert login("Marie Claire", "Ouédraogo", {"marie.ouedraogo", "marie.c.ouedraogo"}) == "marie.ouedraogo2"


@settings(max_examples=300, deadline=None)
@given(st.text(min_size=1, max_size=40), st.text(min_size=1, max_size=40))
def test_every_proposal_is_a_login(first: str, last: str) -> None:
    taken: list[str] = []
    for _ in range(12):
        found = login(first, last, taken)
        if found is None:
            assert not taken
            return
        assert TypeAdapter(Login).validate_python(found) not in taken
        taken.append(found)


def test_next_of_a_series() -> None:
    assert next_of("sw", ["sw1", "sw4", "edge9", "swx"]) == "sw5"
    assert next_of("sw", []) == "sw1"
