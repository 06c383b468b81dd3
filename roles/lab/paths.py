"""Where the lab keeps itself: all of it below the repository's .cache, except what the kernel names."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = (ROOT / ".cache").resolve()  # in the base of a rehearsal it is a link: both trees have one lab
LAB = CACHE / "lab"
MACHINES = LAB / "machines"
BASE = CACHE / "base"  # kept by `make destroy`: building it takes half a minute
PACKAGES = CACHE / "packages"  # kept too: the packages that machines fetched

REPOSITORY = CACHE.parent
OWNER = Path("/run/administration-lab")  # names the repository whose lab this machine holds
CGROUP = "administration-lab"
RELAY = "127.0.0.1:31429"
HOST_NAMESPACE = LAB / "host.netns"
