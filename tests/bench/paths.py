"""Where the bench keeps itself, and the names that the kernel knows it by."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = ROOT / "tests" / "bench"
CACHE = ROOT / ".cache" / "bench"
RESULTS = CACHE / "results.jsonl"  # kept, like the tools' own venv
ANSIBLE = CACHE / "venv" / "bin" / "ansible-playbook"
RUN = CACHE / "run"  # all that a bench makes; gone at its end
CONTROL = Path("/run/administration-bench")  # sockets of ssh, whose paths must be short; and the lock
NAMESPACE = "bench"
CGROUP = "administration-bench"
