"""One controller is enough, both may fail, and each can be made anew: the directory is where it was afterwards."""

import re
from collections.abc import Callable, Iterator

import pytest

from inventory.model import Administration
from tests.conftest import Workstation
from tests.disturbances.controllers import PROBE, SAMBA, STATE, Controllers
from tests.disturbances.journeys import Desk, slower
from tests.disturbances.switches import BOOT, cut_power
from tests.rehearsals.conftest import ROOT, done, run

PUT_BACK, DATABASE = f"{STATE}/.put-back", f"{STATE}/private/sam.ldb"
FIRST, AFTERWARDS = 10, 5  # seconds that a person waits


@pytest.fixture
def controllers(hurtable: Administration) -> Iterator[Controllers]:
    found = Controllers(hurtable)
    found.whole()
    yield found
    found.remove()
    found.whole()


@pytest.fixture
def desk(controllers: Controllers, workstation: Workstation, password_of: Callable[[str], str]) -> Iterator[Desk]:
    found = Desk(controllers.lab.administration, workstation, password_of)
    found.all_at_once()
    yield found
    found.leave()


# Each of them loses the controller that clients turned to in the one before.
@pytest.mark.parametrize(
    ("lost", "how"), [("dc1", "stopped"), ("dc2", "cut_off"), ("dc1", "cut_off"), ("dc2", "stopped")]
)
def test_with_one_of_them_everything_works_at_once_and_it_catches_up(
    controllers: Controllers, desk: Desk, lost: str, how: str
) -> None:
    other = controllers.other(lost)
    with getattr(controllers, how)(lost):
        first = desk.all_at_once()
        afterwards = desk.all_at_once()
        assert (slower(first, FIRST), slower(afterwards, AFTERWARDS)) == ({}, {})
        controllers.add(other)
    controllers.whole()
    assert controllers.has(lost)
    controllers.run(lost, f"samba-tool user delete {PROBE}")
    controllers.whole()
    assert not controllers.has(other)
    assert desk.arrived() == desk.sent


def test_both_lose_their_power_and_nothing_is_lost(controllers: Controllers, desk: Desk) -> None:
    controllers.add("dc2")  # a moment before
    for name in controllers.names:
        cut_power(name)
    try:
        for command in (("plan",), ("deploy", "--yes")):
            said = run(ROOT, "deploys.engine", *command, "--limit", ",".join(controllers.names))
            assert said.returncode == 1
            lines = re.findall(r"^.*unreachable: .+$", said.stdout + said.stderr, re.MULTILINE)
            assert [line.partition(":")[0] for line in lines] == ["dc1, dc2"], said.stdout + said.stderr
        ended = desk.all_at_once()
        assert {what for what, each in ended.items() if each.well} == set()
        elsewhere = desk.stranger_writes()
        assert elsewhere.well, elsewhere
    finally:
        done(ROOT, *BOOT)
    controllers.whole()
    assert [controllers.has(name) for name in controllers.names] == [True, True]
    controllers.lab.wait(lambda: slower(desk.all_at_once(), AFTERWARDS) == {}, seconds=60)
    assert desk.arrived() == desk.sent


def test_one_is_rebuilt_from_nothing_by_a_deploy(controllers: Controllers) -> None:
    """The one that holds every role, and that would found the domain where there was none."""
    identifiers = f"ldbsearch -H {DATABASE} '(objectCategory=person)' objectSid | grep ^objectSid | sort"
    before = controllers.run("dc2", identifiers)
    controllers.take_away("dc1")
    alone = controllers.deploy("dc1")
    assert alone.returncode == 1
    assert "whether INTRA.GOV.BF exists already is for dc2 to say: deploy dc1 together with dc2" in alone.stdout
    rebuilt = controllers.deploy("dc1", "dc2")
    assert rebuilt.returncode == 0, rebuilt.stdout + rebuilt.stderr
    controllers.whole()
    for name in controllers.names:
        assert controllers.run(name, identifiers) == before
        controllers.run(name, "samba-tool ntacl sysvolcheck")
        holders = re.findall(r"owner: CN=NTDS Settings,CN=(\w+)", controllers.run(name, "samba-tool fsmo show"))
        assert holders == ["DC1"] * 7
        assert controllers.sound(name).endswith("(0 errors)"), name
    controllers.add("dc1")  # it numbers new accounts again
    again = run(ROOT, "deploys.engine", "deploy", "--yes", "--limit", "dc1,dc2", "--expect-no-changes")
    assert again.returncode == 0, again.stdout + again.stderr


