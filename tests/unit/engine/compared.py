"""Load every deploy of the lab with nothing contacted; each answer of our patches is held against the original's."""

# ruff: noqa: E402
from gevent import monkey

monkey.patch_all()

import sys
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

import pyinfra

pyinfra.is_cli = True

from pyinfra.api.arguments import pop_global_arguments
from pyinfra.api.util import get_operation_order_from_stack

from deploys.engine import flows, lean
from deploys.engine.run import Request
from inventory import secrets

compared: Counter[str] = Counter()
different: list[str] = []


def same(what: str, original: object, ours: object) -> Any:
    compared[what] += 1
    if original != ours:
        different.append(f"{what}: {original} is not {ours}")
    return ours


def order(state: Any) -> Any:
    # On one line: the line is part of the answer.
    return same("order", get_operation_order_from_stack(state), lean.operation_order(state))


def arguments(state: Any, host: Any, keywords: dict[str, Any]) -> Any:
    copied = dict(keywords)
    original = pop_global_arguments(state, host, copied)
    ours = lean.pop_global_arguments(state, host, keywords)
    same("keywords left", copied, keywords)
    return same("arguments", original, ours)


lean.install()
import_module("pyinfra.api.operation").get_operation_order_from_stack = order  # type: ignore[attr-defined]
for name in ("deploy", "facts", "operation"):
    import_module(f"pyinfra.api.{name}").pop_global_arguments = arguments  # type: ignore[attr-defined]
secrets.withhold()
status = flows.catalogue(Request("lab", "site", "inventory/lab.py", blank=True), Path(sys.argv[1]))
print(*different[:5], sep="\n", file=sys.stderr)
print(status, len(different), compared["order"], compared["arguments"])
