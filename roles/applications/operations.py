"""Releases beside each other, one of them current; and no application that the inventory does not know."""

from collections.abc import Collection, Generator

from pyinfra import host
from pyinfra.api import QuoteString, operation

from roles.applications.config import SETTINGS
from roles.applications.facts import ApplicationUnits, CurrentRelease, ReleaseState
from roles.common.commands import Explained

SWITCH = "/usr/local/sbin/switch-release"


@operation()
def release(folder: str, artifact: str) -> Generator[Explained, None, None]:
    """
    Ensure that a wheel is installed in an environment of its own, over Debian's Python packages.

    + folder: the release's folder
    + artifact: the wheel, on the host
    """
    if host.get_fact(ReleaseState, folder=folder):
        host.noop(f"release {folder} is installed")
        return
    venv, complete = QuoteString(f"{folder}/venv"), QuoteString(f"{folder}/complete")
    python = QuoteString(f"{folder}/venv/bin/python")
    yield Explained(
        *("python3", "-m", "venv", "--clear", "--without-pip", "--system-site-packages", venv),
        *("&&", python, "-m", "installer", QuoteString(artifact), "&&", "touch", complete),
        changes=[f"install {folder}"],
    )


@operation()
def current(application: str, release: str, port: int) -> Generator[Explained, None, None]:
    """
    Ensure that an application serves a release; one that does not answer gives way to the one before.

    + application: its name
    + release: the name of the release
    + port: where it answers on the loopback
    """
    if host.get_fact(CurrentRelease, application=application) == release:
        host.noop(f"{application} serves {release}")
        return
    yield Explained(
        *(SWITCH, QuoteString(application), QuoteString(release), QuoteString(str(port))),
        changes=[f"{application}: migrate its database, serve {release} if it answers"],
        risk="interruption",
    )


@operation()
def only(applications: Collection[str]) -> Generator[Explained, None, None]:
    """
    Ensure that no other application runs. Its releases and its database stay.

    + applications: those that may
    """
    others = [name for name in host.get_fact(ApplicationUnits) if name not in applications]
    for name in others:
        units = [QuoteString(f"/etc/systemd/system/app-{name}{suffix}.service") for suffix in ("-migrate@", "")]
        yield Explained(
            *("systemctl", "disable", "--now", "--quiet", QuoteString(f"app-{name}.service")),
            *("&&", "rm", "-rf", QuoteString(f"{SETTINGS}/{name}"), *units, "&&", "systemctl", "daemon-reload"),
            changes=[f"application {name}: stop, and remove its settings"],
            risk="removal",
        )
    if not others:
        host.noop("no other application runs")
