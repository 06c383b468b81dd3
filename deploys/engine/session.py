"""One connection to every host, and the deploys that are loaded on it.

This relies on pyinfra 3.10's objects (State, Inventory, operations as generators): see tests/unit/engine.
"""

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import gevent
from pyinfra.api import Config, State
from pyinfra.api.command import PyinfraCommand
from pyinfra.api.connect import disconnect_all
from pyinfra.api.host import Host
from pyinfra.api.inventory import Inventory
from pyinfra.api.operations import run_host_op
from pyinfra.api.state import StateStage
from pyinfra.context import ctx_config, ctx_host, ctx_inventory, ctx_state
from pyinfra_cli.inventory import make_inventory
from pyinfra_cli.util import PYTHON_CODES, exec_file

from deploys.engine.answers import Answers
from deploys.engine.mistakes import LINES_PER_FILE, MistakeError, SaidError, one_line
from deploys.engine.observed import Blank, HostError, Observed
from deploys.engine.unreachable import why_not


@dataclass(frozen=True)
class Step:
    """One operation on one host, and the deploy that declared it."""

    host: Host
    op_hash: str
    name: str
    deploy: str


class StepFailedError(SaidError):
    """A step did not succeed; the message is its name and the last that the host said."""


class LimitError(SaidError):
    """A limit that names nothing."""


@dataclass(frozen=True)
class Limits:
    """How long a host may take to answer a question, and to make one change, in seconds."""

    answered_within: float
    changed_within: float


@dataclass
class Session:
    """The hosts that were reached, and why the others were not: one line for each, by name."""

    state: State
    failures: dict[str, str] = field(default_factory=dict)
    unreachable: dict[str, str] = field(default_factory=dict)
    observed: dict[str, Observed] = field(default_factory=dict)
    _steps: dict[str, list[Step]] = field(default_factory=dict)
    _loaded: int = 0

    @property
    def hosts(self) -> list[Host]:
        return sorted(self.state.active_hosts, key=lambda host: str(host.name))

    @cached_property
    def names(self) -> list[str]:
        """Every host that this run is about, reached or not."""
        return sorted(str(host.name) for host in self.state.inventory if self.state.is_host_in_limit(host))

    def load(self, deploy: str) -> None:
        """Run a deploy file for every host: it declares operations, nothing is asked or changed yet."""
        self._loaded += 1
        # pyinfra tells operations apart by line numbers alone: without a shift, two files would share theirs.
        try:
            parsed = ast.parse(Path(deploy).read_text(encoding="utf-8"), deploy)
        except (SyntaxError, ValueError) as error:
            raise MistakeError(one_line(error)) from None
        tree = ast.increment_lineno(parsed, self._loaded * LINES_PER_FILE)
        PYTHON_CODES[deploy] = compile(tree, deploy, "exec")

        def declare(host: Host) -> None:
            before = set(self.state.ops[host])
            with ctx_config.use(self.state.config.copy()):
                exec_file(deploy)
            steps = self._steps.setdefault(str(host.name), [])
            for op_hash in (each for each in self.state.ops[host] if each not in before):
                name = self.state.get_op_data_for_host(host, op_hash).global_arguments["name"]
                steps.append(Step(host, op_hash, str(name), Path(deploy).stem))

        self.each(declare)

    def steps(self, host: Host) -> list[Step]:
        """What was declared for a host, in order."""
        return self._steps.get(str(host.name), [])

    def commands(self, step: Step) -> Iterator[PyinfraCommand]:
        """What a step would do, given the host as it is now."""
        return iter(self.state.get_op_data_for_host(step.host, step.op_hash).command_generator())

    def run(self, step: Step) -> bool:
        """Do a step; returns whether it changed its host. Raises StepFailedError."""
        self.state.is_executing = True
        try:
            succeeded = run_host_op(self.state, step.host, step.op_hash)
        except Exception as error:  # whatever happens in a step, the step is named
            raise StepFailedError(f"{step.name}: {one_line(error)}") from error
        done = self.state.get_op_data_for_host(step.host, step.op_hash).operation_meta
        if not succeeded:
            said = [line for line in (done.stderr_lines or done.stdout_lines) if line.strip()]
            raise StepFailedError(f"{step.name}: {said[-1].strip()}" if said else step.name)
        return bool(done.did_change())

    def each(self, work: Callable[[Host], None], hosts: list[Host] | None = None) -> None:
        """Do something for hosts side by side; a host that raises fails alone, and is left out from then on."""

        def one(host: Host) -> None:
            try:
                with ctx_host.use(host):
                    work(host)
            except Exception as error:  # whatever a host raises, it fails alone and is named
                self.failures[str(host.name)] = one_line(error)

        chosen = self.hosts if hosts is None else hosts
        gevent.joinall([self.state.pool.spawn(one, host) for host in chosen], raise_error=True)
        failed = {host for host in chosen if str(host.name) in self.failures}
        self.state.active_hosts -= failed
        self.state.failed_hosts |= failed


