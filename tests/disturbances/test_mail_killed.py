"""Every daemon of mail is killed under load, then the power is cut: nothing that was accepted is lost."""

import time
from collections.abc import Iterator
from uuid import uuid4

import pytest
from testinfra.host import Host

from inventory.model import Administration
from tests.disturbances.lab import Lab
from tests.disturbances.mail_load import forget, load
from tests.disturbances.switches import BOOT, cut_power
from tests.mail_programs import MailPrograms
from tests.rehearsals.conftest import ROOT, run
from tests.waiting import within

GOES_ON = 45  # seconds until mail is taken in again after a death
FAILED = "systemctl list-units --failed --plain --no-legend | cut -d' ' -f1"
DELIVERY = "dovecot/lmtp"  # a process for each delivery, gone before anybody has looked twice
# The first one that is met is killed in the middle of what it does.
MET = f"timeout 20 sh -c 'until kill -9 $(pgrep -o -f ^{DELIVERY}) 2>/dev/null; do :; done'"


@pytest.fixture
def tag(mail_server: Host, pair: tuple[str, str]) -> Iterator[str]:
    word = f"tue{uuid4().hex[:12]}"
    yield word
    forget(mail_server, pair, word)


def services(administration: Administration, mail: str) -> list[str]:
    """What systemd runs on the mail server and not on any server: whoever adds a daemon has it killed here."""
    lab = Lab(administration)

    def running(name: str) -> set[str]:
        said = lab.run(name, "systemctl list-units --type=service --state=running --plain --no-legend")
        return {line.split()[0] for line in said.splitlines()}

    others = [administration.running(capability)[0].name for capability in ("applications", "database")]
    common = running(others[0]) & running(others[1])
    # Those of systemd itself begin when somebody asks, and end by themselves.
    return sorted(unit for unit in running(mail) - common if not unit.startswith(("user@", "systemd-")))


def daemons(mail_server: Host, units: list[str]) -> dict[tuple[str, str], list[str]]:
    """The processes of some units, by unit and by what they call themselves."""
    found: dict[tuple[str, str], list[str]] = {}
    for line in mail_server.check_output("ps -ww -eo pid=,unit=,args=").splitlines():
        pid, unit, *title = line.split()
        if unit in units:
            # "rspamd: normal process (…)" is one kind of many; of the others the first word says which.
            kind = " ".join(title[:2]) if title[0].endswith(":") else title[0]
            found.setdefault((unit, kind), []).append(pid)
    return found


@pytest.mark.usefixtures("hurtable")
def test_each_daemon_killed_and_the_power_cut_lose_nothing(
    administration: Administration, programs: MailPrograms, pair: tuple[str, str], mail_server: Host, tag: str
) -> None:
    mail = administration.running("mail")[0].name
    units = services(administration, mail)
    assert {"postfix.service", "dovecot.service", "rspamd.service"} <= set(units)
    lab = Lab(administration)
    failed = set(lab.run(mail, FAILED).splitlines())
    killed: dict[tuple[str, str], int] = {}
    slow: dict[tuple[str, str], float] = {}
    began = time.monotonic()
    with load(programs, pair, tag) as sent:
        assert sent.goes_on(GOES_ON, more=5)
        while left := {kind: pids for kind, pids in daemons(mail_server, units).items() if kind not in killed}:
            for kind, pids in left.items():
                mail_server.run(f"kill -9 {' '.join(pids)}")  # it fails where one has ended by itself meanwhile
                killed[kind] = len(pids)
                since = time.monotonic()
                assert sent.goes_on(GOES_ON, more=2), f"nothing is taken in after {kind} was killed"
                if time.monotonic() - since > 5:
                    slow[kind] = time.monotonic() - since
        if ("dovecot.service", DELIVERY) not in killed:
            assert mail_server.run(MET).succeeded
            killed["dovecot.service", DELIVERY] = 1
            assert sent.goes_on(GOES_ON, more=2)
        print(f"{len(killed)} kinds of daemons killed in {time.monotonic() - began:.0f} s; slow: {slow}")
        cut_power(mail)
        booted = run(ROOT, *BOOT)
        assert booted.returncode == 0, booted.stdout + booted.stderr
        assert sent.goes_on(GOES_ON, more=2)
    print(f"{len(sent.accepted)} accepted, all in after {sent.said['seconds']:.0f} s, twice: {sent.twice}")
    assert sent.said["refused"] == []
    assert sent.lost == set()
    # A kill may come between a delivery and the note of it: once for each process, never for what nobody killed.
    assert len(sent.twice) <= sum(killed.values()) + 1
    assert within(30, lambda: set(units) <= set(services(administration, mail)))
    assert set(lab.run(mail, FAILED).splitlines()) <= failed
