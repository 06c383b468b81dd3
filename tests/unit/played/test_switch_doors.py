"""The played switch answers at the addresses that its configuration gives it, and at no other."""

import asyncio
import json
from pathlib import Path
from typing import Any

from roles.played.switch.files.switch.doors import Doors
from roles.played.switch.files.switch.faults import Faults, given
from roles.played.switch.files.switch.ios.personality import IOS
from roles.played.switch.files.switch.machine import Switch
from roles.played.switch.files.switch.unplugged import Unplugged
from tests.played import typed


class Acceptor:
    closed = False

    def close(self) -> None:
        self.closed = True


def switch(folder: Path) -> Switch:
    return Switch(Unplugged(), folder / "startup", IOS)


def test_it_answers_where_its_configuration_says(tmp_path: Path) -> None:
    played, opened = switch(tmp_path), {}

    async def listen(address: str) -> Any:
        opened[address] = Acceptor()
        return opened[address]

    doors = Doors(played, listen)

    def after(lines: str) -> set[str]:
        typed(IOS.session(played), f"configure terminal\n{lines}\nend")
        asyncio.run(doors.adjust())
        return {address for address, acceptor in opened.items() if not acceptor.closed}

    assert after("vlan 99") == set()
    assert after("interface Vlan99\nip address 10.20.99.11 255.255.255.0") == {"10.20.99.11"}
    assert after("interface Vlan98\nip address 10.20.98.11 255.255.255.0") == {"10.20.98.11", "10.20.99.11"}
    assert after("no interface Vlan99") == {"10.20.98.11"}
    assert after("interface Vlan98\nshutdown") == set()


def test_an_address_that_is_not_there_yet_is_tried_again(tmp_path: Path) -> None:
    played, there = switch(tmp_path), []

    async def listen(_address: str) -> Any:
        if not there:
            raise OSError("Cannot assign requested address")
        return Acceptor()

    doors = Doors(played, listen)
    typed(IOS.session(played), "configure terminal\ninterface Vlan99\nip address 10.20.99.11 255.255.255.0\nend")
    asyncio.run(doors.adjust())
    assert not doors.open
    there.append(True)
    asyncio.run(doors.adjust())
    assert set(doors.open) == {"10.20.99.11"}


def test_faults_are_asked_for_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "faults.json"
    assert given(path) == Faults()
    path.write_text(json.dumps({"slow": 0.5}))
    assert given(path) == Faults(slow=0.5)
    path.write_text('{"slow": ')
    assert given(path) == Faults()
