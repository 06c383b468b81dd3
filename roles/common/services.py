"""Services that converge on state: a run that died before its restart is completed by the next one."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

from pyinfra import host
from pyinfra.api import FactBase, QuoteString, StringCommand, operation


@dataclass(frozen=True)
class ServiceState:
    """What systemd says of a unit, and whether a file it was started from is newer than its last (re)start."""

    active: bool
    enabled: bool
    stale: bool


class UnitState(FactBase[ServiceState]):
    """The state of a systemd unit; `watches` are the files (or folders) that it reads when it starts or reloads."""

    def command(self, unit: str, watches: list[str]) -> StringCommand:
        # StateChangeTimestamp moves on a reload too, ActiveEnterTimestamp does not.
        since = f'$(date -d "$(systemctl show -P StateChangeTimestamp --timestamp=us+utc {unit})" +%s.%N)'
        return StringCommand(
            *("systemctl", "show", "-p", "ActiveState,UnitFileState", QuoteString(unit)),
            *("&&", "echo", f"since={since}", "&&", "for", "f", "in", "/dev/null", *map(QuoteString, watches)),
            *(";", "do", "!", "test", "-e", '"$f"', "||", "find", '"$f"', "-printf", r"'changed=%C@\n'", ";", "done"),
        )

    def process(self, output: Any) -> ServiceState:
        said = [line.partition("=")[::2] for line in output]
        values = dict(said)
        changed = [float(at) for key, at in said if key == "changed"][1:]  # the first is /dev/null
        return ServiceState(
            active=values["ActiveState"] in ("active", "reloading"),
            enabled=values["UnitFileState"] in ("enabled", "static", "alias", "generated"),
            stale=any(at > float(values["since"]) for at in changed),
        )


@operation()
def service(unit: str, watches: list[str] | None = None, reload: bool = False) -> Generator[StringCommand, None, None]:
    """
    Ensure that a unit is enabled, runs, and runs with its present configuration.

    + unit: the systemd unit, such as postfix.service
    + watches: files and folders; one newer than the last start makes the unit restart
    + reload: reload instead of restart
    """
    state = host.get_fact(UnitState, unit=unit, watches=watches or [])
    if not state.enabled:
        yield StringCommand("systemctl", "enable", "--quiet", QuoteString(unit))
    if not state.active:
        yield StringCommand("systemctl", "daemon-reload", "&&", "systemctl", "restart", QuoteString(unit))
    elif state.stale:
        verb = "reload-or-restart" if reload else "restart"
        yield StringCommand("systemctl", "daemon-reload", "&&", "systemctl", verb, QuoteString(unit))
    elif state.enabled:
        host.noop(f"{unit} runs with its present configuration")
