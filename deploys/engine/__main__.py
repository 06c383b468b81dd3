"""`python -m deploys.engine plan|deploy|drift|catalogue [--deploy NAME] [--environment ENV] [--limit HOST,GROUP]`."""

import signal
import sys

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # until we listen, Ctrl-C ends us without a word
    from gevent import monkey

    monkey.patch_all()

import argparse
from errno import EPIPE
from pathlib import Path

import pyinfra

pyinfra.is_cli = True  # operations are ordered by their lines, as under the pyinfra command

from deploys.engine import flows, lean, log, screen
from deploys.engine.change import PlanError
from deploys.engine.interruption import InterruptedRunError, listen, listen_no_more
from deploys.engine.mistakes import SaidError, one_line
from deploys.engine.run import Request
from deploys.engine.session import LimitError
from inventory import secrets


def main(argv: list[str]) -> int:
    """Run one verb; returns the exit status."""
    arguments = _parser().parse_args(argv)
    lean.install()
    listen()
    output = screen.guard()
    try:
        status = _run(arguments)
        output.flush()
        if output.trouble and output.trouble.errno != EPIPE:
            raise SaidError(f"the output cannot be written: {output.trouble.strerror}")
    except InterruptedRunError as stop:
        print(f"\nstopped by {stop}: {stop.said}", file=sys.stderr)
        return stop.status
    except Exception as error:  # whatever it is: one line, and the traceback in the log
        log.complain(error)
        # What a plan differs in is a list, and reads as one.
        print(error if isinstance(error, PlanError) else one_line(error), file=sys.stderr)
        return flows.ERROR
    finally:
        listen_no_more()
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="deploys.engine", description=__doc__)
    parser.add_argument("verb", choices=["plan", "deploy", "drift", "catalogue"])
    parser.add_argument("--deploy", default="site", help="a file of deploys/ without .py, or site, or network")
    parser.add_argument("--environment", default="lab")
    parser.add_argument("--inventory", help="a pyinfra inventory (default: inventory/ENVIRONMENT.py)")
    parser.add_argument("--limit", help="hosts, groups or devices, separated by commas")
    parser.add_argument("--out", type=Path, help="plan, catalogue: write it to this file")
    parser.add_argument("--plan", type=Path, help="deploy: do exactly this plan")
    parser.add_argument("--yes", action="store_true", help="deploy: do not ask")
    parser.add_argument("--reason", default="", help="deploy: why it may remove more than one run usually may")
    parser.add_argument("--json", action="store_true", help="for machines: one line of JSON an event")
    parser.add_argument("--expect-no-changes", action="store_true", help="deploy: fail if anything had to be changed")
    parser.add_argument("--verbose", "-v", action="store_true")
    return parser


def _run(arguments: argparse.Namespace) -> int:
    limit = tuple(name.strip() for name in (arguments.limit or "").split(",") if name.strip())
    if arguments.limit and not limit:
        raise LimitError(f"LIMIT={arguments.limit}: names no host, group or device")
    if arguments.verb == "catalogue" and not arguments.out:
        raise SaidError("catalogue: say with --out where it is written")
    request = Request(
        environment=arguments.environment,
        deploy=arguments.deploy,
        inventory=arguments.inventory or f"inventory/{arguments.environment}.py",
        limit=limit,
        verbose=arguments.verbose,
        reason=arguments.reason,
        blank=arguments.verb == "catalogue",
    )
    if request.blank:
        secrets.withhold()
    request.check()
    path = log.start(request.administration.environment.state / "log", arguments.verb, arguments.verbose)
    status = _do(request, arguments)
    if status == flows.ERROR:
        print(f"the whole log: {path}", file=sys.stderr)
    return status


def _do(request: Request, arguments: argparse.Namespace) -> int:
    match arguments.verb:
        case "plan":
            return flows.plan(request, arguments.out, arguments.json)
        case "drift":
            return flows.drift(request, arguments.json)
        case "catalogue":
            return flows.catalogue(request, arguments.out)
        case _:
            options = flows.DeployOptions(arguments.plan, arguments.yes, arguments.json, arguments.expect_no_changes)
            return flows.deploy(request, options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
