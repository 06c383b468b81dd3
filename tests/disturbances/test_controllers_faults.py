"""What befalls the controllers: both without power, a change that dies, a full disk, a wrong clock, one put back."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

from tests.conftest import connect
from tests.disturbances.controllers import BOOT, DATABASE, SAMBA, STATE, Controllers
from tests.disturbances.journeys import Desk
from tests.disturbances.newcomers import newcomers
from tests.disturbances.switches import cut_power
from tests.rehearsals.conftest import ROOT, run

LONG = 300  # seconds that services have to find the controllers again, on a busy machine

# What another mail server does: it has names of its own, knows nobody here, and gives a message to whom it is for.
HAND_OVER = """
import email.utils, smtplib, ssl, sys
address, server, recipient, subject = sys.argv[1:]
client = smtplib.SMTP(address, 25)
client._host = server  # whom the certificate must name
client.starttls(context=ssl.create_default_context())
date, number = email.utils.formatdate(), email.utils.make_msgid(domain="example.org")  # without, it is put off
head = f"From: quelquun@example.org\\nTo: {recipient}\\nSubject: {subject}\\nDate: {date}\\nMessage-ID: {number}\\n"
message = f"{head}\\nBonjour.\\n"
client.sendmail("quelquun@example.org", [recipient], message)
"""

# Kills the second transaction of a deploy once it writes: its program then holds the lock of the database.
KILL_THE_SECOND = """
import os, signal, subprocess, time
PROGRAM = "^python3 -I -c.*Make the changes of an LDIF text"  # roles/directory/programs/change_entries.py
seen, deadline = [], time.monotonic() + 240
while time.monotonic() < deadline:
    running = subprocess.run(["pgrep", "-f", PROGRAM], capture_output=True, text=True).stdout.split()
    seen += [pid for pid in running if pid not in seen]
    if len(seen) > 1 and seen[1] in running:
        with open("/proc/locks") as locks:
            if any(line.split()[3:5] == ["WRITE", seen[1]] for line in locks):
                os.kill(int(seen[1]), signal.SIGKILL)
                print("killed")
                break
    time.sleep(0.01)
"""


def test_without_power_of_both_nothing_changes_and_nothing_is_lost(controllers: Controllers, desk: Desk) -> None:
    controllers.add("dc2")  # a moment before
    for name in controllers.names:
        cut_power(name)
    try:
        for verb in ("plan", "deploy"):
            ended = controllers.engine(verb)
            assert ended.returncode == 1
            said = re.findall(r"^.*unreachable: .+$", ended.stdout + ended.stderr, re.MULTILINE | re.IGNORECASE)
            assert said, ended.stdout + ended.stderr
            assert "Traceback" not in ended.stdout + ended.stderr
        administration = controllers.lab.administration
        (mail, *_), subject = administration.running("mail"), f"essai-{uuid4()}"
        where = f"{mail.address} {mail.fqdn} {desk.address} {subject}"
        connect(administration, "app1").check_output(f"python3 -c %s {where}", HAND_OVER)
        desk.sent.append(subject)
    finally:
        booted = run(ROOT, *BOOT)
    assert booted.returncode == 0, booted.stdout + booted.stderr
    controllers.whole(LONG)
    assert [controllers.has(name) for name in controllers.names] == [True, True]
    controllers.lab.wait(lambda: all(each.well for each in desk.all_at_once().values()), LONG)
    assert desk.arrived() == desk.sent


def test_a_change_that_dies_within_a_transaction_is_completed_by_the_next(
    controllers: Controllers, tmp_path: Path
) -> None:
    writer, number, size = controllers.names[0], 90, 30
    with newcomers(controllers, tmp_path / "repository", number) as new, ThreadPoolExecutor(1) as pool:
        new.in_batches_of(size)
        killed = pool.submit(
            connect(controllers.lab.administration, writer).check_output, "python3 -c %s", KILL_THE_SECOND
        )
        died = controllers.engine("deploy", place=new.place)
        assert killed.result() == "killed"
        assert (died.returncode, "Traceback" in died.stdout + died.stderr) == (1, False), died.stdout + died.stderr
        assert 0 < len(new.known(writer)) <= size  # the first is there, of the second nothing
        completed = controllers.engine("deploy", place=new.place)
        assert completed.returncode == 0, completed.stdout + completed.stderr
        controllers.whole()
        for name in controllers.names:
            assert sorted(new.known(name)) == sorted(f"ESSAI-F{n}" for n in range(number)), name
        planned = controllers.engine("plan", place=new.place)
        assert planned.returncode == 0, planned.stdout


def test_a_full_disk_refuses_a_change_whole_and_the_next_run_completes_it(
    controllers: Controllers, tmp_path: Path
) -> None:
    full, number = "dc2", 200
    other = controllers.other(full)
    with newcomers(controllers, tmp_path / "repository", number) as new:
        with controllers.little_room(full, 12):
            controllers.whole()
            controllers.fill(full)
            refused = controllers.engine("deploy", place=new.place, names=[full])
            assert refused.returncode == 1
            assert f"no room left on the disk of {STATE}: nothing was changed" in refused.stdout
            assert new.known(full) == []
            controllers.add(other)  # which goes on
            controllers.run(full, f"rm {STATE}/full")
            completed = controllers.engine("deploy", place=new.place, names=[full])
            assert completed.returncode == 0, completed.stdout + completed.stderr
            controllers.whole()
            assert [controllers.has(name) for name in controllers.names] == [True, True]
            assert [len(new.known(name)) for name in controllers.names] == [number, number]
        controllers.whole()
        assert controllers.dbcheck(full).endswith("(0 errors)")


def test_a_wrong_clock_of_one_is_the_first_that_is_said(controllers: Controllers) -> None:
    """The lab's machines share a clock: samba and its check alone are made to believe in another."""
    folder, wrong = "/run/systemd/system/samba-ad-dc.service.d", "dc2"
    library = controllers.run(
        wrong,
        "{ apt-get install --yes --quiet=2 --no-install-recommends libfaketime >/dev/null 2>&1"
        " && dpkg -L libfaketime | grep 'libfaketime.so.1$'; }",
    ).strip()
    faked = f"LD_PRELOAD={library} FAKETIME=+10m"
    try:
        setting = f"printf '[Service]\\nEnvironment={faked}\\n' >{folder}/clock.conf"
        controllers.run(
            wrong, f"mkdir -p {folder} && {setting} && systemctl daemon-reload && systemctl restart {SAMBA}"
        )
        said = re.compile(r"^the clock of (\S+) is (\d+) s (ahead|behind) of ours: `chronyc tracking` on both$")
        for name, check in (("dc1", "check-replication"), (wrong, f"{faked} check-replication")):
            lines: list[str] = []

            def answered(name: str = name, check: str = check, lines: list[str] = lines) -> bool:
                lines[:] = controllers.run(name, f"{check} 2>/dev/null", check=False).splitlines()
                return any(said.match(line) for line in lines)

            controllers.lab.wait(answered, 120)
            (found,) = (said.match(line) for line in lines)  # and nothing else
            assert found is not None
            assert 560 <= int(found[2]) <= 640
    finally:
        controllers.run(
            wrong,
            f"rm -rf {folder}/clock.conf; systemctl daemon-reload; systemctl restart {SAMBA};"
            " apt-get purge --yes --quiet=2 libfaketime >/dev/null",
        )
    controllers.whole(LONG)


