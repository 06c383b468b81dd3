"""The command on the backup server that removes what need not be kept."""

from pathlib import Path

from roles.common.programs import program

PROGRAM = Path(__file__).with_name("programs") / "prune_backups.py"


def command() -> str:
    """What prunes a repository (programs/prune_backups.py says its stdin)."""
    return str(program(PROGRAM).get_raw_value())
