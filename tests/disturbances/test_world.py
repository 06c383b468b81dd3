"""The names of the rest of the world cannot be asked: mail inside flows as ever, what leaves waits, and then goes."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from testinfra.host import Host

from tests.mail_programs import MailPrograms
from tests.waiting import within
from tests.world import World, world

__all__ = ["world"]


@pytest.fixture
def silent(world: World) -> Iterator[World]:
    """Its machine gets no packet of ours: whoever asks waits, and nobody is told that there is no answer."""
    rule = "table ip silence { chain input { type filter hook input priority 0; ip saddr 10.10.10.0/24 drop; }; }"
    try:
        world.host.check_output("printf '%%s' %s | nft -f -", rule)
        yield world
    finally:
        world.host.run("nft delete table ip silence")


def test_mail_inside_flows_while_the_world_is_silent(
    silent: World, programs: MailPrograms, mail_server: Host, pair: tuple[str, str]
) -> None:
    tag = f"silence{uuid4().hex[:12]}"
    mail_server.check_output("unbound-control -q flush_zone example")
    mail_server.check_output("held-mail forgive %s", pair[1])
    assert programs.send(pair[1], pair[0], tag) == (250, "")
    assert programs.take(pair[0], tag)
    assert programs.send(pair[1], f"{tag}@dane.example", tag) == (250, "")

    def waits() -> bool:
        return f"{tag}@dane.example" in mail_server.check_output("postqueue -j")

    assert within(30, waits)
    assert not silent.received(tag)
    silent.host.check_output("nft delete table ip silence")

    def gone() -> bool:
        mail_server.check_output("postqueue -f")
        return bool(silent.received(tag))

    assert within(90, gone)
