"""The DNS records of each mail domain, and what the zones above say of ours: `make zones [OUT=folder]`."""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from deploys.capabilities import mail_ports
from inventory import dnssec
from inventory.model import InventoryError, load
from inventory.secrets import SecretError, secrets_of
from roles.nameserver.config import keys_of
from roles.nameserver.zones import TTL, Zone, zones_of
from roles.rendering import render

ABOVE = "delegations.txt"


def text_of(zone: Zone) -> str:
    """The records of a zone, to be included in the one that serves them (its SOA and NS are its own)."""
    return render("nameserver/export.j2", zone=zone, ttl=zone.ttl)


def above(zones: Iterable[Zone]) -> str:
    """For who holds the zones above: who serves ours (NS), and the key that signs it (DS)."""
    return render(
        "nameserver/above.j2", zones=[(zone, dnssec.ds(zone.name, zone.key)) for zone in zones if zone.key], ttl=TTL
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="deploys.zones", description=__doc__, epilog="exit codes: 0 written, 1 an error"
    )
    parser.add_argument("--environment", default="lab", help="lab (the default) or production")
    parser.add_argument("--out", type=Path, help="a folder: one file a domain; without it, all on stdout")
    arguments = parser.parse_args()
    try:
        administration = load(arguments.environment)
        keys = keys_of(administration, secrets_of(administration.environment))
        zones = zones_of(administration, keys, mail_ports())
        if arguments.out is None:
            print("\n".join([*map(text_of, zones), above(zones)]), end="")
            return 0
        arguments.out.mkdir(parents=True, exist_ok=True)
        for zone in zones:
            path = arguments.out / f"{zone.name}.zone"
            path.write_text(text_of(zone), encoding="utf-8")
            print(f"{path}: {len(zone.records)}")
        path = arguments.out / ABOVE
        path.write_text(above(zones), encoding="utf-8")
        print(f"{path}: {sum(bool(zone.key) for zone in zones)}")
    except (InventoryError, SecretError) as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename or arguments.out}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
