"""All disturbances: those of each building beside those of the others, then alone what all would feel.

A process for each building, not pytest-xdist's groups: with pytest 9.2 they are none (its issue 1386).
"""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from inventory.model import load

FOLDER = Path(__file__).parent
PYTEST = (sys.executable, "-m", "pytest", str(FOLDER), "-m")
NO_TESTS = 5  # pytest's exit status


def beside(site: str) -> int:
    """Run the tests of one building; what they say is printed once they are done."""
    report = f"--junitxml=.cache/lab/disturbances-{site}.xml"
    ran = subprocess.run(
        [*PYTEST, f"building(site={site!r})", report], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if ran.returncode != NO_TESTS:
        print(f"{site}\n{ran.stdout}", end="", flush=True)
    return 0 if ran.returncode == NO_TESTS else ran.returncode


def main() -> int:
    sites = [name for name, site in load("lab").sites.items() if site.kind == "building"]
    with ThreadPoolExecutor(len(sites)) as pool:
        found = list(pool.map(beside, sites))
    print("alone", flush=True)
    alone = subprocess.run([*PYTEST, "not building", "--junitxml=.cache/lab/disturbances.xml"], check=False)
    return max(*found, alone.returncode)


if __name__ == "__main__":
    sys.exit(main())
