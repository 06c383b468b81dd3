"""A plan, done: stage by stage, wave by wave, each command held against the plan, and a stop where something breaks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from time import monotonic

from pyinfra.api.host import Host

from deploys.engine.events import Events
from deploys.engine.observed import HostError
from deploys.engine.plan import HostPlan
from deploys.engine.session import Session, StepFailedError
from deploys.engine.waves import waves
from roles.common.health import PATIENCE, Health, Sick, sign_of, trouble


@dataclass
class Run:
    """One deploy under way."""

    session: Session
    plans: dict[str, HostPlan]
    events: Events
    tasks: Callable[[str], frozenset[str]]  # the capabilities of a host
    health: Callable[[str], dict[str, Health]]  # what must live on a host, by the deploy that brings it
    canary: str | None
    notes: dict[str, str] = field(default_factory=dict)  # how a device ended, where it did not end well
    stopped: str = ""  # why what follows is not done
    _sick: dict[str, list[str]] = field(default_factory=dict)  # what did not live before the first change
    _deployed: set[str] = field(default_factory=set)

    def stage(self, deploys: tuple[str, ...]) -> None:
        """Do what is planned for one stage."""
        self._deployed.update(deploys)
        for wave in waves(self._concerned(deploys), self.tasks, self.canary):
            ready = [name for name in wave if self._may_begin(name)]
            changed_before = dict(self.events.changed)
            self.session.each(lambda host: self._walk(host, deploys), [self.plans[name].host for name in ready])
            self._check([name for name in ready if self.events.changed[name] > changed_before.get(name, 0)])

    def finish(self) -> dict[str, str]:
        """How each host ended that did not end well."""
        failed = {name: f"FAILED: {why}" for name, why in self.session.failures.items()}
        missed = {name: f"UNREACHABLE: {why}" for name, why in self.session.unreachable.items()}
        return {**missed, **failed, **self.notes}

    def _concerned(self, deploys: tuple[str, ...]) -> list[str]:
        """The hosts with something to do in a stage: planned, or to be seen once the stage is there."""
        return [
            name
            for name, plan in self.plans.items()
            if plan.opened_at is not None or any(each.changes and each.step.deploy in deploys for each in plan.steps)
        ]

    def _may_begin(self, name: str) -> bool:
        if name in self.session.failures:
            return False
        if self.canary in self.session.failures and not self.stopped:
            self.stopped = f"{self.canary}, the canary, failed"
        if self.stopped:
            self.notes[name] = f"NOT DONE: {self.stopped}"
            return False
        peers = [peer for peer in self.session.failures if peer in self.plans and self.tasks(peer) & self.tasks(name)]
        if peers:
            self.notes[name] = f"NOT DONE: {', '.join(peers)} does the same work and failed"
            return False
        return True

    def _walk(self, host: Host, deploys: tuple[str, ...]) -> None:
        name = str(host.name)
        plan, observed = self.plans[name], self.session.observed[name]
        if name not in self._sick:
            self._sick[name] = [sign_of(sick) for sick in self._ask(host, 0)]
        for number, each in enumerate(plan.steps):
            # Until something changes on the host, what the plan saw of it holds.
            if each.step.deploy not in deploys or not (each.changes or observed.changed):
                continue
            if observed.changed:
                observed.answers.expect(_next_questions(plan, number))
            observed.guard = plan.guard(number)
            if each.changes:
                self.events.begins(name, each.step.name)
            else:
                self.events.began.setdefault(name, monotonic())
            try:
                changed = self.session.run(each.step)
            except StepFailedError as error:
                self.events.fails(name, each.step.name, str(error))
                raise
            observed.guard = None
            if each.changes or changed:
                self.events.ends(name, each.step.name, changed)

    def _check(self, names: list[str]) -> None:
        """Whether all that lived before still lives, and all that was deployed; what does not stops the deploy."""

        def ask(host: Host) -> None:
            within = self.session.observed[str(host.name)].answered_within
            if bad := self._ask(host, min(PATIENCE, int(within / 2))):
                raise HostError(f"not well after its change: {', '.join(map(trouble, bad))}")

        asked = [name for name in names if name not in self.session.failures]
        self.session.each(ask, [self.plans[name].host for name in asked])
        if sick := [name for name in asked if name in self.session.failures]:
            self.stopped = f"{', '.join(sick)} is not well after its change"

    def _ask(self, host: Host, patience: int) -> list[str]:
        """What of a host does not live and should."""
        name = str(host.name)
        signs = {
            sign
            for deploy, health in self.health(name).items()
            for sign in health.signs()
            if deploy in self._deployed or sign not in self._sick.get(name, [])
        }
        if not signs:
            return []
        answers = self.session.observed[name].answers
        asked = dict(answers.asked)
        bad: list[str] = host.get_fact(Sick, signs=sorted(signs), patience=patience)
        answers.asked = asked  # a run that changes nothing asks after nobody's health
        return bad


def _next_questions(plan: HostPlan, number: int) -> Iterable[str]:
    """What the steps from here to the next change asked when they were planned."""
    for each in plan.steps[number:]:
        yield from each.questions
        if each.changes and each is not plan.steps[number]:
            return
