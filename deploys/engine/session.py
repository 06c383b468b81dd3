"""One connection to every host, and the deploys that are loaded on it.

This relies on pyinfra 3.10's objects (State, Inventory, operations as generators): see tests/unit/engine.
"""

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gevent
from pyinfra.api import Config, State
from pyinfra.api.command import PyinfraCommand
from pyinfra.api.connect import disconnect_all
from pyinfra.api.exceptions import PyinfraError
from pyinfra.api.host import Host
from pyinfra.api.inventory import Inventory
from pyinfra.api.operations import run_host_op
from pyinfra.api.state import StateStage
from pyinfra.context import ctx_config, ctx_host, ctx_inventory, ctx_state
from pyinfra_cli.exceptions import UnexpectedExternalError
from pyinfra_cli.inventory import make_inventory
from pyinfra_cli.util import PYTHON_CODES, exec_file

LINES_PER_FILE = 10_000


@dataclass(frozen=True)
class Step:
    """One operation on one host."""

    host: Host
    op_hash: str
    name: str


@dataclass
class Session:
    """The hosts that were reached, and why the others were not: one line for each, by name."""

    state: State
    failures: dict[str, str] = field(default_factory=dict)
    unreachable: dict[str, str] = field(default_factory=dict)
    _done: set[tuple[str, str]] = field(default_factory=set)
    _loaded: int = 0

    @property
    def hosts(self) -> list[Host]:
        return sorted(self.state.active_hosts, key=lambda host: str(host.name))

    def load(self, deploy: str) -> None:
        """Run a deploy file for every host: it declares operations, nothing is changed yet."""
        self.state.is_executing = False
        self._loaded += 1
        # pyinfra tells operations apart by line numbers alone: without a shift, two files would share theirs.
        tree = ast.increment_lineno(ast.parse(Path(deploy).read_text(), deploy), self._loaded * LINES_PER_FILE)
        PYTHON_CODES[deploy] = compile(tree, deploy, "exec")
        self._each(lambda _: self._load(deploy))

    def steps(self, host: Host) -> list[Step]:
        """What was declared for a host and not run yet, in order."""
        return [
            Step(host, op_hash, str(self.state.get_op_data_for_host(host, op_hash).global_arguments["name"]))
            for op_hash in self.state.get_op_order()
            if op_hash in self.state.ops[host] and (str(host.name), op_hash) not in self._done
        ]

    def commands(self, step: Step) -> list[PyinfraCommand]:
        """What a step would do, given the host as it is now."""
        return list(self.state.get_op_data_for_host(step.host, step.op_hash).command_generator())

    def plan(self, explain: Callable[[Step], None]) -> None:
        """Explain every step that was not run; hosts are looked at side by side."""

        def walk(host: Host) -> None:
            for step in self.steps(host):
                explain(step)
                self._done.add((str(host.name), step.op_hash))

        self._each(walk)

    def run(self, report: Callable[[Step, bool], None]) -> None:
        """Run what was declared, each host at its own pace; a host that fails stops alone."""
        self.state.is_executing = True

        def walk(host: Host) -> None:
            for step in self.steps(host):
                if not run_host_op(self.state, host, step.op_hash):
                    raise StepFailedError(step.name)
                self._done.add((str(host.name), step.op_hash))
                report(step, self.state.get_op_data_for_host(host, step.op_hash).operation_meta.did_change())

        self._each(walk)

    def _load(self, deploy: str) -> None:
        with ctx_config.use(self.state.config.copy()):
            exec_file(deploy)

    def _each(self, work: Callable[[Host], None]) -> None:
        def one(host: Host) -> None:
            try:
                with ctx_host.use(host):
                    work(host)
            except Exception as error:  # whatever a host raises, it fails alone and is named
                self.failures[str(host.name)] = one_line(error)

        hosts = self.hosts
        gevent.joinall([self.state.pool.spawn(one, host) for host in hosts], raise_error=True)
        self.state.active_hosts -= {host for host in hosts if str(host.name) in self.failures}
        self.state.failed_hosts |= {host for host in hosts if str(host.name) in self.failures}


class StepFailedError(Exception):
    """A step did not succeed; what the host said is in the log above it."""


def one_line(error: BaseException) -> str:
    """What went wrong, without a traceback."""
    if isinstance(error, UnexpectedExternalError):
        error = error.exception
    text = str(error) or type(error).__name__
    return text.splitlines()[0] if isinstance(error, StepFailedError | PyinfraError) else text


@contextmanager
def session(inventory_file: str, limit: list[str]) -> Iterator[Session]:
    """Connect to the hosts of an inventory file, or to those that `limit` names (hosts or groups)."""
    state = State(check_for_changes=False)
    state.cwd = str(Path.cwd())
    config = Config()
    config.lock_current_state()
    with ctx_state.use(state), ctx_config.use(config):
        inventory: Inventory = make_inventory(inventory_file, cwd=state.cwd, override_data={})
        with ctx_inventory.use(inventory):
            state.init(inventory, config, initial_limit=_limited(inventory, limit))
            found = Session(state)
            _connect(found)
            state.set_stage(StateStage.Prepare)
            try:
                yield found
            finally:
                disconnect_all(state)


def _connect(found: Session) -> None:
    state = found.state
    state.set_stage(StateStage.Connect)

    def one(host: Host) -> None:
        try:
            host.connect(show_errors=False, raise_exceptions=True)
        except Exception as error:  # whatever the connection raises, its host is named and the others go on
            found.unreachable[str(host.name)] = one_line(error)
        else:
            state.activate_host(host)

    hosts = [host for host in state.inventory if state.is_host_in_limit(host)]
    gevent.joinall([state.pool.spawn(one, host) for host in hosts], raise_error=True)


def _limited(inventory: Inventory, limit: list[str]) -> list[Any] | None:
    if not limit:
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


class LimitError(Exception):
    """A limit that names nothing."""
