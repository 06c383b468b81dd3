"""How a subject of the bench is run by itself: `--rounds`, an end that cleans up, one line for what is in the way."""

import argparse
import signal
import sys
from collections.abc import Callable

from tests.bench.machines import MachineError


def command(module: str, text: str | None, measure: Callable[[int], bool]) -> int:
    """Measure so many rounds; 0 where each figure is reached."""
    options = argparse.ArgumentParser(prog=module, description=text)
    options.add_argument("--rounds", type=int, default=3)
    signal.signal(signal.SIGTERM, _terminated)
    try:
        return 0 if measure(options.parse_args().rounds) else 1
    except MachineError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1


def _terminated(*_: object) -> None:
    raise KeyboardInterrupt
