"""The lab's switch without its machine: over SSH on loopback, its data plane only remembers what it was told."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import asyncssh

from roles.played.switch.files.switch.cli import Session
from roles.played.switch.files.switch.config import Config
from roles.played.switch.files.switch.machine import Learned, Switch
from roles.played.switch.files.switch.management import Door
from roles.played.switch.files.switch.server import serve


class Plane:
    """A data plane with three cables, one of them with nobody at its other end."""

    def __init__(self) -> None:
        self.applied = 0

    def apply(self, _config: Config) -> None:
        self.applied += 1

    def links(self) -> dict[str, bool]:
        return {"GigabitEthernet1/0/1": True, "GigabitEthernet1/0/2": False, "GigabitEthernet1/0/24": True}

    def learned(self) -> list[Learned]:
        return [Learned(10, "02:00:0a:14:0a:15", "GigabitEthernet1/0/1")]


def typed(session: Session, text: str) -> str:
    """Type lines; the answers that are not empty."""
    return "\n".join(filter(None, (session.feed(line.strip()) for line in text.strip().splitlines())))


class PlayedSwitch:
    """A switch named sw1 in `ssh_config`, and the files that a client needs to reach and to trust it."""

    PASSWORD = "Mot-de-passe-1"  # not-a-secret: of a switch that lives as long as one test

    def __init__(self, folder: Path, minute: float = 60.0, door: Door | None = None) -> None:
        self.folder = folder
        self.door = door
        self.switch = Switch(Plane(), folder / "startup-config", minute)
        self.ssh_config = folder / "ssh_config"
        self.known_hosts = folder / "known_hosts"
        self.identity = folder / "id_ed25519"  # of a client that the switch knows
        self._loop = asyncio.new_event_loop()

    @property
    def config(self) -> str:
        return self.switch.config.render()

    def trust(self, key: asyncssh.SSHKey) -> None:
        """Make a key the one that clients expect of this switch."""
        self.known_hosts.write_text(f"[127.0.0.1]:{self.port} {key.export_public_key().decode()}")

    def __enter__(self) -> "PlayedSwitch":
        key = asyncssh.generate_private_key("ssh-ed25519")
        key.write_private_key(str(self.folder / "host_key"))
        client = asyncssh.generate_private_key("ssh-ed25519")
        client.write_private_key(str(self.identity))
        client.write_public_key(str(self.folder / "authorized_keys"))
        (self.folder / "credentials").write_text(f"netadmin:{self.PASSWORD}\n")
        self._acceptor = self._loop.run_until_complete(self._serve("127.0.0.1", 0))
        self.port = self._acceptor.get_port()
        self.trust(key)
        self.ssh_config.write_text(f"Host sw1\n    HostName 127.0.0.1\n    Port {self.port}\n    User netadmin\n")
        self._thread = threading.Thread(target=self._loop.run_forever)
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
        files = (self.folder / name for name in ("host_key", "credentials", "authorized_keys"))
        return await serve(self.switch, address, port, *files, door=self.door)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._acceptor.close()
        self._loop.run_until_complete(self._acceptor.wait_closed())
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()
