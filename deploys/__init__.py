"""What an engineer runs: one short file per capability, and site.py for all of them in order."""

import gc

# A command is short, and what it loads stays: Python need not look for cycles in it every 700 objects.
gc.set_threshold(100_000)
