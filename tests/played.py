"""The lab's switch without its machine: over SSH on loopback, its data plane only remembers what it was told."""

import asyncio
import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from time import monotonic, time
from types import TracebackType

import asyncssh
from netmiko import BaseConnection

from inventory.secrets import Secret
from roles.network.connection import Device, connected
from roles.network.platform import Platform
from roles.played.switch.files.switch.counters import Inspected
from roles.played.switch.files.switch.ios.personality import IOS
from roles.played.switch.files.switch.lldp import Neighbour
from roles.played.switch.files.switch.machine import Learned, Switch
from roles.played.switch.files.switch.management import Door
from roles.played.switch.files.switch.meaning import Meaning
from roles.played.switch.files.switch.personality import Personality, Session
from roles.played.switch.files.switch.server import serve
from roles.played.switch.files.switch.snooping import Binding
from roles.played.switch.files.switch.unplugged import Unplugged


class Plane:
    """A data plane with three cables (first, second and last port), the second with nobody at its other end."""

    def __init__(self, personality: Personality = IOS) -> None:
        self.applied = 0
        self.ports = personality.ports

    def apply(self, _meaning: Meaning) -> None:
        self.applied += 1

    def links(self) -> dict[str, bool]:
        return {self.ports[0]: True, self.ports[1]: False, self.ports[-1]: True}

    def learned(self) -> list[Learned]:
        return [Learned(10, "02:00:0a:14:0a:15", self.ports[0])]

    def shut(self) -> dict[str, str]:
        return {self.ports[2]: "bpduguard"}

    def inconsistent(self) -> list[str]:
        return [self.ports[0]]

    def bindings(self) -> list[Binding]:
        return [Binding(10, "02:00:0a:14:0a:15", "10.20.10.150", self.ports[0], time() + 3600)]

    def inspected(self) -> dict[int, Inspected]:
        return {10: Inspected(forwarded=7, dropped=2)}

    def violations(self) -> dict[str, int]:
        return {self.ports[0]: 5}

    def neighbours(self) -> list[Neighbour]:
        return [Neighbour(self.ports[-1], "0200.0000.0001", "Gi1/0/24", "sw2", "B", monotonic() + 100)]


def typed(session: Session, text: str) -> str:
    """Type lines; the answers that are not empty."""
    return "\n".join(filter(None, (session.feed(line.strip()) for line in text.strip().splitlines())))


class Loop:
    """An event loop in a thread of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    def _stop(self, *acceptors: asyncssh.SSHAcceptor) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        for acceptor in acceptors:
            acceptor.close()
            self._loop.run_until_complete(acceptor.wait_closed())
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()


class PlayedSwitch(Loop):
    """A switch named sw1 in `ssh_config`, and the files that a client needs to reach and to trust it."""

    PASSWORD = "Mot-de-passe-1"  # not-a-secret: of a switch that lives as long as one test

    def __init__(
        self, folder: Path, minute: float = 60.0, door: Door | None = None, personality: Personality = IOS
    ) -> None:
        super().__init__()
        self.folder = folder
        self.door = door
        self.switch = Switch(Plane(personality), folder / "startup-config", personality, minute)
        self.ssh_config = folder / "ssh_config"
        self.known_hosts = folder / "known_hosts"
        self.identity = folder / "id_ed25519"  # of a client that the switch knows

    @property
    def config(self) -> str:
        return self.switch.config.render()

    def trust(self, key: asyncssh.SSHKey) -> None:
        """Make a key the one that clients expect of this switch."""
        self.known_hosts.write_text(f"[127.0.0.1]:{self.port} {key.export_public_key().decode()}")

    def __enter__(self) -> "PlayedSwitch":
        key = credentials(self.folder)
        self._acceptor = self._loop.run_until_complete(self._serve("127.0.0.1", 0))
        self.port = self._acceptor.get_port()
        self.trust(key)
        self.ssh_config.write_text(f"Host sw1\n    HostName 127.0.0.1\n    Port {self.port}\n    User netadmin\n")
        self._thread.start()
        return self

    @contextmanager
    def also(self, name: str, address: str) -> Iterator[None]:
        """Reach the switch at another address too, by another name."""
        begun = asyncio.run_coroutine_threadsafe(self._serve(address, 0), self._loop).result()
        with self.ssh_config.open("a") as file:
            file.write(f"Host {name}\n    HostName {address}\n    Port {begun.get_port()}\n    User netadmin\n")
        with self.known_hosts.open("a") as file:
            file.write(
                self.known_hosts.read_text().replace(f"127.0.0.1]:{self.port}", f"{address}]:{begun.get_port()}")
            )
        yield
        self._loop.call_soon_threadsafe(begun.close)

    async def _serve(self, address: str, port: int) -> asyncssh.SSHAcceptor:
        return await serve(self.switch, address, port, *served(self.folder), door=self.door)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop(self._acceptor)


def logged_in(platform: Platform, played: PlayedSwitch, name: str = "sw1") -> AbstractContextManager[BaseConnection]:
    """A session of the product with it, by one of its names."""
    device = Device(
        name=name,
        platform=platform,
        ssh_config=played.ssh_config,
        known_hosts=played.known_hosts,
        identity=played.identity,
        password=Secret(PlayedSwitch.PASSWORD),
    )
    return connected(device)


class Fleet(Loop):
    """Many switches in one process, without cables: each by its name in one `ssh_config`, all with one key."""

    def __init__(self, folder: Path, personalities: Mapping[str, Personality], minute: float = 60.0) -> None:
        super().__init__()
        self.folder = folder
        self.switches = {
            name: Switch(Unplugged(), folder / f"{name}.startup", each, minute) for name, each in personalities.items()
        }
        self.ssh_config = folder / "ssh_config"
        self.known_hosts = folder / "known_hosts"
        self.identity = folder / "id_ed25519"

    def __enter__(self) -> "Fleet":
        public = credentials(self.folder).export_public_key().decode()
        self._acceptors = {
            name: self._loop.run_until_complete(serve(switch, "127.0.0.1", 0, *served(self.folder)))
            for name, switch in self.switches.items()
        }
        ports = {name: acceptor.get_port() for name, acceptor in self._acceptors.items()}
        self.known_hosts.write_text("".join(f"[127.0.0.1]:{port} {public}" for port in ports.values()))
        self.ssh_config.write_text(
            "".join(
                f"Host {name}\n    HostName 127.0.0.1\n    Port {port}\n    User netadmin\n"
                for name, port in ports.items()
            )
        )
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop(*self._acceptors.values())


def credentials(folder: Path) -> asyncssh.SSHKey:
    """Write what a switch and its clients need; returns the switch's own key."""
    key, client = asyncssh.generate_private_key("ssh-ed25519"), asyncssh.generate_private_key("ssh-ed25519")
    key.write_private_key(str(folder / "host_key"))
    client.write_private_key(str(folder / "id_ed25519"))
    client.write_public_key(str(folder / "authorized_keys"))
    (folder / "credentials").write_text(f"netadmin:{PlayedSwitch.PASSWORD}\n")
    return key


def served(folder: Path) -> Iterator[Path]:
    """The files that `serve` reads."""
    return (folder / name for name in ("host_key", "credentials", "authorized_keys"))
