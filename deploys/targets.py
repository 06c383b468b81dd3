"""What a Prometheus is to watch, from the inventory: `python -m deploys.targets [--out FOLDER]`."""

import argparse
import json
import sys
from pathlib import Path

from inventory.model import InventoryError, load
from inventory.targets import targets


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="deploys.targets", description=__doc__, epilog="exit codes: 0 written, 1 an error"
    )
    parser.add_argument("--environment", default="lab", help="lab (the default) or production")
    parser.add_argument("--out", type=Path, help="a folder: one file a job, for file_sd; without it, all on stdout")
    arguments = parser.parse_args()
    try:
        jobs = targets(load(arguments.environment))
        if arguments.out is None:
            print(json.dumps(jobs, indent=2))
            return 0
        arguments.out.mkdir(parents=True, exist_ok=True)
        for job, groups in jobs.items():
            path = arguments.out / f"{job}.json"
            partial = path.with_suffix(".partial")  # Prometheus reads a file as soon as it changes
            partial.write_text(json.dumps(groups, indent=2) + "\n", encoding="utf-8")
            partial.replace(path)
            print(f"{path}: {len(groups)}")
    except InventoryError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{arguments.out}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
