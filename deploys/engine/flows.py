"""What a person asks for: plan, drift, deploy, catalogue. Each returns its exit status."""

import json
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from select import select
from time import monotonic

from pyinfra.api.host import Host

from deploys.engine import change, show
from deploys.engine.apply import Run
from deploys.engine.change import Plan, PlanError
from deploys.engine.events import Events
from deploys.engine.interruption import InterruptedRunError
from deploys.engine.limits import check_removals
from deploys.engine.lock import exclusive
from deploys.engine.record import Recorded, write
from deploys.engine.report import table
from deploys.engine.run import Begun, Request, begin
from deploys.engine.whole import write_whole
from deploys.record import record
from deploys.stages import DEVICES
from roles.common.health import Health

OK, ERROR, CHANGES = 0, 1, 2


@dataclass(frozen=True)
class DeployOptions:
    """How a deploy is agreed to, and told."""

    plan: Path | None = None
    yes: bool = False
    as_json: bool = False
    expect_no_changes: bool = False


def plan(request: Request, out: Path | None, as_json: bool) -> int:
    """Show what a deploy would do. 0: nothing, 2: something, 1: not everything could be looked at."""
    with begin(request, Events(as_json=as_json, screen=sys.stdout)) as begun:
        found = begun.plan()
    if as_json:
        print(json.dumps({**found.as_data(), "checksum": found.checksum}, ensure_ascii=False))
    else:
        _show(found, request.verbose, "")
    if out:
        found.write(out)
    return ERROR if found.not_planned else CHANGES if found.changes else OK


def drift(request: Request, as_json: bool) -> int:
    """Show where machines and devices are not what the inventory says. 0: nowhere."""
    with begin(request, Events(as_json=as_json)) as begun:
        found = begun.plan()
    if as_json:
        print(json.dumps({**found.as_data(), "checksum": found.checksum}, ensure_ascii=False))
    elif not found.changes and not found.not_planned:
        print(f"in sync ({show.count(len(found.hosts), 'machine or device', 'machines and devices')})")
    else:
        _show(found, request.verbose, "drift: ")
    return ERROR if found.not_planned else CHANGES if found.changes else OK


def catalogue(request: Request, out: Path) -> int:
    """Write what each host would be told, if it had nothing yet: no host is contacted, no secret is opened."""
    with begin(request, Events()) as begun:
        found = begun.plan()
    hosts: dict[str, list[dict[str, object]]] = {name: [] for name in found.hosts}
    for each in found.changes:
        lines = [{"text": line.text, "institution": line.institution} for line in each.lines]
        hosts[each.host].append({"step": each.step, "lines": lines})
    write_whole(out, json.dumps({"hosts": hosts}, ensure_ascii=False, indent=1))
    for line in show.failures(found):
        print(line, file=sys.stderr)
    return ERROR if found.not_planned else OK


def deploy(request: Request, options: DeployOptions) -> int:
    """Plan, show, ask, do."""
    started = monotonic()
    events = Events(as_json=options.as_json)
    agreed = change.read(options.plan) if options.plan else None
    with exclusive(request.administration.environment.state), begin(request, events) as begun:
        found = begun.plan()
        if agreed:
            _refuse_another(agreed, found, options.plan)
        events.tell("planned", changes=len(found.changes), checksum=found.checksum)
        check_removals(found, request.administration, request.reason)
        if found.changes and (options.yes or agreed):
            events.say(show.summary(found))
        elif found.changes:
            _show(found, request.verbose, "")
        if found.changes and not (options.yes or agreed or _agreed()):
            print("nothing was done", file=sys.stderr)
            return ERROR
        try:
            notes, bad = _apply(begun, found)
            _record(begun, bad, notes)
        except InterruptedRunError as stop:
            stop.said = _where_it_stopped(events, found)
            raise
        seconds = monotonic() - started
        if not found.changes and not notes:
            events.say(f"{show.summary(found)}, {seconds:.1f} s")
            events.tell("end", changed=0, failed=[], seconds=round(seconds, 1), commands=_commands(begun))
            return OK
        events.tell("commands", commands=_commands(begun))
        well = table(events, found.hosts, notes, seconds)
    if options.expect_no_changes and events.changed.total():
        print("nothing should have changed: an operation is not idempotent", file=sys.stderr)
        return ERROR
    return OK if well else ERROR


def _commands(begun: Begun) -> dict[str, int]:
    """How many commands ran on each host, questions and changes together."""
    return {name: observed.answers.commands for name, observed in begun.session.observed.items()}


