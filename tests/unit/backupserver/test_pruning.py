"""What a prune keeps: by when backups came, whatever they say of themselves."""

import runpy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import roles.backupserver.pruning

PROGRAM = SimpleNamespace(
    **runpy.run_path(str(Path(roles.backupserver.pruning.__file__).parent / "programs/prune_backups.py"))
)
START = datetime(2026, 1, 1, 0, 30, tzinfo=UTC)
KEEP = {"hourly": 24, "daily": 7, "weekly": 4, "monthly": 3}


def test_the_last_of_each_hour_day_week_and_month_stays() -> None:
    backups = [
        PROGRAM.Backup(str(hour), START + timedelta(hours=hour), START + timedelta(hours=hour))
        for hour in range(24 * 100)
    ]
    kept = PROGRAM.kept(backups, KEEP)
    last = 24 * 100 - 1
    assert {str(last - hour) for hour in range(24)} <= kept
    assert {str(last - 24 * day) for day in range(7)} <= kept
    assert len(kept) <= 24 + 7 + 4 + 3
    months = {(START + timedelta(hours=int(each))).month for each in kept}
    assert months == {2, 3, 4}


def test_many_backups_of_an_hour_push_no_older_one_out() -> None:
    old = [PROGRAM.Backup(f"old{day}", START - timedelta(days=day), START - timedelta(days=day)) for day in range(1, 7)]
    flood = [PROGRAM.Backup(f"new{n}", START, START + timedelta(seconds=n)) for n in range(500)]
    assert {each.id for each in old} < PROGRAM.kept([*old, *flood], KEEP)


def test_a_backup_that_says_another_time_is_not_counted() -> None:
    honest = PROGRAM.Backup("1", START, START + timedelta(hours=3))
    future = PROGRAM.Backup("2", START + timedelta(days=300), START)
    copied = PROGRAM.Backup("3", START - timedelta(days=300), START)
    assert [each.honest for each in (honest, future, copied)] == [True, False, False]
