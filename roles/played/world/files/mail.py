#!/usr/bin/python3
"""The mail servers of the played world: each takes everything, and keeps it. `world-mail SETTINGS`.

A message is a line of JSON: which server got it, from which address, over which TLS, envelope and text.
"""

import asyncio
import json
import os
import socket
import ssl
import sys
import time
from functools import partial
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

LARGEST = 64 * 1024 * 1024


class Keeper:
    """What a server does with a message."""

    def __init__(self, name: str, kept: Path) -> None:
        self.name, self.kept = name, kept

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep it before it is acknowledged."""
        tls = server.transport.get_extra_info("ssl_object")
        line = {
            "at": time.time(),
            "server": self.name,
            "peer": session.peer[0],
            "helo": session.host_name,
            "tls": tls.version() if tls else None,
            "sender": envelope.mail_from,
            "recipients": envelope.rcpt_tos,
            "text": envelope.original_content.decode("utf-8", "surrogateescape").encode("utf-8", "replace").decode(),
        }
        with self.kept.open("ab", buffering=0) as file:  # in one go: who reads meanwhile sees no half of a line
            file.write(json.dumps(line).encode() + b"\n")
        return "250 2.0.0 kept"


def context(server: dict[str, str], folder: Path, key: str) -> ssl.SSLContext | None:
    """The TLS of a server; None where it has none."""
    if server["certificate"] is None:
        return None
    found = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    found.load_cert_chain(folder / f"{server['name']}.pem", key)
    return found


async def serve(given: dict[str, object]) -> None:
    """Listen at the address of each server until the end."""
    kept, folder = Path(given["kept"]) / "mail.jsonl", Path(given["certificates"])
    loop = asyncio.get_running_loop()
    for server in given["mail"]:
        made = partial(
            SMTP,
            Keeper(server["name"], kept),
            hostname=server["name"],
            ident="played",
            data_size_limit=LARGEST,
            enable_SMTPUTF8=True,
            tls_context=context(server, folder, given["key"]),
            loop=loop,
        )
        await loop.create_server(made, server["address"], 25)
    tell("READY=1")
    await asyncio.Event().wait()


def tell(state: str) -> None:
    """Say something to systemd."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as door:
        door.connect(os.environ["NOTIFY_SOCKET"].replace("@", "\0", 1))
        door.send(state.encode())


if __name__ == "__main__":
    asyncio.run(serve(json.loads(Path(sys.argv[1]).read_text())))
