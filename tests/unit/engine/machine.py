"""Machines on loopback for the engine: SSH with keys of their own, commands that really run, and all that can go wrong.

Each has a mount namespace: /srv and /var/lib/administration are its own, /srv/full holds 16 KiB and not a byte more.
The server notes what was run and when: what the engine says of itself is checked against it.
"""

import asyncio
import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import asyncssh

OWN = """
mkdir -p "$1/srv/full" "$1/lib/dpkg"
mount --bind "$1/srv" /srv
mount -t tmpfs -o size=16k none /srv/full
mount --bind /var/lib/dpkg "$1/lib/dpkg"
mount --rbind "$1/lib" /var/lib
echo ready
exec cat
"""


@dataclass
class Ran:
    """One exec: the command, what a shell that reads its script was given, and when."""

    command: str
    script: str = ""
    began: float = 0.0
    ended: float = 0.0

    @property
    def text(self) -> str:
        return self.script or self.command

    @property
    def questions(self) -> int:
        """How many questions a batch asks."""
        return len(re.findall("@@[0-9a-f]{16}", self.script))


@dataclass
class Misbehaviour:
    """What is wrong with a machine. Patterns are looked for in commands, and in scripts that a shell reads."""

    refuses: bool = False  # our key
    silent: bool = False  # accepts TCP and says nothing
    hangs_on: str = ""
    drops_on: str = ""  # begins the command, then closes the connection
    delay: float = 0.0


