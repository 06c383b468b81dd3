"""Machines, what they run and whether it works, and the addresses people use: `make status`."""

import argparse
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from inventory.model import Administration, InventoryError, load

# systemd's word on the whole machine, then each unit that failed
QUESTION = "systemctl is-system-running; systemctl list-units --failed --plain --no-legend | cut -d' ' -f1"


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
    print(f"{'machine':<10}{'address':<16}{'site':<16}{'runs':<14}state")
    for machine, said in zip(administration.machines.values(), states, strict=True):
        runs = ", ".join(machine.runs) or "-"
        print(f"{machine.name:<10}{machine.address!s:<16}{machine.site.site:<16}{runs:<14}{said}")
    for name, switch in administration.switches.items():
        print(f"{name:<10}{switch.entry.address!s:<16}{switch.site.site:<16}{'switch':<14}{switch.entry.platform}")
    print()
    for line in addresses(administration):
        print(line)
    return 0 if all(said == "running" for said in states) else 1


def state(administration: Administration, name: str) -> str:
    """`running`, or what is wrong with a machine."""
    config = str(administration.environment.ssh_config)
    asked = subprocess.run(["ssh", "-F", config, name, QUESTION], capture_output=True, text=True, check=False)
    said = asked.stdout.split()
    if not said:
        return f"unreachable: {asked.stderr.strip().splitlines()[-1] if asked.stderr.strip() else 'no answer'}"
    return " ".join(said)


def addresses(administration: Administration) -> list[str]:
    """What people type to use the services."""
    domain = administration.platform.domain
    lines = [f"{a.name}: https://{administration.application_name(a)}/" for a in administration.applications.values()]
    for machine in administration.running("mail"):
        lines.append(f"Messagerie : {machine.fqdn}, SMTP 465 (TLS), IMAP 993 (TLS), identifiant = adresse de courriel")
    for machine in administration.running("files"):
        lines.append(f"Fichiers : \\\\{machine.fqdn}\\<partage>, identifiant = login@{domain.upper()}")
    return lines


if __name__ == "__main__":
    sys.exit(main())
