"""The switches of the buildings: `python -m deploys.lan [--environment lab] [--plan] [--limit sw1]`."""

import sys

from deploys.record import who
from roles.lan import targets
from roles.network.run import main

if __name__ == "__main__":
    sys.exit(main(targets, "Configure the switches of the buildings from the inventory.", who()))