@dataclass
class PlayedMachine:
    """One machine, its folder on this one, and what it ran."""

    name: str
    folder: Path
    key: asyncssh.SSHKey = field(default_factory=lambda: asyncssh.generate_private_key("ssh-ed25519"))
    fault: Misbehaviour = field(default_factory=Misbehaviour)
    ran: list[Ran] = field(default_factory=list)
    port: int = 0
    calls: int = 0  # TCP connections
    _running: list[asyncio.subprocess.Process] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.programs.mkdir(parents=True)
        arguments = ["unshare", "--mount", "--propagation", "private", "sh", "-ec", OWN, "sh", str(self.folder)]
        self._namespace = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._namespace.stdout is not None
        assert self._namespace.stdout.readline() == "ready\n"

    @property
    def programs(self) -> Path:
        """Where its own programs stand, before those of this machine."""
        return self.folder / "bin"

    @property
    def srv(self) -> Path:
        return self.folder / "srv"

    @property
    def recorded(self) -> Path:
        return self.folder / "lib/administration"

    def program(self, name: str, script: str) -> None:
        """Give it a program of its own."""
        (self.programs / name).write_text(f"#!/bin/sh\n{script}\n")
        (self.programs / name).chmod(0o755)

    def sh(self, command: str) -> str:
        """Look at the machine as from its console: not counted."""
        return subprocess.run([*self._enter(), command], capture_output=True, text=True, check=True).stdout

    def renew(self) -> None:
        """As it was installed."""
        self.halt()
        self.fault = Misbehaviour()
        self.ran.clear()
        self.calls = 0
        for program in self.programs.iterdir():
            program.unlink()
        self.sh("find /srv -xdev -mindepth 1 -not -path /srv/full -delete; find /srv/full -mindepth 1 -delete")
        shutil.rmtree(self.recorded, ignore_errors=True)

    def halt(self) -> None:
        """End what still runs on it."""
        for process in self._running:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        self._running.clear()

    def stop(self) -> None:
        self.halt()
        self._namespace.communicate("")

    def _enter(self) -> list[str]:
        path = f"PATH={self.programs}:{os.environ['PATH']}"
        return ["nsenter", "--target", str(self._namespace.pid), "--mount", "env", "-C", "/srv", path, "sh", "-c"]

    async def serve(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        """Run one command."""
        ran = Ran(process.command or "", began=time.monotonic())
        self.ran.append(ran)
        given = b""
        if ran.command == "sh -s":
            given = await process.stdin.read()
            ran.script = given.decode()
        await asyncio.sleep(self.fault.delay)
        if self.fault.hangs_on and re.search(self.fault.hangs_on, ran.text):
            await process.channel.wait_closed()
            return
        pipe = asyncio.subprocess.PIPE
        running = await asyncio.create_subprocess_exec(
            *self._enter(), ran.command, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True
        )
        self._running.append(running)
        if self.fault.drops_on and re.search(self.fault.drops_on, ran.text):
            process.get_extra_info("connection").abort()
            return
        assert running.stdin is not None
        assert running.stdout is not None
        assert running.stderr is not None
        feeding = asyncio.create_task(_feed(given, process.stdin, running.stdin))
        with suppress(OSError, asyncssh.Error):  # whoever asked may have gone
            await asyncio.gather(_tell(running.stdout, process.stdout), _tell(running.stderr, process.stderr))
        status = await running.wait()
        feeding.cancel()
        ran.ended = time.monotonic()
        with suppress(OSError, asyncssh.Error):
            process.exit(status)


async def _feed(given: bytes, source: asyncssh.SSHReader[bytes], program: asyncio.StreamWriter) -> None:
    with suppress(OSError, asyncssh.Error):
        program.write(given)
        while not given and (data := await source.read(1 << 16)):
            program.write(data)
            await program.drain()
    program.close()


async def _tell(program: asyncio.StreamReader, sink: asyncssh.SSHWriter[bytes]) -> None:
    while data := await program.read(1 << 16):
        sink.write(data)
        await sink.drain()


class Door(asyncssh.SSHServer):
    """Lets one key in."""

    def __init__(self, machine: PlayedMachine) -> None:
        self._machine = machine

    def begin_auth(self, username: str) -> bool:
        del username
        return True

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        del username, key
        return not self._machine.fault.refuses


class Machines:
    """Some machines, and the files that a client needs to reach and to trust them."""

    def __init__(self, folder: Path, names: list[str]) -> None:
        self.folder = folder
        self.identity = folder / "id_ed25519"
        asyncssh.generate_private_key("ssh-ed25519").write_private_key(str(self.identity))
        self.ssh_config = folder / "ssh_config"
        self.ssh_config.touch()
        self._all = {name: PlayedMachine(name, folder / name) for name in names}
        self._loop = asyncio.new_event_loop()
        self._callers: list[socket.socket] = []
        self._answering: list[asyncio.Task[object]] = []

    def __getitem__(self, name: str) -> PlayedMachine:
        return self._all[name]

    def __iter__(self):
        return iter(self._all.values())

    def known_hosts(self) -> str:
        """The line of each machine."""
        return "".join(f"[127.0.0.1]:{m.port} {m.key.export_public_key().decode()}" for m in self)

    def inventory(self, known_hosts: Path, names: list[str], each: dict[str, dict[str, object]], **more: object) -> str:
        """The text of a pyinfra inventory with some of them."""
        data = {
            "ssh_user": "root",
            "ssh_key": str(self.identity),
            "ssh_config_file": str(self.ssh_config),
            "ssh_known_hosts_file": str(known_hosts),
            "ssh_strict_host_key_checking": "yes",
            "ssh_hostname": "127.0.0.1",
            **more,
        }
        return (
            f"machines = {[(name, {**data, 'ssh_port': self[name].port, **each.get(name, {})}) for name in names]!r}\n"
        )

    def __enter__(self) -> "Machines":
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        for machine in self:
            machine.port = asyncio.run_coroutine_threadsafe(self._open(machine), self._loop).result(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for machine in self:
            machine.stop()
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    async def _open(self, machine: PlayedMachine) -> int:
        options = asyncssh.SSHServerConnectionOptions(
            server_factory=lambda: Door(machine),
            server_host_keys=[machine.key],
            process_factory=machine.serve,
            encoding=None,
            line_editor=False,
        )

        door = socket.create_server(("127.0.0.1", 0))
        door.setblocking(False)

        async def meet(caller: socket.socket) -> None:
            with suppress(OSError, asyncssh.Error):  # a caller may go at any time
                await asyncssh.run_server(caller, options=options)

        async def answer() -> None:
            while True:
                caller, _ = await self._loop.sock_accept(door)
                self._callers.append(caller)
                machine.calls += 1
                if not machine.fault.silent:
                    self._answering.append(self._loop.create_task(meet(caller)))

        self._answering.append(self._loop.create_task(answer()))
        return int(door.getsockname()[1])

    async def _close(self) -> None:
        for task in self._answering:
            task.cancel()
        await asyncio.gather(*self._answering, return_exceptions=True)
        for caller in self._callers:
            caller.close()