def _refuse_another(agreed: Plan, found: Plan, path: Path | None) -> None:
    if lines := change.differences(agreed, found):
        shown = "\n".join(f"  {line}" for line in lines)
        raise PlanError(
            f"{path}: what would be done has changed since the plan was made, so nothing was done:\n{shown}"
        )


def _apply(begun: Begun, found: Plan) -> tuple[dict[str, str], set[str]]:
    """Do the plan; returns how each host or device ended that did not end well, and the hosts among them."""
    request, events = begun.request, begun.events
    administration = request.administration
    for each in found.changes:
        events.planned[each.host] += 1
    run = Run(
        session=begun.session,
        plans=begun.hosts,
        events=events,
        tasks=lambda name: frozenset(administration.machines[name].runs) if name in administration.machines else NONE,
        health=_health(request),
        canary=administration.environment.canary,
    )
    ours = {*run.session.failures, *run.session.unreachable}
    run.notes.update({name: f"NOT PLANNED: {why}" for name, why in found.not_planned.items() if name not in ours})
    for stage in request.stages:
        if stage[0] in DEVICES:
            _devices(begun, stage[0], found, run)
        else:
            run.stage(stage)
    return run.finish(), {*run.session.failures, *run.session.unreachable, *run.notes}


NONE: frozenset[str] = frozenset()


def _devices(begun: Begun, capability: str, found: Plan, run: Run) -> None:
    """Change the devices of a capability; one that is not well after its change stops the deploy."""
    events = begun.events
    planned = [each for each in found.changes if each.kind == "device" and each.step.startswith(f"{capability}: ")]
    if run.stopped:
        run.notes.update({each.host: f"NOT DONE: {run.stopped}" for each in planned if each.host not in run.notes})
        return
    for each in planned:
        events.begins(each.host, each.step)
    for name, result in begun.children.apply(capability, planned, begun.request.reason, found.checksum).items():
        step = f"{capability}: configuration"
        if "not_done" in result:
            run.notes[name] = f"NOT DONE: {result['not_done']}"
        elif "error" in result:
            run.notes[name] = f"FAILED: {result['error']}"
            run.stopped = f"{name} failed"
        else:
            events.ends(name, step, bool(result["changed"]))


def _health(request: Request) -> Callable[[str], dict[str, Health]]:
    def of(name: str) -> dict[str, Health]:
        from deploys.capabilities import health_of  # every role: only a run that changes something pays for them

        machine = request.administration.machines.get(name)
        return health_of(machine) if machine else {}

    return of


def _record(begun: Begun, bad: set[str], notes: dict[str, str]) -> None:
    """Note on each host that ended well what it now is."""
    request = begun.request
    new = record(request.deploy, request.reason)

    def one(host: Host) -> None:
        old = host.get_fact(Recorded, deploys=request.deploy)
        if old is None or old.commit != new.commit or (begun.events.changed[str(host.name)] and request.reason):
            write(host, new)

    begun.session.each(one, [plan.host for name, plan in begun.hosts.items() if name not in bad])
    notes.update({name: f"FAILED: {why}" for name, why in begun.session.failures.items() if name not in bad})


def _show(found: Plan, verbose: bool, prefix: str) -> None:
    for line in show.shown(found, verbose):
        print(line)
    for line in show.failures(found):
        print(line, file=sys.stderr)
    print(f"{prefix}{show.summary(found)}")


def _agreed() -> bool:
    """Whether the person says yes. Nobody at a terminal is a no."""
    if not sys.stdin.isatty():
        print(
            "nobody is here to say yes: give --yes (make deploy YES=1), or a plan (make deploy PLAN=…)", file=sys.stderr
        )
        return False
    with suppress(EOFError):
        print("Do it? [y/N] ", end="", flush=True)
        select([sys.stdin], [], [])  # gevent's own: a blocking read would keep Ctrl-C waiting
        return input().strip().lower() in ("y", "yes", "o", "oui")
    return False


def _where_it_stopped(events: Events, found: Plan) -> str:
    done = set(events.done)
    waiting = [(each.host, each.step) for each in found.changes if (each.host, each.step) not in done]
    return "\n".join(
        [
            f"{len(done)} of {len(found.changes)} changes were done",
            *(f"  {host}: in the middle of: {step}" for host, step in events.running.items()),
            *(f"  {host}: not done: {step}" for host, step in waiting if events.running.get(host) != step),
            "the next run completes what is left",
        ]
    )
