"""What is kept of those who left, and what is said when its time is over."""

from dataclasses import replace
from datetime import date

from deploys.leavers import leavers_of, table
from inventory.model import Administration, load

ADMINISTRATION = load("lab")


def with_leavers(retention_days: int | None = None, **left: str) -> Administration:
    """The administration where people of the ministry of Health left on a day, by id."""
    sante = ADMINISTRATION.institutions["sante"]
    people = [each.model_copy(update={"left": left.get(each.id)}) for each in sante.people]
    changed = sante.model_copy(update={"people": people, "retention_days": retention_days})
    return replace(ADMINISTRATION, institutions={**ADMINISTRATION.institutions, "sante": changed})


def test_what_somebody_left_is_kept_as_long_as_the_platform_says_or_the_institution() -> None:
    (found,) = leavers_of(with_leavers(M2001="2026-01-31"))
    assert (found.login, found.kept_until, found.mail) == ("moussa.exemple", date(2027, 1, 31), "refuse")
    (found,) = leavers_of(with_leavers(30, M2001="2026-01-31"))
    assert found.kept_until == date(2026, 3, 2)
    assert not found.over(date(2026, 3, 2))
    assert found.over(date(2026, 3, 3))


def test_whose_time_is_over_comes_first_and_is_said() -> None:
    leavers = list(leavers_of(with_leavers(30, M2001="2026-02-28", M2002="2026-01-31")))
    _, first, second = table(leavers, date(2026, 3, 10))
    assert first.startswith("mariam.modele ")
    assert "TIME IS OVER" in first
    assert "TIME IS OVER" not in second


def test_nobody_left() -> None:
    assert table(list(leavers_of(ADMINISTRATION)), date(2026, 1, 1)) == ["nobody of the inventory has left"]
