"""Remove the backups of a machine that need not be kept. Stdin: a JSON object; it says what it did, a line each.

A backup says itself when it was made, and who took over the machine that made it could say anything: what counts here
is when it came, by this server's own clock. One that says another time is neither counted nor removed, and named.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

EARLY, LATE = timedelta(minutes=5), timedelta(hours=24)  # clocks differ; the first backup takes a while
BUCKETS = {"hourly": "%Y-%m-%d %H", "daily": "%Y-%m-%d", "weekly": "%G-%V", "monthly": "%Y-%m"}


@dataclass(frozen=True)
class Backup:
    """A backup: its full id, the time that it says, the time at which it came."""

    id: str
    says: datetime
    came: datetime

    @property
    def honest(self) -> bool:
        return -EARLY <= self.came - self.says <= LATE


def kept(backups: list[Backup], keep: Mapping[str, int]) -> set[str]:
    """The ids of those to keep: the last of each of the last hours, days, weeks and months that have one."""
    ids: set[str] = set()
    for kind, form in BUCKETS.items():
        last: dict[str, str] = {}
        for backup in sorted(backups, key=lambda each: each.came, reverse=True):
            last.setdefault(backup.came.strftime(form), backup.id)
        ids.update(list(last.values())[: keep[kind]])
    return ids


def main() -> int:
    wanted = json.load(sys.stdin)
    folder, account = Path(wanted["repository"]), wanted["account"]

    def restic(*arguments: str) -> str:
        # As the account that owns the files, so that it can still write what is written now. The password is on stdin.
        done = subprocess.run(
            ["restic", "--repo", str(folder), "--no-cache", *arguments],
            input=f"{wanted['password']}\n",
            env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "GOMEMLIMIT": "1GiB"},
            user=account,
            group=account,
            extra_groups=[],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            lines = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
            sys.exit(f"{folder.name}: {lines[-1].removeprefix('Fatal: ')}")
        return done.stdout

    if not (folder / "config").exists():
        if not wanted["required"]:
            print(f"{folder.name}: no backup, and none is wanted while it stands by")
            return 0
        sys.exit(f"{folder.name}: there is no backup yet")
    found = [
        Backup(
            each["id"],
            datetime.fromisoformat(each["time"]),
            datetime.fromtimestamp((folder / "snapshots" / each["id"]).stat().st_mtime, UTC),
        )
        for each in json.loads(restic("snapshots", "--json", "--no-lock"))
    ]
    honest = [backup for backup in found if backup.honest]
    keep = kept(honest, wanted["keep"])
    gone = [backup for backup in honest if backup.id not in keep]
    print(f"{folder.name}: {len(found)} backups, {len(keep)} to keep, {len(gone)} to remove")
    if gone and not wanted["plan"]:
        restic("unlock")  # of runs that died; it leaves the locks of those that live
        restic("forget", "--retry-lock=10m", *(backup.id for backup in gone))
        restic("prune", "--retry-lock=10m")
    if not wanted["plan"]:
        restic("check", "--retry-lock=10m", "--read-data-subset=2%")
        print(f"{folder.name}: what is kept is whole")
    for backup in found:
        if not backup.honest:
            came, says = (f"{at.astimezone():%Y-%m-%d %H:%M}" for at in (backup.came, backup.says))
            print(f"{folder.name}: {backup.id[:8]} came {came} and says {says}: look at it")
    return 0 if honest == found else 1


if __name__ == "__main__":
    sys.exit(main())
