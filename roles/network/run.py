"""All devices of a capability, one summary line for each, and an exit code that says how it went.

They are looked at side by side; what must change is then changed in waves (waves.py, runner.py).
"""

import argparse
import json
import logging
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

from nornir.core import Nornir
from nornir.core.inventory import Host, Hosts, Inventory
from nornir.core.plugins.runners import RunnerPlugin
from nornir.core.task import MultiResult, Result, Task

from inventory.hosts import console, formerly, write_ssh_config
from inventory.model import Administration, InventoryError, load
from inventory.secrets import SecretError, secrets_of
from roles.network.change import Outcome, Target
from roles.network.connection import Device
from roles.network.hands import Did, Hands
from roles.network.history import History, HistoryError, Why, folder_of
from roles.network.offline import from_history
from roles.network.runner import Changing, Looking, NotDone, not_done
from roles.network.targets import OnDemand
from roles.network.waves import Order, order_of
from roles.network.way import PATIENCE

WIDTH = 48  # of a line before its reason
OK, ERROR, CHANGES = 0, 1, 2

Targets = Callable[[Administration], OnDemand]


def main(targets: Targets, description: str, who: str) -> int:
    """The command line of deploys/lan.py and deploys/uplinks.py, for the person who runs it. Returns the exit code."""
    # A session that fails is one line of the report; paramiko's threads would print their traceback as well.
    logging.getLogger("paramiko").setLevel(logging.CRITICAL)
    parser = argparse.ArgumentParser(
        description=description,
        epilog=f"exit codes: {OK} done, {ERROR} a device failed, {CHANGES} with --plan: there are changes to make",
    )
    parser.add_argument("--environment", default="lab", help="lab (the default) or production")
    parser.add_argument("--plan", action="store_true", help="say what would be sent, send nothing")
    parser.add_argument(
        "--from",
        dest="source",
        choices=["devices", "history"],
        default="devices",
        help="plan from what devices run, or from what history kept of them: then no device is asked",
    )
    parser.add_argument("--expect-no-changes", action="store_true", help="fail if anything had to be sent or saved")
    parser.add_argument("--limit", metavar="DEVICE,…", type=lambda text: text.split(","), help="only these devices")
    parser.add_argument(
        "--limit-known", metavar="NAME,…", type=lambda text: text.split(","), help="those that are ours"
    )
    parser.add_argument("--planned", metavar="FILE", type=Path, help="send these lines (JSON, by device) and no others")
    parser.add_argument("--reason", default="", help="why, for the history of the configurations")
    parser.add_argument("--plan-hash", default="", help="of the plan that was agreed to, for the same")
    parser.add_argument("--json", action="store_true", help="say by device what was found or done, as JSON")
    parser.add_argument("--console", action="store_true", help="go past the network, by the consoles of the inventory")
    parser.add_argument("--verbose", action="store_true", help="also list what the inventory does not say")
    arguments = parser.parse_args()
    if arguments.source == "history" and not arguments.plan:
        parser.error("--from history is for --plan: what is sent depends on what a device runs now")
    try:
        administration = load(arguments.environment)
        wanted = targets(administration)
        unknown = set(arguments.limit or ()) - wanted.keys()
        if unknown:
            parser.error(f"no such device: {', '.join(sorted(unknown))} (there are: {', '.join(sorted(wanted))})")
        names = set(arguments.limit or wanted)
        if arguments.limit_known:
            names &= set(arguments.limit_known)
        planned = json.loads(arguments.planned.read_text()) if arguments.planned else None
        if planned is not None:
            names &= planned.keys()
        limited = wanted.only(names)
        history = History(
            folder_of(administration.environment),
            Why(who, arguments.reason, arguments.plan_hash),
            secrets_of(administration.environment).hide,
        )
        if arguments.source == "history":
            kept = from_history(limited, history)
            if arguments.json:
                return _printed_as_data(administration, kept)
            print(f"from history, of {history.when() or 'never'}: no device was asked")
            return _reported(limited, kept, only_plan=True, verbose=arguments.verbose)
        write_ssh_config(administration)
        reach, order = devices(administration, limited), order_of(administration)
        if arguments.console:
            reach = {name: replace(device, by_console=True) for name, device in reach.items()}
        if arguments.json:
            found = results(limited, reach, arguments.plan, planned, order, history)
            return _printed_as_data(administration, found)
        return run(limited, reach, arguments.plan, arguments.verbose, arguments.expect_no_changes, order, history)
    except (InventoryError, SecretError, HistoryError) as error:
        print(error, file=sys.stderr)
        return ERROR


