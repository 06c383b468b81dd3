"""Hundreds of access switches in one process: `python -m tests.bench.campus FOLDER`, in a network namespace of its own.

FOLDER/campus.json has, by its name, the address of each switch and what it runs when it starts. FOLDER also gets the
keys and known_hosts. It says "ready" once all answer; then each line on stdin is a question, and gets one line of JSON:
`reset` (every switch starts anew), `state` (what each runs and what it saved), `cpu` (seconds of the processor that
this process has had).
"""

import json
import resource
import subprocess
import sys
from pathlib import Path

import asyncssh

from roles.played.switch.files.switch.ios.personality import IOS
from roles.played.switch.files.switch.machine import Switch
from roles.played.switch.files.switch.server import serve
from roles.played.switch.files.switch.unplugged import Unplugged
from tests.played import Loop, credentials, served

PORT = 22


class Campus(Loop):
    """Each switch at its own address, all with one host key."""

    def __init__(self, folder: Path, before: dict[str, tuple[str, str]]) -> None:
        super().__init__()
        self.before = {name: text for name, (_, text) in before.items()}
        self.switches = {name: Switch(Unplugged(), folder / f"{name}.startup", IOS) for name in before}
        key = credentials(folder).export_public_key().decode()
        addresses = {name: address for name, (address, _) in before.items()}
        commands = "".join(f"address add {address}/32 dev lo\n" for address in addresses.values())
        subprocess.run(["ip", "-batch", "-"], input=f"link set lo up\n{commands}", text=True, check=True)
        (folder / "known_hosts").write_text("".join(f"{address} {key}" for address in addresses.values()))
        self.reset()
        # They are held: an acceptor that nobody holds takes no more sessions.
        self._acceptors = [
            self._loop.run_until_complete(self._serve(switch, addresses[name], folder))
            for name, switch in self.switches.items()
        ]
        self._thread.daemon = True  # it ends with its stdin
        self._thread.start()

    async def _serve(self, switch: Switch, address: str, folder: Path) -> asyncssh.SSHAcceptor:
        return await serve(switch, address, PORT, *served(folder))

    def reset(self) -> None:
        """Power off and on, with the first configuration."""
        for name, switch in self.switches.items():
            switch.startup.write_text(self.before[name])
            switch.restart()

    def state(self) -> dict[str, list[str]]:
        """What each runs, and what it would start with."""
        return {name: [IOS.dump(switch.config), switch.saved or ""] for name, switch in self.switches.items()}


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    folder = Path(sys.argv[1])
    campus = Campus(folder, json.loads((folder / "campus.json").read_text()))
    print("ready", flush=True)
    for line in sys.stdin:
        answer = {"reset": campus.reset, "state": campus.state, "cpu": cpu}[line.strip()]()
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
