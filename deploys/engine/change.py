"""A plan as data: what would change where, written to a file that can be read, compared and applied."""

import json
from dataclasses import asdict, dataclass, field, replace
from difflib import unified_diff
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from deploys.engine.mistakes import SaidError
from deploys.engine.whole import write_whole
from roles.common.commands import Removed, Risk

FORMAT = 1
Kind = Literal["host", "device"]
Certainty = Literal["certain", "conditional", "unknown"]


class PlanError(SaidError):
    """A plan cannot be used; the message is one line for each reason."""


@dataclass(frozen=True)
class Line:
    """One line of what a step does, and the institution that it is of ("" for the platform)."""

    text: str
    institution: str = ""
    removes: Removed = ""


@dataclass(frozen=True)
class Change:
    """One step that would change its host.

    certain: this and nothing else; conditional: as seen today, and an earlier step may change what is seen;
    unknown: what it does is known only while it is done.
    """

    host: str
    step: str
    lines: tuple[Line, ...]
    certainty: Certainty = "certain"
    risk: Risk = ""
    kind: Kind = "host"


@dataclass(frozen=True)
class Plan:
    """Everything that one deploy would do. `secrets` are the digests of the sealed files that it read."""

    environment: str
    commit: str
    made_at: str
    deploys: tuple[str, ...]
    limit: tuple[str, ...]
    hosts: tuple[str, ...]
    changes: tuple[Change, ...]
    not_planned: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)

    @property
    def checksum(self) -> str:
        return _checksum(self.as_data())

    def write(self, path: Path) -> None:
        """Write the plan with its checksum, in one step."""
        text = json.dumps({**self.as_data(), "checksum": self.checksum}, indent=1, ensure_ascii=False)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, f"{text}\n")
        except OSError as error:
            raise PlanError(f"{path}: the plan cannot be written: {error.strerror}") from None

    def as_data(self) -> dict[str, Any]:
        return {"format": FORMAT, **asdict(self)}


def read(path: Path) -> Plan:
    """A plan that was written. Raises PlanError where it is not one, or not as it was written."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        checksum = found.pop("checksum")
        content = dict(found)
        if content.pop("format") != FORMAT:
            raise PlanError(f"{path}: made by another version of the engine: make it anew (make plan OUT={path})")
        plan = Plan(
            **{
                **{key: tuple(value) if isinstance(value, list) else value for key, value in content.items()},
                "changes": tuple(_change(each) for each in content["changes"]),
            }
        )
    except OSError as error:
        raise PlanError(f"{path}: {error.strerror}: make it with make plan OUT={path}") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise PlanError(f"{path}: this is not a plan: make it with make plan OUT={path}") from None
    if checksum != _checksum(found):
        raise PlanError(f"{path}: was edited since it was made (its checksum differs): make it anew")
    return plan


def differences(planned: Plan, now: Plan) -> list[str]:
    """What is otherwise today than when the plan was made: "-" was planned, "+" is new. Empty where nothing is."""
    # What the plan did not read (the first password of somebody new) may have come since.
    read = replace(now, secrets={scope: digest for scope, digest in now.secrets.items() if scope in planned.secrets})
    return [
        line
        for line in unified_diff(_text(planned), _text(read), lineterm="", n=0)
        if not line.startswith(("---", "+++", "@@"))
    ]


def _change(found: dict[str, Any]) -> Change:
    return Change(**{**found, "lines": tuple(Line(**line) for line in found["lines"])})


def _checksum(content: dict[str, Any]) -> str:
    return "sha256:" + sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _text(plan: Plan) -> list[str]:
    """All that makes a plan the same as another, line by line."""
    return [
        f"environment {plan.environment}, deploys {' '.join(plan.deploys)}, limit {' '.join(plan.limit) or 'none'}",
        *(f"{scope}.age {digest}" for scope, digest in sorted(plan.secrets.items())),
        *(f"{change.host}: {change.step}: {line.text}" for change in plan.changes for line in change.lines),
        *(f"{host}: not planned" for host in sorted(plan.not_planned)),
    ]
