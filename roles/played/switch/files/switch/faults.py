"""What goes wrong on real switches and on the way to them, on purpose. Patterns are searched in the lines typed."""

import json
import re
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Faults:
    slow: float = 0.0  # seconds that each line takes
    logged: str | None = None  # what the switch logs between its answers
    lost_at: str | None = None  # the line after which the session is gone
    stuck_at: str | None = None  # the line after which an unknown question stands instead of the prompt
    held_at: str | None = None  # the line that is done, and answered only once this fault is gone

    def lost(self, line: str) -> bool:
        return self.lost_at is not None and re.search(self.lost_at, line) is not None

    def held(self, line: str) -> bool:
        return self.held_at is not None and re.search(self.held_at, line) is not None

    def stuck(self, line: str) -> bool:
        return self.stuck_at is not None and re.search(self.stuck_at, line) is not None


def given(path: Path) -> Faults:
    """Those that somebody asked for in a file of JSON; none where it is missing or only half written."""
    try:
        return Faults(**json.loads(path.read_text()))
    except (FileNotFoundError, json.JSONDecodeError):
        return Faults()
