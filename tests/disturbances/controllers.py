"""The domain controllers of the lab: stopped, cut off, taken away, full; and whether they hold the same again."""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from inventory.model import Administration
from tests.disturbances.lab import SILENCE, Lab
from tests.rehearsals.conftest import ROOT, run

CHECK = "check-replication"
STATE, SAMBA = "/var/lib/samba", "samba-ad-dc.service"
DATABASE = f"{STATE}/private/sam.ldb"
OVER = "/mnt/samba"
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
        try:
            said = self.run(name, f"{CHECK} 2>/dev/null || echo failed", check=False)
        except subprocess.TimeoutExpired:  # it restarts samba where another was made anew
            return [f"{name} has not said yet"]
        return said.splitlines() if "failed" in said or "does not answer" in said else []

    def whole(self, seconds: float = 120) -> None:
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
            if self.has(name):  # or just had: the deletion of another may come first
                self.run(name, f"samba-tool user delete {PROBE}", check=False)
            assert not self.has(name)

    def engine(
        self, what: str, *options: str, place: Path = ROOT, names: Sequence[str] = ()
    ) -> subprocess.CompletedProcess[str]:
        """A plan or a deploy of the directory, on all controllers or on those that are named."""
        sure = ("--yes", "--reason", "a disturbance") if what == "deploy" else ()
        where = ("--deploy", "directory", "--limit", ",".join(names or self.names))
        return run(place, "deploys.engine", what, *where, *sure, *options)

    def unchanged(self) -> None:
        """The controllers are what the repository says."""
        planned = self.engine("plan")
        assert planned.returncode == 0, planned.stdout + planned.stderr

    def take_away(self, name: str) -> None:
        """The machine and its disk are lost; a new one with nothing but Debian stands in its place."""
        for step in (("roles.lab.destroy", name), BOOT):
            done = run(ROOT, *step)
            assert done.returncode == 0, done.stdout + done.stderr

    @contextmanager
    def little_room(self, name: str, room: int) -> Iterator[None]:
        """What samba keeps is on a disk of its own, in memory, where only so many MiB are left. Then it is back."""
        size = int(self.run(name, f"du -sm {STATE} | cut -f1")) + room
        disk = f"mkdir -p {OVER} && mount -t tmpfs -o size={size}m,mode=755 tmpfs {OVER}"
        copy = f"cp -a {STATE}/. {OVER}/ && mount --bind {OVER} {STATE} && umount {OVER}"
        kept = f"cp -a {STATE} {STATE}.kept && umount {STATE}"
        back = f"! mountpoint -q {STATE} || {{ {kept} && rm -rf {STATE} && mv {STATE}.kept {STATE}; }}"
        try:
            self.run(name, f"systemctl stop {SAMBA}; {disk} && {copy} && systemctl start {SAMBA}")
            yield
        finally:
            self.run(name, f"rm -f {STATE}/full; systemctl stop {SAMBA}; {{ {back}; }} && systemctl start {SAMBA}")

    def fill(self, name: str) -> None:
        """No byte more fits on the disk of `little_room`."""
        self.run(name, f"mountpoint -q {STATE} && ! dd if=/dev/zero of={STATE}/full bs=4k status=none")

    def dbcheck(self, name: str) -> str:
        """What samba says last of its database."""
        return self.run(name, "samba-tool dbcheck --cross-ncs", check=False).strip().splitlines()[-1]
