"""Hundreds of access switches in one process, over SSH on loopback: `python -m tests.bench.campus FOLDER`.

Each file FOLDER/before/<switch>.cfg is what a switch runs when it starts. FOLDER also gets the keys, ssh_config and
known_hosts. It says "ready" once all answer; then each line on stdin is a question, and gets one line of JSON:
`reset` (every switch starts anew with its file), `state` (what each runs and what it saved), `cpu` (seconds
of the processor that this process has had).
"""

import json
import resource
import sys
from pathlib import Path

from roles.played.switch.files.switch.ios.personality import IOS
from roles.played.switch.files.switch.machine import Switch
from tests.played import Fleet

MINUTE = 60.0  # the switches' own: no timer runs out during a bench


def main() -> None:
    folder = Path(sys.argv[1])
    before = {path.stem: path.read_text() for path in sorted((folder / "before").glob("*.cfg"))}
    with Fleet(folder, dict.fromkeys(before, IOS), MINUTE) as fleet:
        answers = {
            "reset": lambda: reset(fleet.switches, before),
            "state": lambda: {name: state(switch) for name, switch in fleet.switches.items()},
            "cpu": cpu,
        }
        reset(fleet.switches, before)
        print("ready", flush=True)
        for line in sys.stdin:
            print(json.dumps(answers[line.strip()]()), flush=True)


def reset(switches: dict[str, Switch], before: dict[str, str]) -> None:
    """Power off and on, with the first configuration."""
    for name, switch in switches.items():
        switch.startup.write_text(before[name])
        switch.restart()


def state(switch: Switch) -> list[str]:
    """What it runs, and what it would start with."""
    return [switch.personality.dump(switch.config), switch.saved or ""]


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