def _printed_as_data(administration: Administration, found: Mapping[str, MultiResult]) -> int:
    print(json.dumps({name: _as_data(administration, name, result) for name, result in found.items()}))
    return ERROR if any(result.failed for result in found.values()) else OK


def devices(administration: Administration, targets: Mapping[str, Target]) -> dict[str, Device]:
    """How to reach each device."""
    environment = administration.environment
    secrets = secrets_of(environment)
    found = {
        name: Device(
            name=name,
            platform=target.platform,
            ssh_config=environment.ssh_config,
            known_hosts=environment.reach.known_hosts.expanduser(),
            identity=environment.reach.identity.expanduser(),
            password=secrets.get(f"device-{name}", "password"),
            patience=PATIENCE,
        )
        for name, target in targets.items()
    }
    for name, switch in administration.switches.items():
        if name in found:
            found[name] = replace(
                found[name],
                addresses=tuple(map(str, (switch.entry.address, *switch.entry.formerly))),
                formerly=formerly(switch),
                console=console(environment, name),
                enable=secrets.get(f"device-{name}", "enable"),
                sha1=switch.entry.ssh == "sha1",
            )
    for name in administration.routers.keys() - administration.machines.keys():
        if name in found:
            found[name] = replace(found[name], enable=secrets.get(f"device-{name}", "enable"))
    return found


def results(
    targets: Mapping[str, Target],
    reach: Mapping[str, Device],
    only_plan: bool,
    planned: Mapping[str, Sequence[str] | None] | None = None,
    order: Order | None = None,
    history: History | None = None,
) -> dict[str, MultiResult]:
    """Plan everywhere at once, or apply in waves up to the first device that fails; each that was not done is named.

    Where `planned` says what a device is to be sent, one that would be sent anything else is sent nothing.
    Otherwise all are looked at first: a device that cannot be, or that is not well, keeps only its stand-ins waiting.
    One that does not answer, where only a device that changes leads to it, is changed after all the others.
    """
    if history:
        history.know()  # so that each process does
    with Hands(targets, reach) as hands:
        return _results(targets, reach, only_plan, planned, order or Order(), history, hands)


def _results(
    targets: Mapping[str, Target],
    reach: Mapping[str, Device],
    only_plan: bool,
    planned: Mapping[str, Sequence[str] | None] | None,
    order: Order,
    history: History | None,
    hands: Hands,
) -> dict[str, MultiResult]:
    if planned is not None:
        return _known_first(targets, planned, order, history, hands)

    began = monotonic()

    def look(name: str) -> Did:
        return hands.look(name, only_plan, began + reach[name].patience)

    # They share the time that a network may take: many that are dead do not add up.
    found = _each(targets, Looking(order), look)
    if history:
        history.found(_configurations(found))
    changing = [name for name, result in found.items() if result.changed]
    for name, result in found.items():
        if getattr(result[0], "silent", False):
            vars(result[0]).update(after=[other for other in changing if name in order.leads_to(other)])
    if only_plan:
        return found
    failed = {name for name, result in found.items() if result.failed}
    # What is behind a device is not on our way to it.
    waiting = {
        name: sorted(others) for name in changing if (others := order.stand_ins(name) & failed - order.leads_to(name))
    }
    lines = {name: found[name][0].result.lines for name in changing if name not in waiting}
    later = {name: None for name, result in found.items() if _after(result) and not waiting.keys() & _after(result)}
    refused = {
        name: not_done(None, f"it stands in for {', '.join(others)}, which failed") for name, others in waiting.items()
    }
    return found | refused | _known_first(targets, lines | later, order, history, hands)


def _known_first(
    targets: Mapping[str, Target],
    planned: Mapping[str, Sequence[str] | None],
    order: Order,
    history: History | None,
    hands: Hands,
) -> dict[str, MultiResult]:
    """Change those whose lines are known, then those that answer only now: a dead one among these stops nobody."""
    known = {name: lines for name, lines in planned.items() if lines is not None}
    found = _change(targets, known, order, history, hands)
    later = {name: None for name in planned if name not in known and name in targets}
    if failed := [name for name, result in found.items() if result.failed]:
        return found | {name: not_done(None, f"{', '.join(failed)} failed") for name in later}
    return found | _change(targets, later, order, history, hands)


def _change(
    targets: Mapping[str, Target],
    planned: Mapping[str, Sequence[str] | None],
    order: Order,
    history: History | None,
    hands: Hands,
) -> dict[str, MultiResult]:
    def change(name: str) -> Did:
        return hands.change(name, planned[name])

    found = _each([name for name in targets if name in planned], Changing(order), change)
    if history:
        history.made(_configurations(found))
    return found


