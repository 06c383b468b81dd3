"""What each host would become: its steps walked without a change, and all that they would do noted."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from pyinfra.api import StringCommand
from pyinfra.api.command import FileUploadCommand, PyinfraCommand
from pyinfra.api.host import Host

from deploys.engine.change import Certainty, Change, Line
from deploys.engine.explain import Explanation, FileText, Institution, compared, explain, written
from deploys.engine.mistakes import one_line
from deploys.engine.observed import HostError, LostError, short
from deploys.engine.session import Session, Step
from inventory.secrets import SecretError, masked
from roles.common.commands import Risk
from roles.common.planned import forget, will_run, will_write
from roles.rendering import RenderError


@dataclass
class StepPlan:
    """One step: the commands that it would run (none: nothing to do), or why that cannot be told yet."""

    step: Step
    questions: list[str]
    commands: list[PyinfraCommand] = field(default_factory=list)
    unknown: str = ""
    conditional: bool = False
    explanations: list[Explanation] = field(default_factory=list)

    @property
    def changes(self) -> bool:
        return bool(self.commands or self.unknown)


@dataclass
class HostPlan:
    """The steps of one host in order, and from which on the plan is no promise (their number, or none)."""

    host: Host
    steps: list[StepPlan] = field(default_factory=list)
    opened_at: int | None = None

    def changes(self) -> list[tuple[str, Change]]:
        """Each with the deploy that it is of."""
        return [(plan.step.deploy, _change(str(self.host.name), plan)) for plan in self.steps if plan.changes]

    def guard(self, number: int) -> Callable[[StringCommand | str], None]:
        """What lets a step run the commands that were planned for it, and no others."""
        if self.opened_at is not None and number > self.opened_at:
            return lambda _command: None
        allowed = [identity(command) for command in self.steps[number].commands]

        def check(command: StringCommand | str) -> None:
            if identity(command) not in allowed:
                raise HostError(f"not in the plan, so not done: {short(str(command))}")

        return check


def plan_hosts(session: Session, institution: Institution) -> dict[str, HostPlan]:
    """The plan of each host that could be planned, by name. The others are in the session's failures."""
    plans: dict[str, HostPlan] = {}

    def one(host: Host) -> None:
        plan = HostPlan(host)
        _walk(session, plan)
        _explain(session, plan, institution)
        forget(host)
        plans[str(host.name)] = plan

    session.each(one)
    return plans


def _walk(session: Session, plan: HostPlan) -> None:
    observed = session.observed.get(str(plan.host.name))
    for number, step in enumerate(session.steps(plan.host)):
        questions: list[str] = []
        if observed:
            observed.questions = questions
        found = StepPlan(step, questions)
        try:
            for command in session.commands(step):
                found.commands.append(command)
                if path := written(command):
                    will_write(plan.host, path)
                if unit := getattr(command, "unit", None):
                    will_run(plan.host, *unit)
        except (LostError, RenderError, SecretError):
            raise  # no earlier change mends these
        except Exception as error:  # what it needs may come with an earlier change; without one, the host fails
            if not any(each.changes for each in plan.steps):
                raise
            found.unknown = one_line(error)
            plan.opened_at = number - 1 if plan.opened_at is None else plan.opened_at
        found.conditional = plan.opened_at is not None or bool(
            session.state.get_op_data_for_host(plan.host, step.op_hash).global_arguments.get("_if")
        )
        plan.steps.append(found)
        if plan.opened_at is None and any(getattr(command, "opens", False) for command in found.commands):
            plan.opened_at = number


def _explain(session: Session, plan: HostPlan, institution: Institution) -> None:
    """Put the changes of a host in words. The files that would change are read in one batch."""
    host = plan.host
    paths = {path for each in plan.steps for command in each.commands if (path := compared(command))}
    observed = session.observed.get(str(host.name))
    asked: dict[str, None] = {}
    if observed:
        observed.questions = []
        observed.answers.expect(observed.question(FileText().command(path)) for path in sorted(paths))
        asked = dict(observed.answers.asked)

    def old(path: str) -> list[str] | None:
        found: list[str] | None = host.get_fact(FileText, path=path)
        return found

    for each in plan.steps:
        each.explanations = [explain(command, old, institution) for command in each.commands]
    if observed:
        observed.answers.asked = asked  # the next run has other files to compare


def _change(host: str, plan: StepPlan) -> Change:
    lines = tuple(replace(line, text=masked(line.text)) for each in plan.explanations for line in each.lines)
    risks = {each.risk for each in plan.explanations}
    certainty: Certainty = "conditional" if plan.conditional else "certain"
    if plan.unknown or any(each.certainty == "unknown" for each in plan.explanations):
        certainty = "unknown"
    if plan.unknown:
        lines = (*lines, Line(f"known only after the steps above ({masked(plan.unknown)})"))
    risks_in_order: tuple[Risk, ...] = ("lockout", "removal", "interruption", "")
    risk = next(each for each in risks_in_order if each in (*risks, ""))
    return Change(host, plan.step.name, lines, certainty, risk)


def identity(command: PyinfraCommand | str) -> str:
    """What makes a command the one that was planned. A file's new content belongs to it; made-up salts do not."""
    match command:
        case str():
            return command
        case StringCommand():
            content = getattr(command, "content", None)
            return f"{command.get_raw_value()}\n{content if content is not None else ''}"
        case FileUploadCommand():
            return str(command.dest)
        case _:
            return repr(command)