@contextmanager
def session(
    inventory_file: str, limit: list[str] | None, limits: Limits, memory: Path | None, *, blank: bool = False
) -> Iterator[Session]:
    """Connect to the hosts of an inventory file, or to those that `limit` names (hosts or groups; None: all).

    `memory` is the folder that remembers what each host was asked. With `blank`, nothing is contacted: every host is
    taken to have nothing yet.
    """
    state = State(check_for_changes=False)
    state.cwd = str(Path.cwd())
    config = Config()
    config.lock_current_state()
    with ctx_state.use(state), ctx_config.use(config):
        inventory = _inventory(inventory_file)
        with ctx_inventory.use(inventory):
            state.init(inventory, config, initial_limit=_limited(inventory, limit))
            found = Session(state)
            if blank:
                _imagine(found)
            else:
                _connect(found, limits, memory)
            state.set_stage(StateStage.Prepare)
            try:
                yield found
            finally:
                for observed in found.observed.values():
                    observed.answers.remember()
                if not blank:
                    disconnect_all(state)


def _inventory(file: str) -> Inventory:
    try:
        found: Inventory = make_inventory(file, cwd=str(Path.cwd()), override_data={})
    except Exception as error:  # whatever a file of ours does wrong, it is named
        raise MistakeError(one_line(error)) from None
    return found


def _connect(found: Session, limits: Limits, memory: Path | None) -> None:
    state = found.state
    state.set_stage(StateStage.Connect)

    def one(host: Host) -> None:
        name = str(host.name)
        try:
            with gevent.Timeout(limits.answered_within, HostError(f"no answer within {limits.answered_within:g} s")):
                host.connect(show_errors=False, raise_exceptions=True)
        except Exception as error:  # whatever the connection raises, its host is named and the others go on
            found.unreachable[name] = why_not(name, host.data.get("ssh_known_hosts_file"), one_line(error))
        else:
            answers = Answers(memory / f"{name}.json" if memory else None)
            found.observed[name] = Observed(host, answers, limits.answered_within, limits.changed_within)
            found.observed[name].ask_ahead()
            state.activate_host(host)

    hosts = [host for host in state.inventory if state.is_host_in_limit(host)]
    gevent.joinall([state.pool.spawn(one, host) for host in hosts], raise_error=True)


def _imagine(found: Session) -> None:
    for host in found.state.inventory:
        if found.state.is_host_in_limit(host):
            Blank(host)
            found.state.activate_host(host)


def _limited(inventory: Inventory, limit: list[str] | None) -> list[Any] | None:
    if limit is None:
        return None
    hosts = []
    for name in limit:
        group = inventory.get_group(name, [])
        host = inventory.get_host(name, None)
        if not group and host is None:
            known = sorted({str(h.name) for h in inventory} | set(inventory.groups))
            raise LimitError(f"LIMIT={name}: no such host or group; there are {', '.join(known)}")
        hosts += [*group, *([host] if host else [])]
    return hosts
