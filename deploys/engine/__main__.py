"""`python -m deploys.engine plan|deploy [DEPLOY] [--environment ENV] [--limit HOST,GROUP] [--verbose]`."""

from gevent import monkey

monkey.patch_all()

import argparse
import sys
from contextlib import nullcontext
from pathlib import Path

import pyinfra

pyinfra.is_cli = True  # operations are ordered by their lines, as under the pyinfra command

from deploys.engine import log
from deploys.engine.lock import LockedError, exclusive
from deploys.engine.plan import plan
from deploys.engine.report import Report
from deploys.engine.session import LimitError, Session, session
from deploys.stages import STAGES
from inventory.model import InventoryError, load
from inventory.secrets import SecretError

INTERRUPTED = 130  # what a shell says of a command that Ctrl-C ended
CHANGES = 2  # exit status of a plan that holds changes, as `terraform plan -detailed-exitcode`


def main() -> int:
    parser = argparse.ArgumentParser(prog="deploys.engine", description=__doc__)
    parser.add_argument("verb", choices=["plan", "deploy"])
    parser.add_argument("deploy", nargs="?", default="site", help="a file of deploys/ without .py, or site, or network")
    parser.add_argument("--environment", default="lab")
    parser.add_argument("--inventory", help="a pyinfra inventory (default: inventory/ENVIRONMENT.py)")
    parser.add_argument("--limit", default="", help="hosts or groups, separated by commas")
    parser.add_argument("--expect-no-changes", action="store_true", help="fail if anything had to be changed")
    parser.add_argument("--verbose", "-v", action="store_true")
    arguments = parser.parse_args()
    try:
        return run(arguments)
    except (InventoryError, SecretError, LimitError, LockedError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ninterrupted: what is listed above was done; the next run completes the rest", file=sys.stderr)
        return INTERRUPTED


def run(arguments: argparse.Namespace) -> int:
    environment = load(arguments.environment).environment
    identity = environment.reach.identity.expanduser()
    if arguments.inventory is None and not identity.exists():
        print(f"{identity}: no such ssh key (inventory/environments/{arguments.environment}.yaml)", file=sys.stderr)
        return 1
    stages = STAGES.get(arguments.deploy, ((arguments.deploy,),))
    if missing := [deploy for stage in stages for deploy in stage if not Path(_file(deploy)).exists()]:
        known = sorted({*STAGES, *(deploy for stage in STAGES["site"] for deploy in stage)})
        print(f"DEPLOY={missing[0]}: no such deploy; there are {', '.join(known)}", file=sys.stderr)
        return 1
    path = log.start(environment.state / "log", arguments.verb, arguments.verbose)
    limit = [name for name in arguments.limit.split(",") if name]
    with (
        exclusive(environment.state) if arguments.verb == "deploy" else nullcontext(),
        session(arguments.inventory or f"inventory/{arguments.environment}.py", limit) as found,
    ):
        if arguments.verb == "plan":
            status = _plan(found, stages)
        else:
            status = _deploy(found, stages, arguments.expect_no_changes)
    if status == 1:
        print(f"the whole log: {path}", file=sys.stderr)
    return status


def _plan(found: Session, stages: tuple[tuple[str, ...], ...]) -> int:
    changes = plan(found, [_file(deploy) for stage in stages for deploy in stage])
    for change in changes:
        print(f"{change.host}: {change.name}")
        for line in change.lines:
            print(f"    {line}")
    for host, why in sorted(found.failures.items()):
        print(f"{host}: cannot be planned: {why}", file=sys.stderr)
    for host, why in sorted(found.unreachable.items()):
        print(f"{host}: unreachable: {why}", file=sys.stderr)
    if found.failures or found.unreachable:
        print(f"the plan lacks {len(found.failures) + len(found.unreachable)} hosts", file=sys.stderr)
        return 1
    hosts = {change.host for change in changes}
    print(f"{len(changes)} changes on {len(hosts)} hosts" if changes else "nothing to change on the hosts")
    return CHANGES if changes else 0


def _deploy(found: Session, stages: tuple[tuple[str, ...], ...], expect_no_changes: bool) -> int:
    report = Report(sorted({str(host.name) for host in found.hosts} | found.unreachable.keys()))
    for stage in stages:
        for deploy in stage:
            found.load(_file(deploy))
        found.run(report.step)
    status = report.finish(found)
    if expect_no_changes and report.changed.total():
        print("nothing should have changed: an operation is not idempotent", file=sys.stderr)
        return 1
    return status


def _file(deploy: str) -> str:
    return str(Path("deploys") / f"{deploy}.py")


if __name__ == "__main__":
    sys.exit(main())
