"""A plan as a comment shows it: what is risky first, then each institution, host by host."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ValidationError

from deploys.engine import change
from deploys.review import markdown
from deploys.review.markdown import Item
from deploys.review.phrases import (
    CERTAINTY,
    CHANGES,
    CHANGES_ON,
    HOSTS,
    LINES_LEFT,
    NOT_PLANNED,
    PLAN_EMPTY,
    PLAN_HEADING,
    PLAN_MADE,
    PLATFORM,
    PREVIEW_EMPTY,
    PREVIEW_HEADING,
    PREVIEW_MADE,
    RISKS,
    RISKY_FIRST,
)
from deploys.review.words import Said, phrase, sentence

SHORT = 20  # lines of a step when there is no room for all of them
RISK_ORDER = ("lockout", "interruption", "removal", "")


class PlanError(Exception):
    """The file is no plan."""


class Line(BaseModel):
    text: str
    institution: str = ""


class Step(BaseModel):
    """One step that would change its host."""

    host: str
    kind: Literal["host", "device"] = "host"
    step: str
    certainty: Literal["certain", "conditional", "unknown"] = "certain"
    risk: Literal["", "removal", "interruption", "lockout"] = ""
    lines: list[Line] = []


class Plan(BaseModel):
    """The file that `make plan OUT=plan.json` and `make preview OUT=preview.json` write."""

    format: Literal[1]
    kind: Literal["plan", "preview"] = "plan"
    environment: str
    commit: str = ""
    made_at: str = ""
    changes: list[Step] = []
    not_planned: dict[str, str] = {}

    def counted(self) -> str:
        """How many changes, on how many hosts."""
        hosts = {step.host for step in self.changes}
        return phrase(
            CHANGES_ON, changes=Said(phrase(CHANGES, n=len(self.changes))), hosts=Said(phrase(HOSTS, n=len(hosts)))
        )


def read(path: Path) -> Plan:
    """A preview, or a plan that is as the engine wrote it (its checksum says so). Raises PlanError."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(found, dict) and found.get("kind") == "preview":
            return Plan.model_validate(found)
        return Plan.model_validate({"format": change.FORMAT, **asdict(change.read(path))})
    except OSError as error:
        raise PlanError(f"{path}: {error.strerror}") from None
    except change.PlanError as error:
        raise PlanError(str(error)) from None
    except (ValueError, ValidationError) as error:
        raise PlanError(f"{path}: not a plan: {str(error).splitlines()[0]}") from None


def by_institution(plan: Plan) -> dict[str, list[Step]]:
    """The steps of each institution, and of the platform (""), last.

    A step that names several institutions is in each of them, with their lines and the lines that name nobody.
    """
    found: dict[str, list[Step]] = {}
    for step in plan.changes:
        owners = sorted({line.institution for line in step.lines if line.institution}) or [""]
        for owner in owners:
            lines = [line for line in step.lines if line.institution in ("", owner)]
            found.setdefault(owner, []).append(step.model_copy(update={"lines": lines}))
    return {owner: found[owner] for owner in sorted(found, key=lambda owner: (not owner, owner))}


def items(plan: Plan, names: Mapping[str, str]) -> Iterator[Item]:
    """The plan, cut where a comment may be cut: at a host."""
    preview = plan.kind == "preview"
    made = phrase(
        PREVIEW_MADE if preview else PLAN_MADE,
        markdown.text,
        environment=plan.environment,
        commit=Said(markdown.code(plan.commit[:12])),
        made_at=Said(plan_time(plan.made_at)),
    )
    what = f"{plan.counted()}." if plan.changes else sentence(PREVIEW_EMPTY if preview else PLAN_EMPTY)
    yield Item(0, [f"### {phrase(PREVIEW_HEADING if preview else PLAN_HEADING)}\n\n**{what}** {made}"])
    for host, why in plan.not_planned.items():
        reason = phrase(NOT_PLANNED, markdown.text, host=Said(markdown.code(host)), why=why)
        yield Item(1, [f"- ⚠ {reason}"], kind="hosts", name=host)
    for step in sorted((s for s in plan.changes if s.risk), key=_urgency):
        risk = phrase(RISKS[step.risk])
        line = f"- ⚠ {markdown.code(step.host)} {markdown.code(step.step)} **{risk}**"
        yield Item(2, [line], kind="risks", name=step.host, heading=f"**{phrase(RISKY_FIRST)}**")
    for owner, steps in by_institution(plan).items():
        title = f"{markdown.text(names.get(owner, owner))} ({markdown.text(owner)})" if owner else phrase(PLATFORM)
        hosts: dict[str, list[Step]] = {}
        for step in sorted(steps, key=_urgency):
            hosts.setdefault(step.host, []).append(step)
        for host, mine in hosts.items():
            risky = "⚠ " if any(step.risk for step in mine) else ""
            summary = f"{risky}{markdown.html(host)} {phrase(CHANGES, n=len(mine))}"
            forms = [markdown.folded(summary, _steps(mine, limit, preview)) for limit in (None, SHORT, 0)]
            yield Item(4, forms, kind="hosts", name=host, heading=f"#### {title}")


def plan_time(made_at: str) -> str:
    """An ISO time as people read it; anything else shows as it is."""
    date, _, clock = made_at.partition("T")
    return markdown.code(f"{date} {clock[:5]} UTC" if clock.endswith("Z") else made_at)


def _steps(steps: list[Step], limit: int | None, preview: bool) -> str:
    parts = []
    for step in steps:
        marks = [] if preview else [phrase(CERTAINTY[step.certainty])]
        marks += [f"**{phrase(RISKS[step.risk])}**"] if step.risk else []
        parts.append(" ".join([markdown.code(step.step), f"({', '.join(marks)})" if marks else ""]).rstrip())
        shown = step.lines if limit is None else step.lines[:limit]
        if shown:
            parts.append(markdown.block((line.text for line in shown), "diff"))
        if len(shown) < len(step.lines):
            parts.append(phrase(LINES_LEFT, n=len(step.lines) - len(shown)))
    return "\n\n".join(parts)


def _urgency(step: Step) -> tuple[int, str, str]:
    return RISK_ORDER.index(step.risk), step.host, step.step
