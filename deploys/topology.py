"""Sites, VLANs, devices and uplinks as a picture: `python -m deploys.topology [--out topology.svg] [--live]`."""

import argparse
import sys
from pathlib import Path

from inventory.model import Administration, InventoryError, load
from inventory.repository import shown
from inventory.secrets import SecretError
from roles.lan import targets
from roles.network.drawing import Live, drawing, summary
from roles.network.lldp import heard
from roles.network.run import devices
from roles.network.topology import differences
from roles.network.waves import order_of

OK, ERROR, DIFFERENT = 0, 1, 2


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="deploys.topology",
        description=__doc__,
        epilog=f"exit codes: {OK} drawn, {ERROR} a device could not say, {DIFFERENT} with --live: the devices differ",
    )
    parser.add_argument("--environment", default="lab", help="lab (the default) or production")
    parser.add_argument("--out", type=Path, default=Path("topology.svg"), help="the file (topology.svg)")
    parser.add_argument("--live", action="store_true", help="ask the switches for their neighbours (LLDP) and compare")
    arguments = parser.parse_args()
    try:
        administration = load(arguments.environment)
        live = _live(administration) if arguments.live else None
        partial = arguments.out.with_name(f"{arguments.out.name}.partial")
        partial.write_text(drawing(administration, live), encoding="utf-8")
        partial.replace(arguments.out)
    except (InventoryError, SecretError) as error:
        print(error, file=sys.stderr)
        return ERROR
    except OSError as error:
        print(f"{arguments.out}: {error.strerror}", file=sys.stderr)
        return ERROR
    print(arguments.out)
    for line in summary(administration, live):
        print(f"  {shown(line)}")
    if live is None or not (live.unseen or any(live.differences.values())):
        return OK
    return ERROR if live.unseen else DIFFERENT


def _live(administration: Administration) -> Live:
    found, unseen = heard(devices(administration, targets(administration)), order_of(administration))
    return Live({name: differences(site, found) for name, site in administration.sites.items()}, unseen)


if __name__ == "__main__":
    sys.exit(main())
