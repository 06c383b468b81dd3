"""Debian packages: one question for all of them, and their names in the plan."""

from collections.abc import Generator, Iterable

from pyinfra import host
from pyinfra.api import FactBase, QuoteString, StringCommand, operation

from roles.common.commands import Explained


class InstalledPackages(FactBase[set[str]]):
    """Those of the named packages that are installed and configured."""

    default = set[str]

    def command(self, names: Iterable[str]) -> StringCommand:
        # dpkg-query fails when one of the names is unknown to it; what it knows of the others is printed all the same.
        listed = map(QuoteString, names)
        return StringCommand(
            "{ dpkg-query -W -f '${Package} ${db:Status-Status}\\n'", *listed, "2>/dev/null || test $? = 1; }"
        )

    def process(self, output: Iterable[str]) -> set[str]:
        return {name for name, _, status in (line.partition(" ") for line in output) if status == "installed"}


@operation()
def packages(names: Iterable[str]) -> Generator[Explained, None, None]:
    """
    Ensure that packages are installed, without what they only recommend. Versions are Debian's to choose.

    + names: the packages
    """
    wanted = sorted(set(names))
    missing = [name for name in wanted if name not in host.get_fact(InstalledPackages, names=wanted)]
    if not missing:
        host.noop("every package is installed")
        return
    yield Explained(
        "DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet=2 --no-install-recommends",
        # The machine's own updates, or a run that was killed, may still be at it.
        *("-o", "DPkg::Lock::Timeout=120"),
        *("-o", "Dpkg::Options::=--force-confdef", "-o", "Dpkg::Options::=--force-confold"),
        *(*map(QuoteString, missing), ">/dev/null"),
        changes=[f"install {name}" for name in missing],
        opens=True,
    )
