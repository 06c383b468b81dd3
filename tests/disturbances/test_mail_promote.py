"""A mail server is lost under load, disk and all: the other one takes over, and nothing that was accepted is lost."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from deploys.promote import LINE
from inventory.model import Administration
from inventory.model.administration import MESSAGERIE
from roles.mail.config import RECOVERABLE
from tests.disturbances.lab import Lab
from tests.disturbances.mail_load import SENDERS, load
from tests.disturbances.switches import BOOT, cut_power
from tests.mail_programs import MailPrograms
from tests.rehearsals.conftest import NOT_OURS, ROOT, run
from tests.waiting import within

UNSEEN = 4  # seconds of mail that no copy of a mailbox has when the server is lost
SERVES = "systemctl is-active --quiet dovecot"
# It is up, has asked who serves, and nothing of mail runs or is about to.
STANDS_ASIDE = (
    "systemctl is-active --quiet mail-serves"
    " && ! systemctl list-jobs --no-legend | grep -qE '(dovecot|postfix|mail-serves)[.]service'"
    " && ! systemctl is-active --quiet dovecot postfix"
)
COPIED = "grep -qx 'mail_copy_waiting 0' /run/mail-copy/.figures"
FIGURE = "grep -qx 'mail_shadow_alone 0' /run/mail-shadow/figures"


@pytest.fixture
def place(hurtable: Administration, tmp_path: Path, tag: str) -> Iterator[Path]:  # noqa: ARG001  # it goes last
    """The repository, whose inventory a promotion changes; afterwards the server of ours is used again."""
    found = tmp_path / "repository"
    shutil.copytree(ROOT, found, ignore=NOT_OURS)
    (found / ".cache").symlink_to(ROOT / ".cache")
    used, lab = hurtable.running("mail")[0].name, Lab(hurtable)
    yield found
    booted = run(ROOT, *BOOT)
    assert booted.returncode == 0, booted.stdout + booted.stderr
    if (now := active(found)) != used:  # the test did not get to its end
        returned(lab, found, now, used)
    for machine in hurtable.mail_servers:
        assert within(90, lambda name=machine.name: answers(lab, name, SERVES)), machine.name
        assert within(90, lambda name=machine.name: answers(lab, name, FIGURE)), machine.name


@pytest.fixture
def tag(hurtable: Administration, pair: tuple[str, str]) -> Iterator[str]:
    word = f"perte{uuid4().hex[:12]}"
    yield word
    lab = Lab(hurtable)
    for machine in hurtable.mail_servers:
        ids = lab.run(
            machine.name, f'postqueue -j | grep {word} | sed \'s/.*"queue_id": "\\([^"]*\\).*/\\1/\'', check=False
        )
        for each in ids.split():
            lab.run(machine.name, f"postsuper -d {each}", check=False)
        for address in pair:
            for folder in ("INBOX", RECOVERABLE):
                lab.run(machine.name, f"doveadm expunge -u {address} mailbox {folder} SUBJECT {word}", check=False)


def answers(lab: Lab, machine: str, command: str) -> bool:
    """Whether a command succeeds there; a machine that is not there yet answers nothing."""
    # No connection is kept: the one from before it was cut off would be waited for.
    line = ["ssh", "-F", str(lab.ssh_config), "-o", "ControlPath=none", "-o", "ConnectTimeout=10", machine, command]
    try:
        return subprocess.run(line, capture_output=True, timeout=60, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def active(place: Path) -> str:
    """The server that the inventory of a repository names."""
    found = LINE.search((place / "inventory/platform.yaml").read_text())
    assert found is not None
    return found[2]


def returned(lab: Lab, place: Path, used: str, old: str) -> None:
    """The server of before becomes the standby of the one that is used, has all that that has, and takes over."""
    options = ("--deploy", "mailservers", "--limit", old, "--yes")
    deployed = run(place, "deploys.engine", "deploy", *options)
    assert deployed.returncode == 0, deployed.stdout + deployed.stderr
    assert within(240, lambda: answers(lab, used, COPIED)), lab.run(used, "cat /run/mail-copy/.figures", check=False)
    promoted(place, old)


def promoted(place: Path, name: str) -> str:
    """What a promotion says; it may be asked for again where something was busy."""
    for _ in range(2):
        ran = run(place, "deploys.promote", name, "--yes")
        if ran.returncode == 0:
            break
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_a_mail_server_lost_with_its_disk_loses_nothing(
    hurtable: Administration, place: Path, programs: MailPrograms, pair: tuple[str, str], tag: str
) -> None:
    lab = Lab(hurtable)
    old, new = hurtable.running("mail")[0].name, hurtable.standing_by[0].name
    nowhere = f"{tag}@[{hurtable.running('database')[0].address}]"  # it takes no mail: what is for it waits
    people = MailPrograms(programs.workstation, hurtable.fqdn(MESSAGERIE), programs.password)
    began = time.monotonic()
    with load(people, pair, tag) as sent:
        assert sent.goes_on(60, more=5)
        assert people.send(pair[0], nowhere, f"{tag}-outside")[0] == 250
        lab.run(old, "systemctl stop mail-copy")
        time.sleep(UNSEEN)
        assert sent.goes_on(30, more=5)
        cut_power(old)
        lost_at = time.monotonic()
        said = promoted(place, new)
        assert sent.goes_on(90, more=5)
        print(f"used again {time.monotonic() - lost_at:.0f} s after the loss; {said.strip()}")
    print(f"{len(sent.accepted)} accepted; lost: {sent.lost}; twice: {sent.twice}")
    assert sent.said["refused"] == []
    assert sent.lost == set()
    # What waited for the outside goes on from here.
    assert within(30, lambda: nowhere in lab.run(new, "postqueue -j", check=False))
    # Who had no answer yet sends again what the other server had a copy of.
    assert len(sent.twice) <= SENDERS + 1
    # It comes back, and serves nobody before it is told what it is.
    booted = run(ROOT, *BOOT)
    assert booted.returncode == 0, booted.stdout + booted.stderr
    assert within(120, lambda: answers(lab, old, STANDS_ASIDE)), "it serves, and is not the one that people use"
    returned(lab, place, new, old)
    # Back with its own queue and mailboxes, it has everything once.
    found = lab.run(old, f"doveadm fetch -u {pair[1]} hdr.subject mailbox INBOX SUBJECT {tag}")
    assert sent.accepted <= {line.partition(":")[2].strip() for line in found.splitlines() if ":" in line}
    left = run(ROOT, "deploys.engine", "plan", "--limit", f"{old},{new}")
    assert left.returncode == 0, left.stdout  # nothing is left to do on either
    print(f"all of it {time.monotonic() - began:.0f} s")
