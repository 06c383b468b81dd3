"""The domain controllers of the lab: cut off, without power, taken away; and whether they hold the same again."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from inventory.model import Administration
from tests.disturbances.lab import Lab, link
from tests.rehearsals.conftest import ROOT, run

CHECK = "check-replication"
STATE, SAMBA = "/var/lib/samba", "samba-ad-dc.service"
BOOT = ("deploys.engine", "deploy", "--deploy", "lab", "--inventory", "@local", "--yes")  # what has no power gets it
PROBE = "essai.controleur"  # an account that tests make and take away


class Controllers:
    """Both controllers, by the names of their machines."""

    def __init__(self, administration: Administration) -> None:
        self.lab = Lab(administration)
        self.names = [controller.name for controller in administration.running("directory")]

    def run(self, name: str, command: str, check: bool = True) -> str:
        return self.lab.run(name, f"{{ {command}; }} 2>&1", check)

    def other(self, name: str) -> str:
        return next(each for each in self.names if each != name)

    def troubles(self, name: str) -> list[str]:
        """What a controller says that it does not share with the others; nothing where it holds the same."""
        said = self.run(name, f"{CHECK} 2>/dev/null || echo failed", check=False)
        return said.splitlines() if "failed" in said or "does not answer" in said else []

    def whole(self, seconds: float = 60) -> None:
        """Wait until each holds what the other holds."""
        found: list[str] = []

        def same() -> bool:
            found[:] = [trouble for name in self.names for trouble in self.troubles(name)]
            return not found

        try:
            self.lab.wait(same, seconds)
        except AssertionError:
            raise AssertionError(f"the controllers do not hold the same: {'; '.join(found)}") from None

    @contextmanager
    def cut_off(self, *names: str) -> Iterator[None]:
        """Nobody reaches them, and nobody is told: at the far end of their cable the carrier is gone."""
        cables = [self.lab.cable(name, "eth0") for name in names]
        ends = [
            cable.left if cable.right[0] == f"lab-{name}" else cable.right
            for name, cable in zip(names, cables, strict=True)
        ]
        try:
            for namespace, interface in ends:
                link(namespace, interface, "down")
            yield
        finally:
            for namespace, interface in ends:
                link(namespace, interface, "up")

    def add(self, name: str) -> None:
        """An account, made on one controller by hand."""
        self.run(name, f"samba-tool user create {PROBE} --random-password --description=essai")

    def has(self, name: str) -> bool:
        return "description: essai" in self.run(
            name, f"samba-tool user show {PROBE} --attributes=description", check=False
        )

    def remove(self) -> None:
        """Wherever it is: on each of those that have it."""
        for name in self.names:
            if self.has(name):
                self.run(name, f"samba-tool user delete {PROBE}")

    def deploy(self, *names: str) -> subprocess.CompletedProcess[str]:
        return run(ROOT, "deploys.engine", "deploy", "--yes", "--limit", ",".join(names), "--reason", "a disturbance")

    def take_away(self, name: str) -> None:
        """The machine and its disk are lost; a new one with nothing but Debian stands in its place."""
        for step in (("roles.lab.destroy", name), BOOT):
            done = run(ROOT, *step)
            assert done.returncode == 0, done.stdout + done.stderr

    def size(self, name: str) -> int:
        """What samba keeps, in MiB."""
        return int(self.run(name, f"du -sm {STATE} | cut -f1"))
