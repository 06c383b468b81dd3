"""What an application host serves now."""

from typing import Any

from pyinfra.api import FactBase, QuoteString, StringCommand

from roles.applications.config import APPLICATIONS


class ReleaseState(FactBase[bool]):
    """Whether a release is entirely installed."""

    default = bool

    def command(self, folder: str) -> StringCommand:
        return StringCommand("!", "test", "-e", QuoteString(f"{folder}/complete"), "||", "echo", "complete")

    def process(self, output: Any) -> bool:
        return bool(list(output))


class CurrentRelease(FactBase[str | None]):
    """The release that an application serves; None before its first one."""

    def command(self, application: str) -> StringCommand:
        current = QuoteString(f"{APPLICATIONS}/{application}/current")
        return StringCommand("!", "test", "-L", current, "||", "readlink", current)

    def process(self, output: Any) -> str | None:
        return next((line.rpartition("/")[2] for line in output), None)


class ApplicationUnits(FactBase[list[str]]):
    """The applications that have a unit on this host."""

    default = list[str]

    def command(self) -> str:
        return "find /etc/systemd/system -maxdepth 1 -name 'app-*.service' ! -name '*@.service' -printf '%f\\n' | sort"

    def process(self, output: Any) -> list[str]:
        return [line.removeprefix("app-").removesuffix(".service") for line in output]
