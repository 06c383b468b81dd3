"""The rules held against devices and domain controllers, and the table that says how they fared."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from inventory.model.waivers import Waiver
from roles.compliance.domain import Controller
from roles.compliance.domain_rules import CONTENT_RULES
from roles.compliance.domain_settings import SETTING_RULES, DomainRule
from roles.compliance.routers import ROUTER, ROUTER_RULES
from roles.compliance.rules import RULES, Audited, Result, Rule

DOMAIN_RULES = (*CONTENT_RULES, *SETTING_RULES)
SHOWN = 3  # of what is wrong, on one line
# Those that a waiver may name
IDS = tuple(dict.fromkeys([*(rule.id for rule in (*RULES, *ROUTER_RULES)), *(rule.id for rule in DOMAIN_RULES)]))
ORDER = (Result.FAIL, Result.WAIVED, Result.PASSED, Result.NOT_APPLICABLE)


@dataclass(frozen=True)
class Verdict:
    device: str
    rule: Rule | DomainRule
    result: Result
    why: str = ""


def audit(devices: Iterable[Audited | Controller], waivers: Sequence[Waiver], today: date) -> list[Verdict]:
    """Each rule for each device and controller; what fails comes first."""
    verdicts = [_verdict(device, rule, wrong, waivers, today) for device in devices for rule, wrong in _found(device)]
    return sorted(verdicts, key=lambda verdict: (ORDER.index(verdict.result), verdict.device))


def _found(device: Audited | Controller) -> Iterator[tuple[Rule | DomainRule, list[str] | None]]:
    if isinstance(device, Controller):
        yield from ((rule, rule.found(device)) for rule in DOMAIN_RULES)
    else:
        yield from ((rule, rule.found(device)) for rule in (ROUTER_RULES if device.platform == ROUTER else RULES))


def _verdict(
    device: Audited | Controller,
    rule: Rule | DomainRule,
    wrong: list[str] | None,
    waivers: Sequence[Waiver],
    today: date,
) -> Verdict:
    if wrong is None:
        return Verdict(device.device, rule, Result.NOT_APPLICABLE)
    if not wrong:
        return Verdict(device.device, rule, Result.PASSED)
    why = ", ".join(wrong[:SHOWN]) + (f" and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else "")
    mine = [waiver for waiver in waivers if waiver.covers(rule.id, device.device, device.site)]
    for waiver in mine:
        if not waiver.expired(today):
            return Verdict(device.device, rule, Result.WAIVED, f"until {waiver.until}: {waiver.reason}")
    expired = f" (the waiver ended on {mine[-1].until})" if mine else ""
    return Verdict(device.device, rule, Result.FAIL, why + expired)


def table(verdicts: Sequence[Verdict], everything: bool) -> Iterator[str]:
    """One line a verdict that needs eyes, or all of them; then how many of each."""
    for verdict in verdicts:
        if everything or verdict.result in (Result.FAIL, Result.WAIVED):
            said = f"{verdict.rule.title}: {verdict.why}" if verdict.why else verdict.rule.title
            yield f"{verdict.result:<15}{verdict.device:<12}{verdict.rule.id:<22}{said}  [{verdict.rule.source}]"
    counts = [f"{sum(v.result is result for v in verdicts)} {result}" for result in ORDER]
    devices, rules = {verdict.device for verdict in verdicts}, {verdict.rule.id for verdict in verdicts}
    yield f"{len(devices)} devices, {len(rules)} rules: {', '.join(counts)}"
