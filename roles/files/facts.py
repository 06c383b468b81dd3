"""What a file server knows of its domain and of its shares."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pyinfra.api import FactBase, StringCommand

from roles.common.programs import program
from roles.files.config import SMB_CONF

PROGRAMS = Path(__file__).with_name("programs")


class Joined(FactBase[bool]):
    """Whether this machine is a member of its domain; one that has its keys stays so while no controller answers."""

    def requires_command(self) -> str:
        return "net"

    @staticmethod
    def default() -> bool:
        return False

    def command(self) -> str:
        return f"grep -qs '^# Managed: roles/files' {SMB_CONF} && net ads testjoin 2>&1 || echo no"

    def process(self, output: Any) -> bool:
        said = "\n".join(output)
        return "Join is OK" in said or "No logon servers are currently available" in said


class OpenShares(FactBase[set[str]]):
    """Who has which share open, as share/domain\\account in lower case."""

    default = set[str]

    def requires_command(self) -> str:
        return "smbstatus"

    def command(self) -> str:
        return "! systemctl --quiet is-active smbd.service || smbstatus --json"

    def process(self, output: Any) -> set[str]:
        told = json.loads("".join(output) or "{}")
        users = {number: session["username"] for number, session in told.get("sessions", {}).items()}
        return {
            f"{tree['service']}/{users[tree['session_id']]}".lower()
            for tree in told.get("tcons", {}).values()
            if tree["service"] != "IPC$" and tree["session_id"] in users
        }


class SharePermissions(FactBase[dict[str, str]]):
    """The permissions of the folder of each share, where there is one: one command for all."""

    default = dict

    def requires_command(self, paths: Mapping[str, str]) -> str:  # noqa: ARG002  # pyinfra passes them to both
        return "wbinfo"

    def command(self, paths: Mapping[str, str]) -> StringCommand:
        return program(PROGRAMS / "read_permissions.py", json.dumps(paths))

    def process(self, output: Any) -> dict[str, str]:
        found: dict[str, str] = json.loads("".join(output))
        return found
