"""`python -m deploys.engine plan|deploy|drift|catalogue [--deploy NAME] [--environment ENV] [--limit HOST,GROUP]`."""

import sys

if __name__ == "__main__":
    from gevent import monkey

    monkey.patch_all()

import argparse
from pathlib import Path

import pyinfra

pyinfra.is_cli = True  # operations are ordered by their lines, as under the pyinfra command

from deploys.engine import flows, lean, log
from deploys.engine.change import PlanError
from deploys.engine.interruption import InterruptedRunError, listen, listen_no_more
from deploys.engine.limits import TooManyRemovalsError
from deploys.engine.lock import LockedError
from deploys.engine.run import Request, RequestError
from deploys.engine.session import LimitError
from inventory import secrets
from inventory.model import InventoryError
from inventory.secrets import SecretError

EXPECTED = (
    InventoryError,
    SecretError,
    LimitError,
    LockedError,
    PlanError,
    RequestError,
    TooManyRemovalsError,
)


def main(argv: list[str]) -> int:
    """Run one verb; returns the exit status."""
    arguments = _parser().parse_args(argv)
    lean.install()
    listen()
    try:
        return _run(arguments)
    except EXPECTED as error:
        print(secrets.masked(str(error)), file=sys.stderr)
        return flows.ERROR
    except InterruptedRunError as stop:
        print(f"stopped by {stop}", file=sys.stderr)
        return stop.status
    finally:
        listen_no_more()


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
