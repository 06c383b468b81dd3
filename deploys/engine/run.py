"""One run of the engine: what was asked for, and what is at hand to do it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from deploys.engine import show
from deploys.engine.change import Plan
from deploys.engine.devices import Children
from deploys.engine.events import Events
from deploys.engine.institutions import institution_of
from deploys.engine.mistakes import SaidError
from deploys.engine.plan import HostPlan, plan_hosts
from deploys.engine.session import Limits, Session, session
from deploys.record import commit
from deploys.stages import DEVICES, STAGES, stages_of
from inventory.model import Administration, load
from inventory.secrets import digests_read


class RequestError(SaidError):
    """What was asked for cannot be done; the message says why."""


@dataclass(frozen=True)
class Request:
    """The command line, read."""

    environment: str
    deploy: str
    inventory: str
    limit: tuple[str, ...] = ()
    verbose: bool = False
    reason: str = ""
    blank: bool = False

    @cached_property
    def administration(self) -> Administration:
        return load(self.environment)

    @property
    def stages(self) -> tuple[tuple[str, ...], ...]:
        return stages_of(self.deploy)

    @property
    def files(self) -> list[str]:
        """The deploy files of hosts, in order."""
        return [f"deploys/{name}.py" for stage in self.stages for name in stage if name not in DEVICES]

    @property
    def of_devices(self) -> list[str]:
        """The capabilities whose devices are part of this run: they are not in an inventory of ours."""
        ours = self.inventory == f"inventory/{self.environment}.py"
        return [name for stage in self.stages for name in stage if name in DEVICES and ours]

    def check(self) -> None:
        """Raises RequestError where something that the run needs is not there."""
        if missing := [path for path in self.files if not Path(path).exists()]:
            known = sorted({*STAGES, *(deploy for stage in STAGES["site"] for deploy in stage)})
            raise RequestError(f"DEPLOY={Path(missing[0]).stem}: no such deploy; there are {', '.join(known)}")
        identity = self.administration.environment.reach.identity.expanduser()
        if self.inventory == f"inventory/{self.environment}.py" and not self.blank and not identity.exists():
            raise RequestError(f"{identity}: no such ssh key (inventory/environments/{self.environment}.yaml)")


@dataclass
class Begun:
    """Hosts that are connected, deploys that are loaded, and the plan of all of it."""

    request: Request
    session: Session
    children: Children
    events: Events
    hosts: dict[str, HostPlan] = field(default_factory=dict)

    def plan(self) -> Plan:
        """Look at everything, change nothing."""
        for file in self.request.files:
            self.session.load(file)
        institution = institution_of(self.request.administration)
        self.hosts = plan_hosts(self.session, institution)
        changes, failures, devices = self.children.planned(
            {name for name, plan in self.hosts.items() if plan.changes()}
        )
        on_devices = [(change.step.partition(":")[0], change) for change in changes]
        on_hosts = [change for plan in self.hosts.values() for change in plan.changes()]
        return Plan(
            environment=self.request.environment,
            commit=commit(),
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            deploys=(self.request.deploy,),
            limit=self.request.limit,
            hosts=tuple(sorted({*self.session.names, *devices})),
            changes=show.order([*on_hosts, *on_devices], self.request.stages),
            not_planned={**self.session.failures, **_unreachable(self.session), **failures},
            secrets=digests_read(),
        )


def _unreachable(found: Session) -> dict[str, str]:
    return {name: f"unreachable: {why}" for name, why in found.unreachable.items()}


@contextmanager
def begin(request: Request, events: Events) -> Iterator[Begun]:
    """Connect to what the request names."""
    environment = request.administration.environment
    administration = request.administration
    children = Children(request.environment, list(request.limit))
    devices = {*administration.switches, *administration.routers} if request.of_devices else set()
    if not request.blank and (not request.limit or devices.intersection(request.limit)):
        children.begin(request.of_devices)
    # A router that is a machine of ours is both: its host and its routing are limited together.
    only_devices = devices - administration.machines.keys()
    limited = [name for name in request.limit if name not in only_devices] if request.limit else None
    limits = Limits(environment.reach.answered_within, environment.reach.changed_within)
    memory = environment.state / "asked" / request.deploy
    try:
        with session(request.inventory, limited, limits, memory, blank=request.blank) as found:
            yield Begun(request, found, children, events)
    finally:
        children.end()
