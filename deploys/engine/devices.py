"""Switches and routers, planned and changed by processes of their own: netmiko is several times slower under gevent."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Container
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from deploys.engine.change import Change, Line
from roles.common.commands import Risk


@dataclass
class Children:
    """The processes that look at devices, while we look at hosts."""

    environment: str
    limit: list[str]
    running: dict[str, subprocess.Popen[str]] = field(default_factory=dict)

    def begin(self, capabilities: list[str]) -> None:
        for capability in capabilities:
            self.running[capability] = self._start(capability, "--plan")

    def planned(self, changing: Container[str]) -> tuple[list[Change], dict[str, str], list[str]]:
        """The changes of all devices, why some could not be planned, and the names of all.

        A device that is also a host of ours, and about to change as one, may become reachable by that, and one that
        only a changing device leads to by the change of that: what it lacks is then known only after it.
        """
        changes: list[Change] = []
        failures: dict[str, str] = {}
        names: list[str] = []
        for capability, process in self.running.items():
            for name, found in _answer(capability, process).items():
                names.append(name)
                if "error" in found and (name in changing or found.get("after")):
                    why = Line(f"known only after the steps above ({found['error']})")
                    changes.append(Change(name, f"{capability}: configuration", (why,), "unknown", kind="device"))
                elif "error" in found:
                    failures[name] = found["error"]
                elif found["changed"]:
                    changes.append(_change(capability, name, found))
        return changes, failures, names

    def apply(self, capability: str, changes: list[Change], reason: str, checksum: str) -> dict[str, dict[str, Any]]:
        """Send to the devices of a capability exactly what was planned, and why; what each did, by name.

        A device whose change is not known yet is sent what it then needs.
        """
        wanted = {
            change.host: None if change.certainty == "unknown" else [line.text for line in change.lines]
            for change in changes
            if change.step.startswith(f"{capability}: ")
        }
        if not wanted:
            return {}
        with tempfile.NamedTemporaryFile("w", prefix="planned-", suffix=".json") as file:
            json.dump(wanted, file)
            file.flush()
            why = ("--reason", reason, "--plan-hash", checksum)
            return _answer(capability, self._start(capability, "--planned", file.name, *why))

    def end(self) -> None:
        """Stop those that still look."""
        for process in self.running.values():
            if process.poll() is None:
                process.terminate()
                process.wait()

    def _start(self, capability: str, *options: str) -> subprocess.Popen[str]:
        limit = ["--limit-known", ",".join(self.limit)] if self.limit else []
        command = [sys.executable, "-m", f"deploys.{capability}", "--environment", self.environment, "--json"]
        return subprocess.Popen([*command, *limit, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _answer(capability: str, process: subprocess.Popen[str]) -> dict[str, dict[str, Any]]:
    said, complained = process.communicate()
    try:
        found: dict[str, dict[str, Any]] = json.loads(said)
    except ValueError:
        lines = complained.strip().splitlines() or [f"ended with status {process.returncode}"]
        return {capability: {"error": lines[-1]}}
    for line in complained.splitlines():
        if line.startswith("history: "):  # what could not be noted is no failure, and is said
            print(line, file=sys.stderr)
    for name, outcome in found.items():
        if outcome.get("note"):  # of an unusual way to it
            print(f"{name}: {outcome['note']}", file=sys.stderr)
    return found


def _change(capability: str, name: str, found: dict[str, Any]) -> Change:
    lines = [
        Line(text, found["institution"], "vlan" if capability == "lan" and _removes_vlan(text) else "", why)
        for text, why in zip_longest(found["lines"], found.get("why", []), fillvalue="")
    ]
    if not found["lines"]:
        lines = [Line("save the running configuration", found["institution"])]
    removes = any(line.text.strip().startswith("no ") for line in lines)
    risk: Risk = "lockout" if found.get("management") else "removal" if removes else ""
    return Change(name, f"{capability}: configuration", tuple(lines), risk=risk, kind="device")


def _removes_vlan(text: str) -> bool:
    return text.startswith("no vlan ")
