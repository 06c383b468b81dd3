"""nornir's runner plugin for changes: wave by wave, within the limits of a site, and a stop at the first failure."""

from collections.abc import Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from time import monotonic, sleep

from nornir.core.inventory import Host
from nornir.core.task import AggregatedResult, MultiResult, Result, Task

from roles.network.waves import Order


@dataclass(frozen=True)
class NotDone:
    """The result of a device that was not touched."""

    why: str

    def __str__(self) -> str:
        return self.why


class Looking:
    """Every device, within the limits of a site; one that fails keeps no other from being looked at."""

    def __init__(self, order: Order) -> None:
        self.order = order

    def run(self, task: Task, hosts: list[Host]) -> AggregatedResult:
        return _run(task, hosts, self.order, [[host.name for host in hosts]], changing=False)


class Changing:
    """The waves of an order. After a failure no other device is begun; those under way end."""

    def __init__(self, order: Order) -> None:
        self.order = order

    def run(self, task: Task, hosts: list[Host]) -> AggregatedResult:
        return _run(task, hosts, self.order, self.order.waves(host.name for host in hosts), changing=True)


def not_done(host: Host | None, why: str) -> MultiResult:
    """A result that says that nothing was done, and why."""
    result = MultiResult("not done")
    result.append(Result(host, failed=True, result=NotDone(why)))
    return result


def _run(
    task: Task, hosts: list[Host], order: Order, waves: Iterable[Iterable[str]], changing: bool
) -> AggregatedResult:
    known = {host.name: host for host in hosts}
    run = _Run(task, known, order, changing)
    with ThreadPoolExecutor(order.limits.at_once) as pool:
        for names in waves:
            run.wave(pool, list(names))
    why = f"{', '.join(name for name in run.found if run.found[name].failed)} failed"
    found = AggregatedResult(task.name)
    found.update({name: run.found.get(name) or not_done(host, why) for name, host in known.items()})
    return found


@dataclass
class _Run:
    """Devices side by side, each begun as soon as its site and those that stand in for it allow."""

    task: Task
    hosts: Mapping[str, Host]
    order: Order
    changing: bool
    found: dict[str, MultiResult] = field(default_factory=dict)
    running: dict[Future[MultiResult], str] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)  # of the present wave
    rested: dict[str, float] = field(default_factory=dict)  # when a site may begin its next device
    stopped: bool = False

    def wave(self, pool: ThreadPoolExecutor, waiting: list[str]) -> None:
        self.waiting = waiting
        while self.running or (waiting and not self.stopped):
            for name in [] if self.stopped else list(waiting):
                if self._may_begin(name):
                    waiting.remove(name)
                    self.running[pool.submit(self.task.copy().start, self.hosts[name])] = name
            for future in self._ended(waiting):
                name = self.running.pop(future)
                self.found[name] = future.result()
                self.rested[self.order.site(name)] = monotonic() + self.order.limits.pause
                self.stopped |= self.changing and self.found[name].failed

    def _may_begin(self, name: str) -> bool:
        busy, site = self.running.values(), self.order.site(name)
        if len(busy) >= self.order.limits.at_once:
            return False
        if sum(self.order.site(other) == site for other in busy) >= self.order.limits.per_site:
            return False
        if not self.changing:
            return True
        order = self.order
        return (
            self._rest(name) <= 0
            and order.stand_ins(name).isdisjoint(busy)
            and order.before(name).isdisjoint([*busy, *self.waiting])
        )

    def _ended(self, waiting: list[str]) -> set[Future[MultiResult]]:
        """What ended; nothing, where a site's rest ended first."""
        rests = [rest for rest in map(self._rest, waiting) if rest > 0]
        soonest = min(rests) if rests and self.changing and not self.stopped else None
        if self.running:
            return wait(self.running, timeout=soonest, return_when=FIRST_COMPLETED).done
        sleep(soonest or 0)
        return set()

    def _rest(self, name: str) -> float:
        return self.rested.get(self.order.site(name), 0.0) - monotonic()
