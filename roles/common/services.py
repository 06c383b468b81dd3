"""Services that converge on state: a run that died before its restart is completed by the next one."""

from collections.abc import Generator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pyinfra import host
from pyinfra.api import FactBase, QuoteString, StringCommand, operation

from roles.common.commands import Explained, Risk
from roles.common.planned import would_change, would_enable, would_start

RELOADS = "/run/administration/reloads"  # one stamp a unit; gone at boot, when everything starts anew


@dataclass(frozen=True)
class ServiceState:
    """What systemd says of a unit, and whether a file it was started from is newer than its last (re)start."""

    active: bool
    enabled: bool
    stale: bool
    failed: bool = False
    static: bool = False  # it starts because another one wants it: nothing disables it


class UnitState(FactBase[ServiceState]):
    """The state of a systemd unit; `watches` are the files (or folders) that it reads when it starts or reloads."""

    @staticmethod
    def default() -> ServiceState:
        return ServiceState(active=False, enabled=False, stale=False)

    def command(self, unit: str, watches: list[str]) -> StringCommand:
        # Two programs: a host is asked this of every unit, each time.
        return StringCommand(
            *("systemctl show --timestamp=us+utc -p ActiveState,UnitFileState,ActiveEnterTimestamp", QuoteString(unit)),
            *("&& set -- && for f in", f"{RELOADS}/{unit}", *map(QuoteString, watches)),
            *(";", 'do ! test -e "$f" || set -- "$@" "$f"; done'),
            r"""&& { test $# = 0 || find "$@" -printf 'at=%T@ %C@ %p\n'; }""",
        )

    def process(self, output: Any) -> ServiceState:
        said = [line.partition("=")[::2] for line in output]
        values = dict(said)
        # The stamp of a reload counts as a start, when it was touched; of what is watched any change of it counts.
        files = [value.split(" ", 2) for key, value in said if key == "at"]
        reloads = [float(touched) for touched, _, path in files if path.startswith(RELOADS)]
        changes = [float(changed) for _, changed, path in files if not path.startswith(RELOADS)]
        since = max([_seconds(values["ActiveEnterTimestamp"]), *reloads])
        return ServiceState(
            active=values["ActiveState"] in ("active", "reloading"),
            enabled=values["UnitFileState"] in ("enabled", "static", "alias", "generated"),
            stale=any(at > since for at in changes),
            failed=values["ActiveState"] == "failed",
            static=values["UnitFileState"] == "static",
        )


def _seconds(timestamp: str) -> float:
    """systemd's "Wed 2026-11-25 13:33:08.123456 UTC" since the epoch; 0 of a unit that never started."""
    if not timestamp:
        return 0.0
    return datetime.strptime(timestamp, "%a %Y-%m-%d %H:%M:%S.%f UTC").replace(tzinfo=UTC).timestamp()


@operation()
def service(unit: str, watches: list[str] | None = None, reload: bool = False) -> Generator[Explained, None, None]:
    """
    Ensure that a unit is enabled, runs, and runs with its present configuration.

    + unit: the systemd unit, such as postfix.service
    + watches: files and folders; one newer than the last start makes the unit restart
    + reload: reload instead of restart
    """
    watched = watches or []
    state = host.get_fact(UnitState, unit=unit, watches=watched)
    enabled = state.enabled or would_enable(host, unit)
    started = would_start(host, unit)
    stale = (state.stale and not started) or would_change(host, watched, unit)
    if not enabled:
        yield _systemctl("enable", unit)
    if not (state.active or started):
        yield _systemctl("restart", unit, says="start")
    elif stale and reload:
        # systemd does not remember reloads: the stamp does, and only of those that succeeded.
        stamp = f"{RELOADS}/{unit}"
        yield _systemctl(
            "reload", unit, before=f"mkdir -p {RELOADS} && touch {stamp}.new &&", after=f"&& mv {stamp}.new {stamp}"
        )
    elif stale:
        yield _systemctl("restart", unit, risk="interruption")
    elif enabled:
        host.noop(f"{unit} runs with its present configuration")


@operation()
def stopped(unit: str) -> Generator[Explained, None, None]:
    """
    Ensure that a unit neither runs nor starts at boot, and that no failure of it is left to be looked into.

    One that does not exist is as good as stopped.

    + unit: the systemd unit, such as nmbd.service
    """
    state = host.get_fact(UnitState, unit=unit, watches=[])
    if state.active or state.failed or (state.enabled and not state.static):
        forget = f"&& systemctl --quiet reset-failed {unit}" if state.failed else ""
        yield _systemctl("disable --now", unit, says="stop", after=forget, risk="interruption" if state.active else "")
    else:
        host.noop(f"{unit} is stopped")


def _systemctl(
    verb: str, unit: str, *, says: str = "", before: str = "", after: str = "", risk: Risk = ""
) -> Explained:
    quoted = QuoteString(unit)
    # systemd refuses to start a unit again soon, and leaves it stopped: runs that die and begin again must not add up.
    anew = ["systemctl --quiet reset-failed", quoted, "2>/dev/null;"] if verb == "restart" else []
    return Explained(
        *("systemctl daemon-reload && {", *anew, before, "systemctl --quiet", verb, quoted, after, "|| {"),
        *("echo", quoted, '"does not', verb + ':"', "$(systemctl show -P Result", quoted, ") >&2; false; }; }"),
        changes=[f"{says or verb} {unit}"],
        risk=risk,
        unit=(verb, unit),
    )