def test_one_that_was_put_back_is_stopped_and_one_made_anew_is_as_before(controllers: Controllers) -> None:
    lost, other = "dc2", "dc1"
    aside = f"{STATE}.before"
    identifiers = f"ldbsearch -H {DATABASE} '(objectCategory=person)' objectSid 2>/dev/null | grep ^objectSid | sort"
    try:
        controllers.run(lost, f"systemctl stop {SAMBA}; cp -a {STATE} {aside}; systemctl start {SAMBA}")
        controllers.whole()
        controllers.add(lost)
        controllers.whole()
        before = controllers.run(other, identifiers)
        controllers.run(lost, f"systemctl stop {SAMBA}; rm -rf {STATE}; mv {aside} {STATE}; systemctl start {SAMBA}")
        said = controllers.run(lost, "check-replication 2>/dev/null", check=False).splitlines()
        assert said[-1:] == [
            "dc2.intra.gov.bf was put back to an earlier state, and is stopped:"
            " a deploy of all controllers makes it join anew"
        ]
        assert controllers.run(lost, f"systemctl is-active {SAMBA}", check=False) != "active\n"
        planned = controllers.engine("plan")
        assert planned.returncode == 2
        assert "join the domain INTRA.GOV.BF, since it was put back to an earlier state" in planned.stdout
    finally:
        controllers.take_away(lost)
        rebuilt = run(ROOT, "deploys.engine", "deploy", "--yes", "--limit", "dc1,dc2", "--reason", "a disturbance")
    assert rebuilt.returncode == 0, rebuilt.stdout + rebuilt.stderr
    controllers.whole(LONG)
    controllers.run(lost, f"systemctl restart {SAMBA}")  # after that the other fetches from it as before
    controllers.whole(LONG)
    for name in controllers.names:
        assert controllers.run(name, identifiers) == before
        controllers.run(name, "samba-tool ntacl sysvolcheck")
        holders = re.findall(r"owner: CN=NTDS Settings,CN=(\w+)", controllers.run(name, "samba-tool fsmo show"))
        assert holders == ["DC1"] * 7
        assert controllers.dbcheck(name).endswith("(0 errors)"), name
    again = run(ROOT, "deploys.engine", "deploy", "--yes", "--limit", "dc1,dc2", "--expect-no-changes")
    assert again.returncode == 0, again.stdout + again.stderr
