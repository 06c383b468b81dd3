"""Packages without a route: a cache of the two Debian archives on this machine's loopback."""

from collections.abc import Generator

from pyinfra import host
from pyinfra.api import FactBase, StringCommand, operation

from roles.lab import paths
from roles.lab.background import background

CONFIG = paths.LAB / "relay"


class RelayRuns(FactBase[bool]):
    """Whether the package cache listens."""

    def command(self) -> str:
        return f"ss -Hltn 'src = {paths.RELAY}'"

    def process(self, output: list[str]) -> bool:
        return bool(list(output))


@operation()
def relay() -> Generator[StringCommand, None, None]:
    """Ensure the package cache, and a name for this machine's own network namespace."""
    if host.get_fact(RelayRuns):
        host.noop("the package relay runs")
        return
    name = paths.HOST_NAMESPACE
    yield StringCommand(
        f"touch {name}; mountpoint -q {name} || mount --bind /proc/self/ns/net {name};",
        background("relay", f"apt-cacher-ng -c {CONFIG} ForeGround=1", CONFIG / "relay.log"),
        f"for i in $(seq 50); do ss -Hltn 'src = {paths.RELAY}' | grep -q . && exit 0; sleep 0.1; done;",
        f'echo "the package relay does not start: see {CONFIG}/relay.log" >&2; exit 1',
    )
