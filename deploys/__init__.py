"""What an engineer runs: one short file per capability, and site.py for all of them in order."""
