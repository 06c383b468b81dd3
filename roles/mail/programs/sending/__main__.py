"""The service that Postfix asks (SMTPD_POLICY_README), and the check of its rules."""

import asyncio
import json
import os
import signal
import smtplib
import socket
import sqlite3
import sys
import time
from pathlib import Path

from .decisions import Decisions
from .ledger import PLACE, Ledger
from .notices import letters, post
from .rules import Current, read

RULES = Path("/etc/mail-sending/rules.json")
FIRST = 3  # the descriptor of the socket that systemd opened (sd_listen_fds(3))
EACH, TIDY = 5, 3600  # seconds


def serve(rules: Path) -> None:
    """Answer until systemd says otherwise."""
    asyncio.run(_serve(Current(rules), Ledger(PLACE)))


async def _serve(rules: Current, ledger: Ledger) -> None:
    decisions = Decisions(rules, ledger, still_held)

    async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while asked := await request(reader):
                writer.write(f"action={await decisions.answer(asked)}\n\n".encode())
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    listening = socket.socket(fileno=FIRST) if os.environ.get("LISTEN_FDS") else None
    if listening is None:
        sys.exit("mail-sending.socket starts this")
    # The socket stays when this ends: it is systemd's. Postfix keeps its connections, and makes others when they break.
    server = await asyncio.start_unix_server(answered, sock=listening, cleanup_socket=False)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    upkeep = asyncio.create_task(_upkeep(rules, ledger))
    await stop.wait()
    server.close()
    upkeep.cancel()


async def request(reader: asyncio.StreamReader) -> dict[str, str]:
    """The attributes of one request: none at the end."""
    said: dict[str, str] = {}
    while line := (await reader.readline()).decode(errors="replace").rstrip("\n"):
        name, _, value = line.partition("=")
        said[name] = value
    return said


async def _upkeep(rules: Current, ledger: Ledger) -> None:
    """Notices go out, again until Postfix has them; what no limit looks at any more is forgotten."""
    tidied = float("-inf")
    while True:
        try:
            for account, limit in ledger.untold():
                await asyncio.to_thread(post, letters(account, limit, rules()))
                ledger.tell(account)
            if time.monotonic() > tidied + TIDY:
                ledger.forget()
                tidied = time.monotonic()
        except (OSError, smtplib.SMTPException, sqlite3.Error) as error:  # a full disk too
            print(f"what people are told waits: {error}", flush=True)
        await asyncio.sleep(EACH)


async def still_held() -> set[str] | None:
    """What Postfix holds; None where it does not say."""
    asked = await asyncio.create_subprocess_exec(
        *("/usr/sbin/postqueue", "-j"), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        said, _ = await asyncio.wait_for(asked.communicate(), 20)
    except TimeoutError:
        asked.kill()
        return None
    if asked.returncode:
        print("Postfix does not say what it still holds", flush=True)
        return None
    messages = [json.loads(line) for line in said.splitlines()]
    return {message["queue_id"] for message in messages if message["queue_name"] == "hold"}


def main(arguments: list[str]) -> None:
    """Serve by the rules in their place, or, given a file, say whether it holds rules."""
    if not arguments:
        serve(RULES)
        return
    try:
        read(Path(arguments[0]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        sys.exit(f"no rules of sending: {error!r}")


if __name__ == "__main__":
    main(sys.argv[1:])
