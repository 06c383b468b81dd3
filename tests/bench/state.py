"""The state that every tool keeps: 60 tasks of the kinds that a server needs. Each tool's form is derived from it."""

from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
TEMPLATE = HERE / "templates" / "service.conf.j2"
FILE = HERE / "files" / "notice.txt"
LINES_FILE = "/etc/bench/settings"


@dataclass(frozen=True)
class Config:
    """A file that is rendered from the template."""

    path: str
    name: str
    port: int


@dataclass(frozen=True)
class User:
    """A person's account."""

    login: str
    uid: int
    group: str

    @property
    def home(self) -> str:
        return f"/home/{self.login}"


DIRECTORIES = ("/etc/bench", "/etc/bench/notices", "/srv/bench", "/srv/bench/empty")
PACKAGES = (
    *("acl", "ca-certificates", "curl", "ethtool", "iproute2", "less", "nftables", "openssh-server", "procps", "sudo"),
)
GROUPS = {"bench-red": 61001, "bench-green": 61002, "bench-blue": 61003}
USERS = tuple(User(f"bench-user{n}", 61010 + n, "bench-red" if n % 2 else "bench-green") for n in range(1, 5))
CONFIGS = tuple(Config(f"/etc/bench/{n:02}.conf", f"service-{n:02}", 9000 + n) for n in range(1, 16))
FILES = tuple(f"/etc/bench/notices/{n}.txt" for n in range(1, 7))
LINES = {f"setting{n:02}": f"setting{n:02} = {n * 10}" for n in range(1, 11)}
SERVICES = {f"bench-{n}.service": CONFIGS[n - 1].path for n in range(1, 9)}  # each with the file that it reads
TASKS = sum(map(len, (DIRECTORIES, PACKAGES, GROUPS, USERS, CONFIGS, FILES, LINES, SERVICES)))

UNIT = """\
[Unit]
Description=A service of the bench
[Service]
ExecStart=/usr/bin/sleep infinity
[Install]
WantedBy=multi-user.target
"""

# What somebody breaks by hand, one of each kind: a tool that keeps the state mends exactly these.
# (A package is left out: the machines have no archive to take it back from.)
DRIFT = (
    "rmdir /srv/bench/empty",
    "groupdel bench-blue",
    "usermod -s /bin/sh bench-user4",
    "echo drift >> /etc/bench/15.conf",
    "echo drift >> /etc/bench/notices/6.txt",
    f"sed -i 's/^setting10 = .*/setting10 = drift/' {LINES_FILE}",
    "systemctl stop bench-8.service",
)
