"""Who founds the domain, who joins it and who is written to: two domains of one name cannot be mended."""

import pytest
from pyinfra.api import FactBase
from pyinfra.context import ctx_inventory

from inventory.model import load
from roles.directory.config import config_of
from roles.directory.peers import UnknownDomainError, founds, provisioned, writes

ADMINISTRATION = load("lab")
FIRST, SECOND = (config_of(ADMINISTRATION, ADMINISTRATION.machine(name)) for name in ("dc1", "dc2"))


class Other:
    """Another controller of a run."""

    def __init__(self, connected: bool, has: bool = False) -> None:
        self.connected, self.has = connected, has

    def get_fact(self, _fact: type[FactBase[bool]]) -> bool:
        assert self.connected, "asked over no connection"
        return self.has


class Inventory(dict[str, Other]):
    def get_host(self, name: str, default: Other | None = None) -> Other | None:
        return self.get(name, default)


def test_the_first_founds_where_the_others_have_nothing() -> None:
    assert founds(FIRST, {"dc2": False})
    assert founds(FIRST, {})


def test_the_first_joins_those_who_have_the_domain() -> None:
    assert not founds(FIRST, {"dc2": True})
    assert not founds(FIRST, {"dc2": True, "dc3": None})


@pytest.mark.parametrize("has", [True, False, None])
def test_another_never_founds(has: bool | None) -> None:
    assert not founds(SECOND, {"dc1": has})


def test_what_cannot_be_told_is_not_guessed() -> None:
    with pytest.raises(UnknownDomainError) as refused:
        founds(FIRST, {"dc2": None, "dc3": False})
    assert str(refused.value) == (
        "whether INTRA.GOV.BF exists already is for dc2 to say: deploy dc1 together with dc2, "
        "or take what is lost for good out of the inventory"
    )


@pytest.mark.parametrize(
    ("other", "known"), [(Other(True, has=True), True), (Other(True), False), (Other(False, has=True), None)]
)
def test_another_is_asked_over_its_own_connection(other: Other, known: bool | None) -> None:
    with ctx_inventory.use(Inventory(dc2=other)):  # type: ignore[arg-type]  # as much of one as is asked
        assert provisioned("dc2") is known
        assert provisioned("dc3") is None


@pytest.mark.parametrize(
    ("reached", "writer"),
    [({"dc1": True, "dc2": True}, "dc1"), ({"dc1": False, "dc2": True}, "dc2"), ({"dc2": True}, "dc2")],
)
def test_one_controller_is_written_to(reached: dict[str, bool], writer: str) -> None:
    inventory = Inventory({name: Other(up) for name, up in reached.items()})
    with ctx_inventory.use(inventory):  # type: ignore[arg-type]  # as above
        assert [cfg.name for cfg in (FIRST, SECOND) if reached.get(cfg.name) and writes(cfg)] == [writer]
