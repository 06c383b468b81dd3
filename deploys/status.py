"""Machines, what they run, whether it works and what was deployed last, and the addresses people use: `make status`."""

import argparse
import json
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from deploys.record import Record, behind, path_of
from inventory.model import Administration, InventoryError, load
from inventory.model.administration import MESSAGERIE, WEBMAIL

# systemd's word on the whole machine, each unit that failed, and what was deployed last
QUESTION = (
    "systemctl is-system-running; systemctl list-units --failed --plain --no-legend | cut -d' ' -f1;"
    f" echo --; ! test -f {path_of('site')} || cat {path_of('site')}"
)


@dataclass(frozen=True)
class State:
    """`running` or what is wrong with a machine, and its last deploy."""

    said: str
    record: Record | None


def main() -> int:
    parser = argparse.ArgumentParser(prog="deploys.status", description=__doc__)
    parser.add_argument("--environment", default="lab")
    arguments = parser.parse_args()
    try:
        administration = load(arguments.environment)
    except InventoryError as error:
        print(error, file=sys.stderr)
        return 1
    with ThreadPoolExecutor(max_workers=10) as pool:
        states = list(pool.map(lambda name: state(administration, name), administration.machines))
    print(f"{'machine':<10}{'address':<16}{'site':<16}{'runs':<14}{'state':<12}deployed")
    for machine, found in zip(administration.machines.values(), states, strict=True):
        runs = ", ".join(machine.runs) or "-"
        where = f"{machine.name:<10}{machine.address!s:<16}{machine.site.site:<16}"
        print(f"{where}{runs:<14}{found.said:<12}{deployed(found.record)}")
    for name, switch in administration.switches.items():
        print(f"{name:<10}{switch.entry.address!s:<16}{switch.site.site:<16}{'switch':<14}{switch.entry.platform}")
    print()
    if lag := lagging(states):
        print(f"{lag}\n")
    for line in addresses(administration):
        print(line)
    return 0 if all(found.said == "running" for found in states) else 1


def state(administration: Administration, name: str) -> State:
    """Ask one machine."""
    config = str(administration.environment.ssh_config)
    asked = subprocess.run(["ssh", "-F", config, name, QUESTION], capture_output=True, text=True, check=False)
    units, _, recorded = asked.stdout.partition("--\n")
    if not units.strip():
        said = asked.stderr.strip().splitlines()[-1] if asked.stderr.strip() else "no answer"
        return State(f"unreachable: {said}", None)
    return State(" ".join(units.split()), Record(**json.loads(recorded)) if recorded.strip() else None)


def deployed(record: Record | None) -> str:
    """Which commit, how far behind ours, who, when."""
    if record is None:
        return "never"
    return (
        f"{record.commit[:9]}{'+' if record.commit.endswith('+') else ''}{behind(record)}, {record.who}, {record.when}"
    )


def lagging(states: list[State]) -> str:
    """One line where machines do not all run the commit that is at hand."""
    counts = Counter(behind(found.record) if found.record else " (never deployed)" for found in states)
    late = sum(number for words, number in counts.items() if words)
    return f"{late} of {len(states)} machines lag behind this commit: make plan shows what they lack" if late else ""


def addresses(administration: Administration) -> list[str]:
    """What people type to use the services."""
    domain = administration.platform.domain
    lines = [f"{a.name}: https://{administration.application_name(a)}/" for a in administration.applications.values()]
    for _ in administration.running("mail"):
        name = administration.fqdn(MESSAGERIE)
        lines.append(f"Messagerie : {name}, SMTP 465 (TLS), IMAP 993 (TLS), identifiant = adresse de courriel")
    for _ in administration.running("webmail"):
        lines.append(f"Webmail : https://{administration.fqdn(WEBMAIL)}/, identifiant = adresse de courriel")
    for _ in administration.running("dav"):
        lines.append(
            f"Agendas et contacts : https://{administration.fqdn(WEBMAIL)}/dav/, identifiant = adresse de courriel"
        )
    for machine in administration.running("files"):
        lines.append(f"Fichiers : \\\\{machine.fqdn}\\<partage>, identifiant = login@{domain.upper()}")
    return lines


if __name__ == "__main__":
    sys.exit(main())