def test_one_that_was_put_back_to_an_earlier_state_is_named_and_joins_anew(controllers: Controllers) -> None:
    aside = f"{STATE}.before"
    try:
        controllers.run("dc2", f"systemctl stop {SAMBA}; cp -a {STATE} {aside}; systemctl start {SAMBA}")
        controllers.whole()
        controllers.add("dc2")
        controllers.whole()
        controllers.run("dc2", f"systemctl stop {SAMBA}; rm -rf {STATE}; mv {aside} {STATE}; systemctl start {SAMBA}")
        said = controllers.run("dc2", "check-replication", check=False)
        assert "dc2.intra.gov.bf was put back to an earlier state, and is stopped" in said
        assert controllers.run("dc2", f"systemctl is-active {SAMBA}", check=False) in ("inactive\n", "failed\n")
    finally:
        controllers.run("dc2", f"rm -rf {aside}; touch {PUT_BACK}")
        rejoined = controllers.deploy("dc1", "dc2")
    assert rejoined.returncode == 0, rejoined.stdout + rejoined.stderr
    controllers.whole()
    assert [controllers.has(name) for name in controllers.names] == [True, True]


def test_a_full_disk_of_one_refuses_what_does_not_fit_whole(controllers: Controllers) -> None:
    room, over = controllers.size("dc2") + 12, "/mnt/samba"
    disk = f"mount -t tmpfs -o size={room}m,mode=755 tmpfs {over}"
    copy = f"{disk} && cp -a {STATE}/. {over}/ && mount --bind {over} {STATE} && umount {over}"
    base = controllers.lab.administration.platform.base_dn
    entry = f"dn: CN=essai%s,OU=Domain Controllers,{base}\\nchangetype: add\\nobjectClass: contact\\n\\n"
    many = f"for i in $(seq 2000); do printf '{entry}' $i; done | ldbmodify -H {DATABASE}"
    try:
        controllers.run("dc2", f"systemctl stop {SAMBA}; mkdir -p {over}; {copy}; systemctl start {SAMBA}")
        controllers.whole()
        controllers.run("dc2", f"dd if=/dev/zero of={STATE}/full bs=64k", check=False)
        assert "Modify failed" in controllers.run("dc2", many, check=False)
        assert "# 0 entries" in controllers.run("dc2", f"ldbsearch -H {DATABASE} '(cn=essai*)' dn")
        controllers.add("dc1")  # the other goes on
        controllers.run("dc2", f"rm {STATE}/full")
        controllers.whole()
        assert [controllers.has(name) for name in controllers.names] == [True, True]
        assert controllers.sound("dc2").endswith("(0 errors)")
    finally:
        kept = f"rm -f {STATE}/full* && cp -a {STATE} {STATE}.kept && umount {STATE}"
        back = f"! mountpoint -q {STATE} || {{ {kept} && rm -rf {STATE} && mv {STATE}.kept {STATE}; }}"
        controllers.run("dc2", f"systemctl stop {SAMBA}; {back}; systemctl start {SAMBA}")


def test_a_wrong_clock_of_one_is_named(controllers: Controllers) -> None:
    """The lab's machines share a clock: samba alone is made to believe in another."""
    folder = "/run/systemd/system/samba-ad-dc.service.d"
    library = "$(dpkg -L libfaketime | grep 'libfaketime.so.1$')"
    setting = f'printf "[Service]\\nEnvironment=LD_PRELOAD=%s FAKETIME=+10m\\n" "{library}" >{folder}/clock.conf'
    restart = f"systemctl daemon-reload; systemctl restart {SAMBA}"
    try:
        controllers.run("dc2", "apt-get install --yes --quiet=2 --no-install-recommends libfaketime >/dev/null")
        controllers.run("dc2", f"mkdir -p {folder}; {setting}; {restart}")
        controllers.lab.wait(lambda: any("s ahead" in each for each in controllers.troubles("dc1")), seconds=40)
        (said,) = re.findall(r"the clock of dc2.intra.gov.bf is (\d+) s ahead", "\n".join(controllers.troubles("dc1")))
        assert 590 <= int(said) <= 610
    finally:
        controllers.run("dc2", f"rm -rf {folder}; {restart}; apt-get purge --yes --quiet=2 libfaketime >/dev/null")
    controllers.whole()


def test_a_backup_is_restored_where_nobody_sees_it(controllers: Controllers) -> None:
    rehearsed = run(ROOT, "deploys.rehearse_restore")
    assert rehearsed.returncode == 0, rehearsed.stdout + rehearsed.stderr
    said = rehearsed.stdout
    assert re.search(r"^dc2: (\d+) of \1 people and services are in it$", said, re.MULTILINE), said
    assert said.splitlines()[-1] == "dc2: svc-mail logs in to it"
    assert controllers.run("dc2", "ls /var/lib/samba | grep rehearsal", check=False) == ""
