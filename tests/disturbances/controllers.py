"""The domain controllers of the lab: stopped, cut off, and whether they hold the same again."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from inventory.model import Administration
from tests.disturbances.lab import SILENCE, Lab

CHECK = "check-replication"
SAMBA = "samba-ad-dc.service"
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
    def stopped(self, name: str) -> Iterator[None]:
        """Samba does not run: its machine refuses whoever asks for it."""
        try:
            self.run(name, f"systemctl stop {SAMBA}")
            yield
        finally:
            self.run(name, f"systemctl start {SAMBA}")

    @contextmanager
    def cut_off(self, name: str) -> Iterator[None]:
        """Every packet from and to it is lost, and nobody is told: its neighbours still see its interface."""
        hooks = " ".join(
            f"chain {way} {{ type filter hook {way} device eth0 priority 0; policy accept; meta protocol ip drop; }};"
            for way in ("ingress", "egress")
        )
        inside = ("ip", "netns", "exec", f"lab-{name}", "nft")
        try:
            subprocess.run([*inside, f"table netdev {SILENCE} {{ {hooks} }}"], check=True, timeout=30)
            yield
        finally:
            subprocess.run(
                [*inside, f"add table netdev {SILENCE}; delete table netdev {SILENCE}"], check=True, timeout=30
            )

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
