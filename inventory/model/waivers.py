"""Rules of hardening that a device or a whole site need not meet for a time: inventory/waivers.yaml."""

from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import Field

from inventory.model.administration import Administration
from inventory.model.base import Day, Identifier, Strict, Text
from inventory.model.problems import InventoryError, Problem
from inventory.model.source import Source
from inventory.model.validate import listed, near, validate

FILE = "waivers.yaml"


class Waiver(Strict):
    """One rule that is not met, by whom, why, and until which day."""

    rule: Identifier = Field(description="Règle non tenue (make compliance V=1 les montre)", examples=["remote-syslog"])
    of: Literal["device", "site", "all"] = Field(description="Un équipement, un site, ou tous", examples=["site"])
    name: Identifier | None = Field(
        default=None, description="L'équipement ou le site ; sans objet pour « all »", examples=["mtdpce-siege"]
    )
    reason: Text = Field(description="Pourquoi", examples=["Le serveur de journaux est commandé"])
    until: Day = Field(description="Dernier jour, entre guillemets", examples=["2027-06-30"])

    def covers(self, rule: str, device: str, site: str) -> bool:
        return self.rule == rule and (self.of == "all" or self.name == {"device": device, "site": site}[self.of])

    def expired(self, today: date) -> bool:
        return today > date.fromisoformat(self.until)


class Waivers(Strict):
    waivers: list[Waiver] = Field(
        description="Écarts admis pour un temps",
        examples=[[{"rule": "remote-syslog", "of": "all", "reason": "Serveur commandé", "until": "2027-06-30"}]],
    )


def load_waivers(folder: Path, administration: Administration, rules: Collection[str]) -> list[Waiver]:
    """Those of an inventory; none where there is no file. Raises InventoryError, one French line a mistake."""
    path = folder / FILE
    if not path.exists():
        return []
    source = Source(path, Path(folder.name) / FILE)
    found = validate(Waivers, source).waivers
    if problems := list(_mistakes(source, found, administration, rules)):
        raise InventoryError(problems)
    return found


def _mistakes(
    source: Source, waivers: list[Waiver], administration: Administration, rules: Collection[str]
) -> Iterator[Problem]:
    controllers = [machine.name for machine in administration.running("directory")]
    known = {"device": [*administration.switches, *controllers], "site": list(administration.sites), "all": []}
    kinds = {"device": "l'équipement", "site": "le site"}
    for number, waiver in enumerate(waivers):
        path: list[str | int] = ["waivers", number]
        if waiver.rule not in rules:
            hint = near(waiver.rule, list(rules))
            yield source.problem([*path, "rule"], f"la règle « {waiver.rule} » n'existe pas{hint}")
        if waiver.of == "all":
            if waiver.name is not None:
                yield source.problem([*path, "name"], "« name » n'a pas de sens avec « of: all » ; l'ôter")
        elif waiver.name not in known[waiver.of]:
            name = waiver.name or ""
            shown = listed(known[waiver.of])
            yield source.problem(
                path, f"l'{kinds[waiver.of]} « {name} » n'existe pas{shown}{near(name, known[waiver.of])}"
            )
