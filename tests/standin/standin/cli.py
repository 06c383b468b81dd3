"""`standin migrate`: what a release needs before it is served."""

import argparse
import os

from standin import settings, visits


def main() -> None:
    parser = argparse.ArgumentParser(prog="standin", description=__doc__)
    parser.add_argument("command", choices=["migrate"])
    parser.parse_args()
    visits.migrate(settings.load(os.environ))
