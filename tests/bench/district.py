"""A copy of the repository with an inventory of buildings, and the campus that it manages."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from inventory.hosts import write_ssh_config
from inventory.model import load
from inventory.secrets import create_identity, secrets_of
from roles import lan
from roles.network.alike import BLOCK
from roles.network.history import History, Why, folder_of
from roles.played.switch.files.switch.ios.personality import IOS
from tests.bench import buildings
from tests.bench.paths import ROOT

LIMIT = 900  # seconds for one run
ALONE = ("setpriv", "--pdeathsig", "KILL", "unshare", "--net")  # a network namespace that ends with its process


@dataclass(frozen=True)
class Run:
    """A command that ended: seconds of the clock, of its processor and of the campus's; its exit status and words."""

    wall: float
    cpu: float
    campus: float
    status: int
    output: str


class District:
    """`folder` holds the repository; its .cache/bench what is generated. The campus runs while this is entered."""

    def __init__(self, folder: Path, switches: int) -> None:
        self.place = folder / "repository"
        self.state = self.place / ".cache" / buildings.ENVIRONMENT
        self.names = buildings.switches(switches)
        self._copy()
        self._prepare()

    def _copy(self) -> None:
        """The repository as it is here, uncommitted work too."""
        shutil.rmtree(self.place, ignore_errors=True)
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            check=True,
            text=True,
        )
        for name in filter(None, listed.stdout.split("\0")):
            if not name.startswith("inventory/sites/") and (ROOT / name).is_file():
                (self.place / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, self.place / name)
        buildings.write(self.place / "inventory", len(self.names), before=False)
        buildings.write(self.place.with_name("before"), len(self.names), before=True)

    def _prepare(self) -> None:
        """Secrets, what each switch runs before and must run after, and a history that knows the first."""
        os.chdir(self.place)  # an environment's files are relative to the repository
        create_identity(self.state / "age.txt", self.state / "secrets")
        subprocess.run(
            [sys.executable, "-m", "deploys.secrets", "--environment", buildings.ENVIRONMENT],
            check=True,
            env=self.environment(),
            stdout=subprocess.DEVNULL,
        )
        self.before = self._configurations(self.place.with_name("before"))
        self.after = self._configurations(self.place / "inventory")
        administration = load(buildings.ENVIRONMENT, self.place / "inventory")
        write_ssh_config(administration)
        self.addresses = {name: str(administration.switches[name].entry.address) for name in self.names}
        campus = {name: (self.addresses[name], text) for name, text in self.before.items()}
        (self.state / "campus.json").write_text(json.dumps(campus))
        (self.state / "intended").mkdir()
        for name, target in lan.targets(administration).items():
            (self.state / "intended" / f"{name}.cfg").write_text(target.intended)

    def _configurations(self, inventory: Path) -> dict[str, str]:
        """What each switch prints that was given what an inventory says."""
        administration = load(buildings.ENVIRONMENT, inventory)
        targets = lan.targets(administration)
        return {name: IOS.dump(IOS.load(targets[name].intended)) for name in self.names}

    def environment(self) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(self.place), "LC_ALL": "C.UTF-8"}

    def __enter__(self) -> "District":
        command = [*ALONE, sys.executable, "-m", "tests.bench.campus", str(self.state)]
        self._campus = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert self._campus.stdout
        if self._campus.stdout.readline() != "ready\n":
            raise RuntimeError("the campus does not start")
        environment = load(buildings.ENVIRONMENT, self.place / "inventory").environment
        History(folder_of(environment), Why("bench"), secrets_of(environment).hide).found(self.before)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._campus.stdin
        self._campus.stdin.close()
        self._campus.wait()

    def ask(self, question: str) -> Any:
        assert self._campus.stdin
        assert self._campus.stdout
        self._campus.stdin.write(f"{question}\n")
        self._campus.stdin.flush()
        return json.loads(self._campus.stdout.readline())

    def _inside(self) -> tuple[str, str]:
        """Into the network of the campus: its addresses are nobody else's, and nothing leads out of it."""
        return "nsenter", f"--net=/proc/{self._campus.pid}/ns/net"

    def reset(self) -> None:
        self.ask("reset")

    def run(self, command: Sequence[str]) -> Run:
        """Run a command from its beginning to its end; it is killed where it takes more than its limit."""
        output, campus = self.place.with_name("output"), self.ask("cpu")
        with output.open("w") as file:
            began = time.monotonic()
            process = subprocess.Popen(
                [*self._inside(), *command],
                cwd=self.place,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            before = signal.signal(signal.SIGALRM, lambda *_: os.killpg(process.pid, signal.SIGKILL))
            signal.alarm(LIMIT)
            try:
                _, status, usage = os.wait4(process.pid, 0)
            except BaseException:
                os.killpg(process.pid, signal.SIGKILL)
                raise
            finally:
                signal.alarm(0)
                signal.signal(signal.SIGALRM, before)
            wall = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        return Run(
            wall=wall,
            cpu=usage.ru_utime + usage.ru_stime,
            campus=self.ask("cpu") - campus,
            status=process.returncode,
            output=output.read_text(errors="replace"),
        )

    def fault(self, run: Run, expected: int, changed: Sequence[str]) -> str:
        """Why a run does not count; empty where it does: these switches are as intended, the others as before."""
        if run.status != expected:
            return f"exit status {run.status}: {' | '.join(run.output.splitlines()[-5:])}"
        found = {name: [_sections(text) for text in texts] for name, texts in self.ask("state").items()}
        wrong = [name for name, sections in found.items() if sections != self._wanted(name, name in changed)]
        return f"{len(wrong)} switches are not as they must be ({wrong[0]})" if wrong else ""

    def _wanted(self, name: str, changed: bool) -> list[list[str]]:
        return [_sections((self.after if changed else self.before)[name])] * 2


def _sections(configuration: str) -> list[str]:
    """Its sections, each with its lines as they stand; their order says nothing but when each came."""
    return sorted(BLOCK.findall(configuration))
