"""Takes out of this server's queue what the other one sent in its place while it was gone."""

import json
import subprocess
from collections.abc import Callable

from .peer import Peer
from .wire import SETTINGS


def withdraw(tell: Callable[[str], None]) -> None:
    """Ask each other server, and remove. Raises AloneError where it does not answer: what it sent goes out twice."""
    settings = json.loads(SETTINGS.read_text())
    for name, each in settings["peers"].items():
        peer = Peer(name, each["fqdn"], each["address"], settings["port"])
        if sent := peer.ask(do="list")["replayed"]:
            numbers = "\n".join(sent) + "\n"
            command = ["/usr/sbin/postsuper", "-d", "-"]
            done = subprocess.run(command, input=numbers, text=True, capture_output=True, check=True)
            tell(f"{name} sent {len(sent)} messages of this server's: {done.stderr.strip() or 'none was in its queue'}")
            peer.ask(do="forget", queues=sent)
