"""How each tool is run over the bench's machines, and how what it says is read."""

import json
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.bench import playbook
from tests.bench.machines import KEY, KNOWN_HOSTS, Machine, ssh_config
from tests.bench.paths import ANSIBLE, CONTROL, HERE, ROOT, RUN
from tests.bench.probe import Question

TREE = RUN / "tree"  # the working directory: deploys/bench.py below it, and what the engine keeps between runs
BATCH = RUN / "batch.json"
ONE_WAY = 15  # milliseconds: 30 there and back, as on RESINA


@dataclass(frozen=True)
class Counts:
    """What a tool says that it did, over all hosts."""

    tasks: int | None  # None: it does not say
    changed: int


@dataclass(frozen=True)
class Tool:
    """One way to keep the state."""

    name: str
    title: str
    command: Callable[[list[Machine]], list[str]]
    read: Callable[[str], Counts | None] | None  # None: it keeps no state, it only asks
    limit: int  # seconds
    far: bool = False  # over the line with a delay, to one host


def prepare(machines: list[Machine]) -> None:
    """Write what the tools read."""
    (TREE / "deploys").mkdir(parents=True)
    (TREE / "deploys" / "bench.py").symlink_to(HERE / "deploys" / "ours.py")
    (RUN / "playbook.json").write_text(playbook.playbook())
    (RUN / "hosts.ini").write_text("".join(f"{machine.name}\n" for machine in machines))


def environment(tool: Tool, machines: list[Machine]) -> dict[str, str]:
    """What a tool finds in its environment: nothing of the person who runs the bench."""
    config = ssh_config(tool.far)
    mitogen = next(ANSIBLE.parents[1].glob("lib/python3*/site-packages/ansible_mitogen/plugins/strategy"), None)
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(RUN / "home"),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
        "PYTHONSAFEPATH": "1",  # `deploys` is the repository's package, not the folder here
        "BENCH_MACHINES": ",".join(machine.name for machine in machines),
        "BENCH_SSH_CONFIG": str(config),
        "BENCH_KEY": str(KEY),
        "BENCH_KNOWN_HOSTS": str(KNOWN_HOSTS),
        "ANSIBLE_CONFIG": str(HERE / "ansible.cfg"),
        "ANSIBLE_HOME": str(RUN / "ansible"),
        "ANSIBLE_LOCAL_TEMP": str(RUN / "ansible" / "tmp"),
        "ANSIBLE_SSH_ARGS": f"-F {config} -o ControlMaster=auto -o ControlPersist=60s",
        "ANSIBLE_SSH_CONTROL_PATH_DIR": str(CONTROL / "control"),
        **(
            {"ANSIBLE_STRATEGY": "mitogen_linear", "ANSIBLE_STRATEGY_PLUGINS": str(mitogen)}
            if tool.name == "mitogen"
            else {}
        ),
    }


def keep_batch(questions: list[Question]) -> None:
    """Make what the engine asked into the one exec of the floor; several execs are joined into one."""
    if len(questions) == 1:
        command, stdin = questions[0].command, questions[0].stdin.decode()
    else:
        distinct = dict.fromkeys(question.command for question in questions if not question.stdin)
        command, stdin = "sh -s", "".join(f"( {each}\n) </dev/null\n" for each in distinct)
    BATCH.write_text(json.dumps({"command": command, "stdin": stdin}))


def engine(verb: str, *options: str) -> list[str]:
    """The engine is run here and nowhere else."""
    inventory = str(HERE / "deploys" / "hosts.py")
    return [sys.executable, "-m", "deploys.engine", verb, "--deploy", "bench", "--inventory", inventory, *options]


def _ours(_: list[Machine]) -> list[str]:
    return engine("deploy", "--yes", "--json")


def _pyinfra(_: list[Machine]) -> list[str]:
    program = str(Path(sys.executable).with_name("pyinfra"))
    return [program, "-y", str(HERE / "deploys" / "hosts.py"), str(HERE / "deploys" / "stock.py")]


def _ansible(machines: list[Machine]) -> list[str]:
    limit = ("--limit", ",".join(machine.name for machine in machines))
    return [str(ANSIBLE), "--inventory", str(RUN / "hosts.ini"), *limit, str(RUN / "playbook.json")]


def _floor(machines: list[Machine]) -> list[str]:
    return _ask([machine.address for machine in machines])


def _far_floor(machines: list[Machine]) -> list[str]:
    return _ask([machine.far_address for machine in machines])


def _ask(addresses: list[str]) -> list[str]:
    return [sys.executable, str(HERE / "floor.py"), str(BATCH), str(KEY), str(KNOWN_HOSTS), *addresses]


def _read_ours(text: str) -> Counts | None:
    events = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    ends = [event for event in events if event["event"] == "end"]
    return Counts(None, ends[-1]["changed"]) if ends else None


def _read_pyinfra(text: str) -> Counts | None:
    total = re.search(r"Grand total +(\d+) +(\d+|-) +(?:\d+|-) +(?:\d+|-)", text)
    return total and Counts(int(total[1]), int(total[2].replace("-", "0")))


def _read_ansible(text: str) -> Counts | None:
    rows = re.findall(r"^bench-\d+ +: ok=(\d+) +changed=(\d+)", text, re.MULTILINE)
    return Counts(sum(int(done) for done, _ in rows), sum(int(changed) for _, changed in rows)) if rows else None


# How many tasks there are is what the engine does not say when there is nothing to do.
CATALOGUE = RUN / "catalogue.json"
catalogue = Tool("catalogue", "our engine", lambda _: engine("catalogue", "--out", str(CATALOGUE)), None, 60)

TOOLS = {
    tool.name: tool
    for tool in (
        Tool("ours", "our engine", _ours, _read_ours, 180),
        Tool("pyinfra", "pyinfra -y", _pyinfra, _read_pyinfra, 300),
        Tool("ansible", "ansible-core", _ansible, _read_ansible, 600),
        Tool("mitogen", "ansible + mitogen", _ansible, _read_ansible, 300),
        Tool("floor", "floor", _floor, None, 60),
        Tool("rtt", "our engine, 30 ms", _ours, _read_ours, 180, far=True),
        Tool("rtt-floor", "floor, 30 ms", _far_floor, None, 60, far=True),
    )
}
