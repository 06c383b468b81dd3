"""Machines: system containers on an overlay of the base image, each in its own namespace and cgroup."""

import sys
from collections.abc import Generator

from pyinfra import host
from pyinfra.api import FactBase, StringCommand, operation

from roles.common.commands import Explained
from roles.lab import paths
from roles.lab.background import DEVICE, background
from roles.lab.topology import LabMachine, Topology


class MachineStates(FactBase[dict[str, str]]):
    """Of each lab machine: "answers" (its sshd listens), "starts" or "stopped"."""

    default = dict

    def command(self) -> str:
        return (
            "for n in $(ip netns list | cut -d' ' -f1 | sed -n 's/^lab-//p'); do"
            ' if ! pgrep -f "^systemd-nspawn .*=/run/netns/lab-$n " >/dev/null; then echo $n stopped;'
            " elif ip netns exec lab-$n ss -Hltn 'sport = :22' | grep -q .; then echo $n answers;"
            " else echo $n starts; fi; done"
        )

    def process(self, output: list[str]) -> dict[str, str]:
        return dict(line.split() for line in output)


@operation()
def gone(topology: Topology) -> Generator[StringCommand, None, None]:
    """
    Ensure that a machine which the inventory no longer has is no more: its power, its cables, its disk.

    + topology: what the lab must hold
    """
    known = {namespace.removeprefix("lab-") for namespace in topology.namespaces}
    unknown = [name for name in host.get_fact(MachineStates) if name not in known]
    if not unknown:
        host.noop("no machine is too many")
        return
    command = f"cd {paths.ROOT} && {sys.executable} -m roles.lab.destroy {' '.join(unknown)}"
    yield Explained(command, changes=[f"remove {name}" for name in unknown])


@operation()
def running(topology: Topology) -> Generator[StringCommand, None, None]:
    """
    Ensure that every machine of the lab runs.

    + topology: what the lab must hold
    """
    states = host.get_fact(MachineStates)
    stopped = [m for m in topology.machines.values() if states.get(m.name, "stopped") == "stopped"]
    if not stopped:
        host.noop("every machine runs")
        return
    starts = [_start(machine) for machine in stopped]
    yield Explained(" ".join(starts), changes=[f"start {machine.name}" for machine in stopped])


@operation()
def answering(topology: Topology, seconds: int = 120) -> Generator[StringCommand, None, None]:
    """
    Ensure that every machine's sshd listens; fails after some time.

    + topology: what the lab must hold
    + seconds: how long to wait
    """
    states = host.get_fact(MachineStates)
    if all(states.get(name) == "answers" for name in topology.machines):
        host.noop("every machine answers")
        return
    names = " ".join(topology.machines)
    yield StringCommand(
        f"deadline=$(($(date +%s) + {seconds})); for n in {names}; do",
        "until ip netns exec lab-$n ss -Hltn 'sport = :22' | grep -q .; do",
        f'[ $(date +%s) -lt $deadline ] || {{ echo "$n does not answer: see {paths.MACHINES}/$n/console.log" >&2;',
        "exit 1; }; sleep 0.2; done; done",
    )


def _start(machine: LabMachine) -> str:
    folder = paths.MACHINES / machine.name
    return background(machine.name, f"{folder}/run", folder / "run.log", weight=DEVICE if machine.device else 1)
