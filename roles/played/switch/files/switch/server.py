"""The switch over SSH: interactive sessions and single commands."""

import asyncio
import hmac
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncssh

from .grammar import Refused
from .machine import DataPlaneError, Switch
from .management import Door
from .personality import hides, takes_keys

CLOCKS: list[asyncio.Task[None]] = []  # a task that nobody holds may vanish
HOLD = 0.1  # seconds between two looks at a fault that holds a session
ENTER, CTRL_U, CTRL_Z, ERASE = "\r\n", "\x15", "\x1a", "\x7f\x08"


class Server(asyncssh.SSHServer):
    """Who may log in: the users of the credentials file, by password or by authorized key."""

    def __init__(self, credentials: Path, authorized_keys: Path) -> None:
        lines = credentials.read_text().splitlines()
        self._passwords = dict(line.split(":", 1) for line in lines if ":" in line)
        self._authorized_keys = authorized_keys

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn

    def begin_auth(self, username: str) -> bool:
        if username in self._passwords and self._authorized_keys.exists():
            self._connection.set_authorized_keys(str(self._authorized_keys))
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        known = self._passwords.get(username)
        self._connection.set_extra_info(by_password=True)  # such a session begins without privileges
        return known is not None and hmac.compare_digest(known.encode(), password.encode())


async def serve(
    switch: Switch,
    address: str,
    port: int,
    host_key: Path,
    credentials: Path,
    authorized_keys: Path,
    door: Door | None = None,
) -> asyncssh.SSHAcceptor:
    """Serve sessions, and let the switch's clock run. With a `door` they come through a port, and are lost with it."""
    CLOCKS.append(asyncio.create_task(_clock(switch)))
    return await listen(switch, address, port, host_key, credentials, authorized_keys, door)


async def listen(
    switch: Switch,
    address: str,
    port: int,
    host_key: Path,
    credentials: Path,
    authorized_keys: Path,
    door: Door | None = None,
) -> asyncssh.SSHAcceptor:
    """Serve sessions at one more address. Raises OSError where nobody can listen there."""

    def carried(process: asyncssh.SSHServerProcess[str]) -> bool:
        return door is None or door.admits(switch.config, process.get_extra_info("sockname")[0])

    async def session(process: asyncssh.SSHServerProcess[str]) -> None:
        if not carried(process):
            process.get_extra_info("connection").abort()
        elif process.command is None:
            await _interact(switch, process, lambda: carried(process))
        else:
            _answer(switch, process)

    return await asyncssh.create_server(
        lambda: Server(credentials, authorized_keys),
        address,
        port,
        server_host_keys=[str(host_key)],
        process_factory=session,
        reuse_address=True,  # a restart must not wait for the sessions that it cut
        keepalive_interval=15,  # a client that is gone without a word leaves no session behind
        line_editor=False,
        errors="replace",
    )


async def _clock(switch: Switch) -> None:
    while True:
        await asyncio.sleep(switch.minute / 60)
        try:
            switch.tick()
        except DataPlaneError as error:
            print(f"the configuration went back, its data plane did not: {error}", flush=True)
        except Refused as error:
            print(f"the startup configuration cannot be read: {error}", flush=True)


def _answer(switch: Switch, process: asyncssh.SSHServerProcess[str]) -> None:
    """One command, as in `ssh sw1 'show vlan brief'`: not zero when the switch refuses it."""
    output = switch.personality.session(switch).feed(process.command or "")
    process.stdout.write(f"{output}\n" if output else "")
    process.exit(1 if switch.personality.refuses(output) else 0)


async def _interact(switch: Switch, process: asyncssh.SSHServerProcess[str], carried: Callable[[], bool]) -> None:
    """One session until it is closed, lost on the way, or cut by the switch that restarts."""
    loop, connection, lost = asyncio.get_running_loop(), process.get_extra_info("connection"), threading.Event()

    def cut() -> None:
        lost.set()  # at once: what else was typed is typed to nobody
        loop.call_soon_threadsafe(connection.abort)

    switch.sessions.add(cut)
    try:
        await _dialogue(switch, process, lambda: carried() and not lost.is_set())
    except asyncssh.ConnectionLost:
        pass  # as when a client is gone without a word
    finally:
        switch.sessions.discard(cut)


async def _dialogue(switch: Switch, process: asyncssh.SSHServerProcess[str], carried: Callable[[], bool]) -> None:
    privileged = switch.enable is None or not process.get_extra_info("by_password")
    session = switch.personality.session(switch, process.get_extra_info("username", "console"), privileged)
    typed = ""

    waiting: list[str] = []  # what is said together goes out together, like a terminal's line

    def write(text: str) -> None:
        waiting.append(text.replace("\n", "\r\n"))

    def flush() -> None:
        process.stdout.write("".join(waiting))
        waiting.clear()

    write(f"\n{session.prompt}")
    flush()
    while not session.closed:
        received = await _read(process)
        if not received:
            break
        for character in received.replace("\r\n", "\n"):
            if takes_keys(session):
                output = session.feed("" if character in ENTER else character)
                if session.closed:
                    break
                echo = character if character.isprintable() else ""
                write(f"{echo}\n" + (f"{output}\n" if output else "") + session.prompt)
            elif character in ENTER:
                faults = switch.faults
                flush()  # the echo, before whatever time the answer takes
                await asyncio.sleep(faults.slow)
                output, line, typed = session.feed(typed), typed, ""
                if session.closed:
                    break
                while switch.faults.held(line) and not process.is_closing():
                    await asyncio.sleep(HOLD)
                if faults.lost(line):
                    process.get_extra_info("connection").abort()
                    return
                logged = f"{faults.logged}\n" if faults.logged else ""
                prompt = "Are you sure? [confirm]" if faults.stuck(line) else session.prompt
                write("\n" + logged + (f"{output}\n" if output else "") + logged + prompt)
            elif character == CTRL_Z:
                session.end()
                typed = ""
                write(f"^Z\n{session.prompt}")
            elif character == CTRL_U:
                write("\b \b" * len(typed))
                typed = ""
            elif character in ERASE:
                write("\b \b" if typed else "")
                typed = typed[:-1]
            else:
                typed += character
                write("" if hides(session) else character)
        flush()
        if not carried():  # what had arrived is done; the rest of the session is lost on the way
            process.get_extra_info("connection").abort()
            return
    flush()
    process.exit(0)


async def _read(process: asyncssh.SSHServerProcess[str]) -> Any:
    while True:
        try:
            return await process.stdin.read(4096)
        except (asyncssh.TerminalSizeChanged, asyncssh.BreakReceived):
            continue
