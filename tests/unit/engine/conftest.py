"""A place with a deploy of its own, for this machine as one host and pyinfra's @fake connector as another.

Each run is a process of its own, as in use: the engine patches the standard library for gevent.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.unit.engine.machine import Machines

ROOT = Path(__file__).resolve().parents[3]

DEPLOY = """
from pathlib import Path
from pyinfra import host
from inventory.secrets import Secret
from roles.common import config_file, secret_file

if host.name == "@local":
    config_file(
        name="test: resolver", template="base/resolv.conf.j2", path="{folder}/resolv.conf",
        cfg={{"domain": "example.org", "resolvers": ["192.0.2.53"]}},
    )
    secret_file(name="test: key", content=Secret("hunter2"), path="{folder}/key")
"""

# What a run records of @local stays in the place: /var/lib of this machine is not for tests.
OWN = ["unshare", "--mount", "--propagation", "private", "sh", "-ec"]
OWN += ['mkdir -p lib; mount --bind lib /var/lib; exec "$@"', "sh"]

Engine = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "deploys").mkdir()
    (tmp_path / "hosts.py").write_text("machines = ['@local', '@fake/other']\n")
    (tmp_path / "deploys/sample.py").write_text(DEPLOY.format(folder=tmp_path))
    return tmp_path


def command(verb: str, *options: str) -> list[str]:
    agreed = ["--yes"] if verb == "deploy" and "--plan" not in options else []
    given = ["--deploy", "sample", "--inventory", "hosts.py", *agreed]
    return [*OWN, sys.executable, "-m", "deploys.engine", verb, *given, *options]


@pytest.fixture
def engine(place: Path) -> Engine:
    def run(verb: str, *options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command(verb, *options),
            cwd=place,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


NAMES = ["guest1", "dc1", "dc2", "mail1", "files1"]  # of the lab's inventory: guest1 is its canary


@pytest.fixture(scope="session")
def inventory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lab's inventory, which has two domain controllers: a checkout imports its own."""
    folder = tmp_path_factory.mktemp("with") / "inventory"
    shutil.copytree(ROOT / "inventory", folder)
    return folder


def edited(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.fixture(scope="session")
def all_machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    with Machines(tmp_path_factory.mktemp("machines"), NAMES) as machines:
        yield machines


@pytest.fixture
def machines(all_machines: Machines) -> Machines:
    for machine in all_machines:
        machine.renew()
    return all_machines


@dataclass
class Place:
    """A checkout in small: the inventory, deploys of the test's own, and the machines that they are for."""

    folder: Path
    machines: Machines

    def hosts(self, *names: str, each: dict[str, dict[str, object]] | None = None, **more: object) -> None:
        (self.folder / "known_hosts").write_text(self.machines.known_hosts())
        (self.folder / "hosts.py").write_text(
            self.machines.inventory(self.folder / "known_hosts", list(names) or NAMES, each or {}, **more)
        )

    def deploy(self, text: str, name: str = "sample") -> None:
        head = (
            "from pathlib import Path\nfrom pyinfra import host\nfrom pyinfra.api import StringCommand, operation\n"
            "from pyinfra.operations import server\nfrom roles.common import config_file, copied_file, secret_file\n"
        )
        (self.folder / f"deploys/{name}.py").write_text(head + text)

    def start(self, verb: str, *options: str, deploy: str = "sample", **more: Any) -> "subprocess.Popen[str]":
        agreed = ["--yes"] if verb == "deploy" and not {"--plan", "--ask"} & set(options) else []
        given = ["--deploy", deploy, "--inventory", "hosts.py", *agreed, *(each for each in options if each != "--ask")]
        return subprocess.Popen(
            [*more.pop("under", ()), sys.executable, "-m", "deploys.engine", verb, *given],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            **{
                "stdin": subprocess.DEVNULL,
                "stdout": subprocess.PIPE,
                "stderr": subprocess.PIPE,
                "text": True,
                **more,
            },
        )

    def run(self, verb: str, *options: str, **more: Any) -> subprocess.CompletedProcess[str]:
        with self.start(verb, *options, **more) as process:
            said, complained = process.communicate(timeout=60)
        said, complained = said or "", complained or ""
        # Whatever goes wrong: no traceback, on no screen, from no thread.
        assert "Traceback" not in said + complained, said + complained
        return subprocess.CompletedProcess(process.args, process.returncode, said, complained)

    @property
    def log(self) -> str:
        """The newest log."""
        logs = sorted((self.folder / ".cache/lab/log").glob("*.log"), key=lambda path: path.stat().st_mtime_ns)
        return logs[-1].read_text()


@pytest.fixture
def checkout(tmp_path: Path, inventory: Path, machines: Machines) -> Place:
    (tmp_path / "deploys").mkdir()
    (tmp_path / "inventory").symlink_to(inventory)
    found = Place(tmp_path, machines)
    found.hosts()
    return found


@pytest.fixture
def hurried(checkout: Place, inventory: Path) -> Place:
    """The same with little patience: for what hangs."""
    (checkout.folder / "inventory").unlink()
    shutil.copytree(inventory, checkout.folder / "inventory")
    lab = checkout.folder / "inventory/environments/lab.yaml"
    edited(lab, "  user: root\n", "  user: root\n  answered_within: 10\n  changed_within: 8\n")
    return checkout
