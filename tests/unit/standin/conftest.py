"""The stand-in is a delivered wheel: its sources are importable here only."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "standin"))