def _each(names: Iterable[str], runner: RunnerPlugin, do: Callable[[str], Did]) -> dict[str, MultiResult]:
    def task(task: Task) -> Result:
        did = do(task.host.name)
        more = {"configuration": did.configuration, "note": did.note, "silent": did.silent}
        if did.outcome is None:
            return Result(task.host, failed=True, result=did.said, **more)
        return Result(task.host, changed=did.outcome.changed, result=did.outcome, **more)

    hosts = Hosts({name: Host(name=name) for name in names})
    return dict(Nornir(inventory=Inventory(hosts), runner=runner).run(task=task)) if hosts else {}


def _after(result: MultiResult) -> Sequence[str]:
    """The devices that change, and only then lead to one that does not answer."""
    found: Sequence[str] = getattr(result[0], "after", ())
    return found


def _configurations(found: Mapping[str, MultiResult]) -> dict[str, str]:
    """What each device said that it runs; those that said nothing are left out."""
    said = {name: getattr(result[0], "configuration", None) for name, result in found.items()}
    return {name: text for name, text in said.items() if text}


def run(
    targets: Mapping[str, Target],
    reach: Mapping[str, Device],
    only_plan: bool = False,
    verbose: bool = False,
    expect_no_changes: bool = False,
    order: Order | None = None,
    history: History | None = None,
) -> int:
    """Plan or apply everywhere, and say how it went."""
    found = results(targets, reach, only_plan, order=order, history=history)
    return _reported(targets, found, only_plan, verbose, expect_no_changes)


def _reported(
    targets: Iterable[str],
    found: Mapping[str, MultiResult],
    only_plan: bool,
    verbose: bool,
    expect_no_changes: bool = False,
) -> int:
    """Say how it went; the exit code."""
    for name in targets:
        for line in _report(name, found[name], only_plan, verbose):
            print(line)
    changed = any(result.changed for result in found.values())
    if changed and expect_no_changes:
        print("nothing should have changed", file=sys.stderr)
    if any(result.failed for result in found.values()) or (changed and expect_no_changes):
        return ERROR
    return CHANGES if only_plan and changed else OK


def _as_data(administration: Administration, name: str, result: MultiResult) -> dict[str, Any]:
    outcome = result[0].result
    if isinstance(outcome, NotDone):
        return {"not_done": outcome.why}
    if not isinstance(outcome, Outcome):
        return {"error": str(outcome), "after": list(_after(result))}
    placed = (administration.switches | administration.routers)[name]
    return {
        "note": getattr(result[0], "note", ""),
        "institution": placed.site.owner,
        "lines": list(outcome.lines),
        "why": list(outcome.why),
        "management": outcome.management,
        "changed": outcome.changed,
        "unmanaged": list(outcome.unmanaged),
    }


def _report(name: str, result: MultiResult, only_plan: bool, verbose: bool) -> Iterator[str]:
    outcome = result[0].result
    if after := _after(result):
        yield f"{name}: known only after {', '.join(after)} ({outcome})"
        return
    if not isinstance(outcome, Outcome):
        yield f"{name}: {'NOT DONE' if isinstance(outcome, NotDone) else 'FAILED'}: {outcome}"
        return
    if note := getattr(result[0], "note", ""):
        yield f"{name}: {note}"
    yield f"{name}: {_summary(outcome, only_plan)}"
    if only_plan:
        yield from (f"  {line:<{WIDTH}}# {why}" if why else f"  {line}" for line, why in _explained(outcome))
    if outcome.unmanaged:
        listed = only_plan or verbose
        hint = "" if listed else " (--verbose lists them)"
        yield f"{name}: {_lines(outcome.unmanaged)} that the inventory does not say, left alone{hint}"
        yield from (f"  {line}" for line in outcome.unmanaged if listed)


def _explained(outcome: Outcome) -> Iterator[tuple[str, str]]:
    return zip(outcome.lines, outcome.why, strict=True)


def _summary(outcome: Outcome, only_plan: bool) -> str:
    if not outcome.changed:
        return "0 changed"
    if not outcome.lines:
        return "runs what is wanted, would save it" if only_plan else "ran what is wanted, saved it"
    return f"{_lines(outcome.lines)} " + ("to send, then save" if only_plan else "sent, verified, saved")


def _lines(lines: tuple[str, ...]) -> str:
    return f"{len(lines)} line{'' if len(lines) == 1 else 's'}"
