"""What an engineer runs: one short file per capability, and site.py for all of them in order."""

import atexit
import gc
import sys

# A command is short, and what it loads stays: Python need not look for cycles in it every 700 objects, nor at its end.
gc.set_threshold(500_000)
atexit.register(gc.freeze)
# paramiko loads it to run the command of ssh's `Match exec`: nobody here has one, and it takes 50 ms.
sys.modules.setdefault("invoke", None)
