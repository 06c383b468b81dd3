"""A place with a deploy of its own, for this machine as one host and pyinfra's @fake connector as another.

Each run is a process of its own, as in use: the engine patches the standard library for gevent.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

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
    return [sys.executable, "-m", "deploys.engine", verb, *given, *options]


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
