"""Keeps the copies of the other servers' messages: python3 -m shadow.keeper. They come over TLS, shown by both sides.

Who calls is known by its certificate alone, and meets nothing but the folder of its own copies.
"""

import json
import socket
import ssl
import sys
import threading
from typing import Any

from .store import STORE, Bounds, FullError, Store
from .wire import SETTINGS, SPOOL, Said, hear, say, tls

IDLE = 600  # seconds after which a caller who says nothing is gone; it asks more often


def answer(store: Store, said: Said, content: bytes) -> Said:
    """What a caller is told; what it asks for is done, and on the disk."""
    try:
        match said.get("do"):
            case "put":
                store.put(said["id"], said["envelope"], content)
            case "drop":
                store.drop(said["ids"])
            case "mark":
                store.mark(said["states"])
            case "list":
                store.recount()
                return {"copies": dict(store.copies()), "replayed": store.replayed()}
            case "who":
                return {"spool": SPOOL.read_text() if SPOOL.exists() else ""}
            case "forget":
                store.forget_replayed(said["queues"])
            case other:
                return {"error": f"{other}: nobody does that here"}
    except FullError as error:
        return {"full": str(error)}
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"{said.get('do')}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        return {"error": type(error).__name__}
    return {"done": True}


def caller(certificate: dict[str, Any] | None, peers: dict[str, Any]) -> str | None:
    """The name of the peer whose certificate that is; None: a stranger."""
    names = {value for kind, value in (certificate or {}).get("subjectAltName", ()) if kind == "DNS"}
    return next((name for name, peer in peers.items() if peer["fqdn"] in names), None)


def attend(accepted: socket.socket, peers: dict[str, Any], stores: dict[str, Store]) -> None:
    """Answer one caller until it goes."""
    try:
        accepted.settimeout(10)
        # Made for each: a new certificate of this machine serves at once.
        with tls(server=True).wrap_socket(accepted, server_side=True) as connection:
            name = caller(connection.getpeercert(), peers)
            if name is None:
                print("a stranger shows the certificate of a machine that has no copies here", file=sys.stderr)
                connection.shutdown(socket.SHUT_RDWR)
                return
            connection.settimeout(IDLE)
            with connection.makefile("rwb") as there:
                while heard := hear(there):
                    say(there, answer(stores[name], *heard))
                    del heard  # it may be large, and the next one may come in minutes
    except (OSError, ssl.SSLError) as error:
        print(f"a caller went: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
    finally:
        accepted.close()


def main() -> None:
    settings = json.loads(SETTINGS.read_text())
    bounds = Bounds(settings["most_mib"] * 2**20, settings["free_mib"] * 2**20)
    stores = {name: Store(STORE / name, bounds) for name in settings["peers"]}
    for store in stores.values():
        store.tidy()
    server = socket.create_server((settings["address"], settings["port"]), backlog=256)
    while True:
        accepted, _ = server.accept()
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=attend, args=(accepted, settings["peers"], stores), daemon=True).start()


if __name__ == "__main__":
    main()
