"""The rest of the world as the lab plays it (roles/played/world): what its servers got, and what it sees of us."""

import json
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

import pytest
from testinfra.host import Host

from inventory.model import Administration
from tests.conftest import Workstation, connect
from tests.waiting import within

ROOT = "/etc/world/root.key"


@dataclass(frozen=True)
class World:
    """The machine that plays it."""

    host: Host
    prefix: IPv4Network
    desk: Workstation  # who travels

    def address(self, number: int) -> str:
        """One of its addresses."""
        return str(self.prefix[number])

    def received(self, tag: str) -> list[dict[str, Any]]:
        """The messages with a word in them, by whatever server: envelope, text, TLS."""
        found = self.host.run("grep -F %s /var/lib/world/mail.jsonl", tag)
        return [json.loads(line) for line in found.stdout.splitlines()]

    def gets(self, tag: str, count: int = 1, seconds: float = 60) -> bool:
        """Whether so many messages with a word in them arrive by then."""
        return within(seconds, lambda: len(self.received(tag)) >= count)

    def looked_up(self, name: str, kind: str) -> str:
        """What its resolver says of a name, and whether that is proved: "(secure)", "(insecure)", "(BOGUS …)"."""
        ran = self.host.run(f"timeout 60 unbound-host -r -v -f {ROOT} -t %s %s", kind, name)
        return str(ran.stdout + ran.stderr)


@pytest.fixture
def world(administration: Administration) -> World:
    """The rest of the world, where it is played."""
    played = administration.environment.world
    if played is None:
        pytest.skip("the world is not played")
    host = connect(administration, played.machine)
    desk = Workstation(host, played.machine, str(administration.environment.ssh_config))
    return World(host, played.prefix, desk)
