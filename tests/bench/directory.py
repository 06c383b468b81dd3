"""How fast a directory of 20,000 people is read, compared and changed: `python -m tests.bench.directory`.

A machine of the bench's own holds a domain that is provisioned for it, with samba as the lab's controller has it, and
with no service running. What is timed is the whole command, as an engineer waits for it: Python starts, the inventory
is read, ssh connects, the directory answers, the difference is found and printed, the changes are made.
`samba-tool user create` is timed on the machine itself, for a few people; each is as long as the next.
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from inventory.model import load
from roles.directory.config import DATABASE
from roles.directory.ldif import parse, text_of
from roles.directory.objects import changes, desired_of
from roles.directory.operations import BATCH
from tests import scale
from tests.bench import machines as lab
from tests.bench import tools
from tests.bench.command import command
from tests.bench.engine import build_image, say, unstoppable
from tests.bench.inventory import Figure, Run
from tests.bench.machines import IN_NAMESPACE, Machine, MachineError
from tests.bench.paths import HERE, ROOT, RUN

CONTROLLER = ROOT / ".cache/lab/machines/dc1/upper"
EACH, NEW_EACH = 667, 67  # people of each of thirty institutions, and how many of them are new: 20,010 and 2,010
BY_HAND = 20  # people made by samba-tool in a round
TIMES = 30  # how many times faster we are to be
PASSWORD = "Bench-by-hand-2026"  # not-a-secret: of accounts that live as long as the bench
SMB_CONF = """\
[global]
    server role = active directory domain controller
    realm = {realm}
    workgroup = {workgroup}
    netbios name = DC1
    ad dc functional level = 2016
    interfaces = lo
    bind interfaces only = yes
    disable netbios = yes
    ntlm auth = disabled
    nt hash store = auto
[sysvol]
    path = /var/lib/samba/sysvol
[netlogon]
    path = /var/lib/samba/sysvol/scripts
"""
SNAPSHOT = "/var/lib/samba.before"


def measure(rounds: int) -> bool:
    """Print the figures; whether each is reached."""
    nothing, planned, created, by_hand = [], [], [], []
    build_image()
    lab.stop()  # what a dead bench left
    try:
        (machine,) = lab.start(1)
        tools.prepare([machine])
        (tools.TREE / "deploys" / "bench.py").unlink()
        (tools.TREE / "deploys" / "bench.py").symlink_to(HERE / "deploys" / "people.py")
        before, after = RUN / "before", RUN / "after"
        scale.write(before, EACH - NEW_EACH)
        scale.write(after, EACH)
        say("a domain")
        found(machine, before)
        say(f"{scale.INSTITUTIONS * (EACH - NEW_EACH)} people")
        fill(machine, before)
        engine(machine, before, "plan", status=0)  # Python compiles the modules once
        for number in range(1, rounds + 1):
            say(f"round {number}")
            planned.append(engine(machine, after, "plan", status=2))
            created.append(engine(machine, after, "deploy", "--yes", status=0))
            nothing.append(engine(machine, after, "plan", status=0))
            by_hand.append(created_by_hand(machine))
            machine.run(f"rm -rf /var/lib/samba && cp -a {SNAPSHOT} /var/lib/samba")
    finally:
        with unstoppable():
            lab.stop()
    people, new = scale.INSTITUTIONS * EACH, scale.INSTITUTIONS * NEW_EACH
    figures = [
        Figure(f"nothing to do, {people} people", nothing, 3),
        Figure(f"plan of {new} new people in {people}", planned, 5),
    ]
    ratios = [hand * new / ours.wall for hand, ours in zip(by_hand, created, strict=True)]
    walls = ", ".join(f"{run.wall:.1f}" for run in created)
    print(f"\n| the directory | median of {rounds} | processor, here | wanted | |\n|---|---|---|---|---|")
    print("\n".join(map(str, figures)))
    print(
        f"| {new} people created, with plan | {median(run.wall for run in created):.1f} s ({walls})"
        f" | {median(run.cpu for run in created):.2f} s | | |"
    )
    reached = median(ratios) >= TIMES
    times, each = ", ".join(f"{ratio:.0f}" for ratio in ratios), median(by_hand)
    print(
        f"| {new} × `samba-tool user create` ({each:.2f} s each, of {BY_HAND})"
        f" | {each * new:.0f} s: {median(ratios):.0f} times as long ({times}) | | ≥ {TIMES} times"
        f" | {'reached' if reached else 'MISSED'} |"
    )
    print(f"\nload of this machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    return reached and all(figure.reached for figure in figures)


def found(machine: Machine, inventory: Path) -> None:
    """A domain on the machine, as roles/directory provisions one."""
    if not (CONTROLLER / "usr/bin/samba-tool").exists():
        raise MachineError("samba comes from the lab's controller: `make lab` first")
    for name in ("usr", "etc/ld.so.cache"):
        into = machine.folder / "root" / name
        subprocess.run(["cp", "-a", "--remove-destination", str(CONTROLLER / name), str(into.parent)], check=True)
    platform = load("lab", inventory).platform
    config = SMB_CONF.format(realm=platform.realm, workgroup=platform.workgroup)
    (machine.folder / "root/etc/samba").mkdir(exist_ok=True)
    (machine.folder / "root/etc/samba/smb.conf").write_text(config)
    machine.run(
        "mkdir -p /var/lib/samba/private /var/log/samba /run/samba /var/cache/samba\n"
        "samba-tool domain provision --server-role=dc --dns-backend=SAMBA_INTERNAL --use-rfc2307 --function-level=2016"
        f" --realm={platform.realm} --domain={platform.workgroup} --host-name=dc1 --host-ip=127.0.0.1 --quiet"
        f" --adminpass={PASSWORD}"
    )


def fill(machine: Machine, inventory: Path) -> None:
    """The people that were there before, without passwords, which would take the longest."""
    desired = desired_of(load("lab", inventory))
    records = [change.record for change in changes(desired, parse([]))]
    for first in range(0, len(records), BATCH):
        text = text_of(records[first : first + BATCH])
        (machine.folder / "root/root/batch.ldif").write_text(text)
        machine.run(f"ldbmodify -H {DATABASE} /root/batch.ldif >/dev/null")
    engine(machine, inventory, "deploy", "--yes", status=0)  # what else the role puts in a domain
    machine.run(f"cp -a /var/lib/samba {SNAPSHOT}")


def engine(machine: Machine, inventory: Path, *command: str, status: int) -> Run:
    """One command of the engine, whose exit status must be this."""
    environment = tools.environment(tools.TOOLS["ours"], [machine]) | {"BENCH_INVENTORY": str(inventory)}
    output = RUN / "output"
    with output.open("w") as file:
        began, before = time.perf_counter(), os.times()
        ran = subprocess.run(
            [*IN_NAMESPACE, *tools.engine(*command)],
            env=environment,
            cwd=tools.TREE,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            check=False,
        )
        wall, after = time.perf_counter() - began, os.times()
    if ran.returncode != status:
        raise MachineError(f"{command[0]} ends with {ran.returncode}: {output.read_text()[-2000:]}")
    return Run(wall, after.children_user + after.children_system - before.children_user - before.children_system)


def created_by_hand(machine: Machine) -> float:
    """The seconds that samba-tool takes for one person."""
    began = time.perf_counter()
    machine.run(f"for n in $(seq {BY_HAND}); do samba-tool user create hand$n {PASSWORD} >/dev/null; done")
    return (time.perf_counter() - began) / BY_HAND


if __name__ == "__main__":
    sys.exit(command("tests.bench.directory", __doc__, measure))
