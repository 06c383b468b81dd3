"""mail-shadow: the copies of the other server's messages that are here.

mail-shadow list               how many, and whose
mail-shadow replay [SERVER]    send what a server that is gone accepted and may not have delivered (can be run again)
mail-shadow withdraw           this server is back: take out of its queue what the other one sent meanwhile
"""

import argparse
import subprocess
import sys

from .peer import AloneError
from .replay import listed, replay
from .withdraw import withdraw


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="mail-shadow", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    todo = parser.add_subparsers(dest="todo", required=True)
    todo.add_parser("list")
    todo.add_parser("replay").add_argument("server", nargs="?", default="")
    todo.add_parser("withdraw")
    arguments = parser.parse_args()
    try:
        match arguments.todo:
            case "list":
                listed(print)
            case "replay":
                return 0 if replay(arguments.server, print) else 1
            case "withdraw":
                withdraw(print)
    except (OSError, AloneError, subprocess.SubprocessError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
