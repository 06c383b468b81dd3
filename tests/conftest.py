"""What the acceptance tests share: the inventory, a connection to each machine, and the workstation of the journeys.

Everything goes over the one generated ssh_config: known hosts only, one connection a machine.
"""

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import pytest
import testinfra
from testinfra.host import Host

from inventory.model import Administration, Machine, load
from inventory.secrets import secrets_of
from tests.passwords import settled

# Under `make test`, the settings of that make would reach those that tests run.
for _name in ("MAKEFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "MFLAGS"):
    os.environ.pop(_name, None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--environment", default="lab", help="the environment whose machines are checked")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test marked `machines("mail")` once for each machine that runs mail.

    "all" is every machine, "connected" those that may reach the platform (a visitor's network may not).
    """
    marker = metafunc.definition.get_closest_marker("machines")
    if marker is None:
        return
    administration = load(metafunc.config.getoption("environment"))
    (capability,) = marker.args
    machines = [
        m for m in administration.machines.values() if capability in ("all", *m.runs) or connected(m, capability)
    ]
    metafunc.parametrize(
        "machine",
        [pytest.param(machine, id=machine.name, marks=pytest.mark.xdist_group(machine.name)) for machine in machines],
    )


def connected(machine: Machine, capability: str) -> bool:
    return capability == "connected" and (machine.network is None or "resina" in machine.network.reaches)


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the groups in the same hook
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Journeys need a workstation that plays the users: an environment without one has none of them."""
    if not any("workstation" in getattr(item, "fixturenames", ()) for item in items):
        return
    administration = load(config.getoption("environment"))
    if administration.environment.journeys_from is None:
        left_out = [item for item in items if "workstation" in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
        return
    for item in items:
        if "workstation" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group(administration.environment.journeys_from))


@pytest.fixture(scope="session")
def administration(request: pytest.FixtureRequest) -> Administration:
    return load(request.config.getoption("environment"))


@pytest.fixture
def host(machine: Machine, administration: Administration) -> Host:
    """The machine under test."""
    return connect(administration, machine.name)


def connect(administration: Administration, name: str) -> Host:
    """A testinfra host by its name in the ssh_config."""
    return testinfra.get_host(f"ssh://{name}", ssh_config=str(administration.environment.ssh_config))


def reaches(host: Host, address: str, port: int) -> bool:
    """Whether a machine is let in at a port of another one; silence is a no."""
    done = host.run("timeout 3 bash -c %s - %s %s", '<"/dev/tcp/$1/$2"', address, str(port))
    assert done.rc in (0, 1, 124), done.stderr  # anything else says nothing of the port
    return bool(done.rc == 0)


@dataclass(frozen=True)
class Workstation:
    """A user's machine: where journeys begin."""

    host: Host
    name: str
    ssh_config: str

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        return self.run_stdin(command, "")

    def run_stdin(self, command: str, stdin: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Run a command that reads `stdin`: passwords and scripts go this way, never in a command line."""
        return subprocess.run(
            ["ssh", "-F", self.ssh_config, self.name, command],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )


@pytest.fixture(scope="session")
def workstation(administration: Administration) -> Workstation:
    name = administration.environment.journeys_from
    assert name is not None
    return Workstation(connect(administration, name), name, str(administration.environment.ssh_config))


@pytest.fixture(scope="session")
def password_of(administration: Administration, workstation: Workstation) -> Callable[[str], str]:
    """The password of a person of the inventory: the one they chose at the workstation, after the temporary one."""
    store = secrets_of(administration.environment)
    institutions = {person.login: institution.institution for institution, person in administration.people()}

    def say(command: str, typed: str) -> tuple[int, str]:
        ran = workstation.run_stdin(command, typed)
        return ran.returncode, ran.stdout + ran.stderr

    @cache
    def password_of(login: str) -> str:
        temporary = store.get(f"institution-{institutions[login]}", login).reveal()
        return settled(login, temporary, say, administration.environment.state / "passwords.lock")

    return password_of
