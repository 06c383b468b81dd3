"""Package lists that are fetched when they must be, and not at each run."""

from collections.abc import Generator

from pyinfra import host
from pyinfra.api import FactBase, operation

from roles.common.commands import Explained


class PackageListsAge(FactBase[float]):
    """Hours since the package lists were fetched; infinite where they are older than the sources, or absent."""

    default = staticmethod(lambda: float("inf"))

    def command(self) -> str:
        sources, stamp = "/etc/apt/sources.list.d", "/var/lib/apt/lists/administration-fetched"
        return (
            f'! test -e {stamp} || test -n "$(find {sources} -newer {stamp})" ||'
            f" echo $(( $(date +%s) - $(stat -c %Y {stamp}) ))"
        )

    def process(self, output: list[str]) -> float:
        return int(next(iter(output))) / 3600


@operation()
def package_lists(max_age_hours: float) -> Generator[Explained, None, None]:
    """
    Ensure that the package lists are recent.

    + max_age_hours: how old they may be
    """
    if host.get_fact(PackageListsAge) <= max_age_hours:
        host.noop("package lists are recent")
        return
    yield Explained(
        "apt-get update --quiet=2 --error-on=any && touch /var/lib/apt/lists/administration-fetched",
        changes=["fetch the lists of packages"],
    )
