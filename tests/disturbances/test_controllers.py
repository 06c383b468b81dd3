"""One controller is enough, both may fail, and each can be made anew: the directory is where it was afterwards."""

import re
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest

from inventory.model import Administration
from tests.disturbances.controllers import BOOT, PROBE, SAMBA, STATE, Controllers
from tests.disturbances.switches import cut_power
from tests.rehearsals.conftest import ROOT, at_the_desk, imap, run, share, ticket

Journey = Callable[..., dict[str, tuple[int, str]]]
PUT_BACK, DATABASE = f"{STATE}/.put-back", f"{STATE}/private/sam.ldb"


@pytest.fixture
def controllers(hurtable: Administration) -> Iterator[Controllers]:
    found = Controllers(hurtable)
    found.whole()
    yield found
    found.remove()
    found.whole()


@pytest.fixture
def journey(administration: Administration, password_of: Callable[[str], str]) -> Journey:
    """What a person does at the desk of the ministry, and how each of it ends."""
    institution, person = next(
        (institution, person) for institution, person in administration.people() if institution.shares
    )
    name = next(iter(institution.shares))
    steps = {
        "a ticket": ticket(person.login, "true"),
        "the share": ticket(person.login, share(name, "ls")),
        "mail": imap(institution.address_of(person)),
        "a name": f"getent ahostsv4 {administration.fqdn('files1')} >/dev/null",
    }

    def go(*wanted: str) -> dict[str, tuple[int, str]]:
        ended = {}
        for what, step in ((what, steps[what]) for what in wanted or steps):
            began = time.monotonic()
            try:
                ended[what] = at_the_desk(administration, step, password_of(person.login))
            except subprocess.TimeoutExpired:
                ended[what] = (124, "no answer")
            print(f"{what}: status {ended[what][0]} in {time.monotonic() - began:.1f} s")
        return ended

    return go


def failed(ended: dict[str, tuple[int, str]]) -> dict[str, tuple[int, str]]:
    return {what: (status, words) for what, (status, words) in ended.items() if status != 0}


@pytest.mark.parametrize("lost", ["dc1", "dc2"])
def test_one_is_cut_off_and_everything_works_then_it_catches_up(
    controllers: Controllers, journey: Journey, lost: str
) -> None:
    other = controllers.other(lost)
    with controllers.cut_off(lost):
        # Connections to the one that is gone wait for its answer first, as long as those who hold them have patience.
        controllers.lab.wait(lambda: not failed(journey()), seconds=150)
        assert failed(journey()) == {}
        controllers.add(other)
        assert not controllers.has(lost)
    controllers.whole()
    assert controllers.has(lost)
    controllers.run(lost, f"samba-tool user delete {PROBE}")
    controllers.whole()
    assert not controllers.has(other)


def test_both_lose_their_power_and_nothing_is_lost(controllers: Controllers, journey: Journey) -> None:
    controllers.add("dc2")  # a moment before
    for name in controllers.names:
        cut_power(name)
    try:
        planned = run(ROOT, "deploys.engine", "plan", "--limit", ",".join(controllers.names))
        assert planned.returncode == 1
        said = re.findall(r"^.*unreachable: .+$", planned.stdout + planned.stderr, re.MULTILINE)
        assert [line.partition(":")[0] for line in said] == ["dc1, dc2"], planned.stdout + planned.stderr
        assert "a ticket" in failed(journey("a ticket"))
    finally:
        booted = run(ROOT, *BOOT)
    assert booted.returncode == 0, booted.stdout + booted.stderr
    controllers.whole()
    assert [controllers.has(name) for name in controllers.names] == [True, True]
    controllers.lab.wait(lambda: not failed(journey()), seconds=150)


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
        assert controllers.run(name, "samba-tool dbcheck --cross-ncs").strip().endswith("(0 errors)")
        controllers.run(name, "samba-tool ntacl sysvolcheck")
        holders = re.findall(r"owner: CN=NTDS Settings,CN=(\w+)", controllers.run(name, "samba-tool fsmo show"))
        assert holders == ["DC1"] * 7
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
        assert controllers.run("dc2", f"systemctl is-active {SAMBA}", check=False) == "inactive\n"
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
        assert controllers.run("dc2", "samba-tool dbcheck --cross-ncs").strip().endswith("(0 errors)")
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
