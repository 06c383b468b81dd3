"""The edge routers of the buildings: `python -m deploys.uplinks [--environment lab] [--plan] [--limit edge1]`."""

import sys

from deploys.record import who
from roles.network.run import main
from roles.uplinks import targets

if __name__ == "__main__":
    sys.exit(main(targets, "Configure the edge routers of the buildings from the inventory.", who()))
