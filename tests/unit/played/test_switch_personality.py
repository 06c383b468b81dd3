"""What every platform that can be played owes to the rest of the switch."""

import asyncio
from pathlib import Path

import asyncssh
import pytest

from roles.played.switch.files.switch.machine import Switch
from roles.played.switch.files.switch.personalities import PERSONALITIES
from roles.played.switch.files.switch.personality import Personality
from roles.played.switch.files.switch.unplugged import Unplugged
from tests.played import Fleet, Plane, PlayedSwitch, typed

CHANGE = {
    "cisco_ios": "configure terminal\nhostname {name}\nvlan 30\nend",
    "huawei_vrp": "system-view\nsysname {name}\nvlan 30\nreturn",
    "hp_procurve": "configure\nhostname {name}\nvlan 30\nend",
}
SAVE = {"cisco_ios": "write memory", "huawei_vrp": "save\ny\nvrpcfg.zip", "hp_procurve": "write memory"}


@pytest.fixture(params=PERSONALITIES.values(), ids=PERSONALITIES.keys())
def personality(request: pytest.FixtureRequest) -> Personality:
    found: Personality = request.param
    return found


@pytest.fixture
def switch(tmp_path: Path, personality: Personality) -> Switch:
    return Switch(Plane(personality), tmp_path / "startup-config", personality)


def change(switch: Switch, name: str = "new") -> None:
    """Give it another name and VLAN 30, in its own words."""
    typed(switch.personality.session(switch), CHANGE[switch.personality.name].format(name=name))


class Soon:
    """Pending: the switch restarts, as a scheduled one does."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline

    def expire(self, switch: Switch) -> None:
        switch.restart()


def test_each_port_has_its_own_interface_that_linux_takes(personality: Personality) -> None:
    names = {personality.nic(port): port for port in personality.ports}
    assert len(names) == len(personality.ports)
    assert all(len(name) <= 15 for name in names)
    assert all(personality.port_of(name) == port for name, port in names.items())
    assert personality.port_of("vlan99") is None


def test_what_is_dumped_is_loaded_again(switch: Switch, personality: Personality) -> None:
    change(switch)
    loaded = personality.load(personality.dump(switch.config))
    assert loaded.render() == switch.config.render() != personality.factory().render()
    assert (loaded.hostname, loaded.vlans.keys()) == ("new", {1, 30})
    assert [loaded.port(name) for name in loaded.ports] == [switch.config.port(name) for name in personality.ports]


def test_a_restart_loses_what_was_not_saved(switch: Switch, personality: Personality) -> None:
    change(switch)
    applied = switch.plane.applied
    switch.restart()
    assert switch.config.render() == personality.factory().render()
    assert switch.plane.applied == applied + 1
    change(switch)
    typed(personality.session(switch), SAVE[personality.name])
    switch.restart()
    assert switch.config.hostname == "new"


def test_what_is_pending_happens_once_when_its_time_has_come(switch: Switch, personality: Personality) -> None:
    change(switch)
    switch.pending = Soon(switch.after(1))
    switch.tick()
    assert switch.config.hostname == "new"
    switch.pending = Soon(switch.after(0))
    switch.tick()
    assert (switch.config.render(), switch.pending) == (personality.factory().render(), None)
    change(switch)
    switch.tick()
    assert switch.config.hostname == "new"


def test_a_restart_calls_off_what_is_pending(switch: Switch) -> None:
    switch.pending = Soon(switch.after(1))
    switch.restart()
    assert switch.pending is None


def test_a_restart_cuts_every_session_and_takes_new_ones(tmp_path: Path, personality: Personality) -> None:
    with PlayedSwitch(tmp_path, personality=personality) as played:

        async def cut() -> bool:
            async with asyncssh.connect(
                "127.0.0.1", played.port, username="netadmin", password=played.PASSWORD, known_hosts=None, config=None
            ) as connection:
                process = await connection.create_process(term_type="vt100")
                process.stdin.write("\n")  # a ProCurve greets, and waits for a key
                await process.stdout.readuntil(personality.factory().hostname)
                await asyncio.to_thread(played.switch.restart)
                await asyncio.wait_for(connection.wait_closed(), 5)
                return not played.switch.sessions

        assert asyncio.run(cut())
        assert asyncio.run(cut())


def test_many_switches_answer_in_one_process(tmp_path: Path, personality: Personality) -> None:
    wanted = {f"sw{number}": personality for number in range(40)}
    with Fleet(tmp_path, wanted) as fleet:

        async def named(name: str) -> str:
            async with asyncssh.connect(
                name, config=[str(fleet.ssh_config)], password=PlayedSwitch.PASSWORD, known_hosts=str(fleet.known_hosts)
            ) as connection:
                process = await connection.create_process(term_type="vt100")
                process.stdin.write("\n")  # a ProCurve greets, and waits for a key
                return str(await process.stdout.readuntil(name))

        async def all_of_them() -> list[str]:
            for name, switch in fleet.switches.items():
                assert isinstance(switch.plane, Unplugged)
                change(switch, name)
            return list(await asyncio.gather(*map(named, wanted)))

        assert len(asyncio.run(all_of_them())) == 40
