"""A secret of every kind, in use, and where it may not be: plans, logs, processes, files of others, git.

Deploys that read every kind of secret run, plan, fail and are killed, while a sampler reads the command line and the
environment of each process. Then everything that was written since is searched for every secret, in all the forms in
which programs carry one. The values are shown nowhere: a failure names the secret and the place.
"""

import os
import re
import stat
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest

from inventory.model import Administration, load
from tests.endurance import changes, lab
from tests.endurance.kills import Deploy
from tests.endurance.leaks import Search, changed_since, known_to
from tests.endurance.watch import Watched, watching

# A value that a shell, JSON, a template and a regular expression all read otherwise.
AWKWARD = 'it\'s "a" $ecret \\ of {} %s é <{{ x }}> '
HERE = (
    Path("/tmp"),
    Path("/var/tmp"),
    Path("/run"),
    Path("/dev/shm"),
    Path("/var/lib/systemd/coredump"),
    Path("/root"),
)

# The files that a secret is for: whose, and who may read them.
OWN = {
    r"/etc/ssl/administration/host\.key": ("root:ssl-cert 640", r"certificate-.*"),
    r"/var/lib/samba/private/tls/host\.key": ("root:root 600", r"certificate-.*"),
    r"/var/lib/rspamd/dkim/.+\.key": ("_rspamd:_rspamd 600", r"mail/dkim/.*"),
    r"/etc/dovecot/directory-password\.conf": ("root:root 600", r"mail/service_account"),
    # Dovecot's own copy of its configuration, with the files that it names.
    r"/run/dovecot/dovecot\.conf\.binary": ("root:root 600", r"mail/service_account|certificate-.*"),
    r"/etc/applications/.+/(database_password|session_key)": ("root:root 600", r"application-.*"),
    r"/etc/switch/credentials": ("root:root 600", r"device-.*"),
    r"/etc/switch/enable": ("root:root 600", r"device-.*"),
    r"/etc/frr/frr\.conf(\.sav)?": ("frr:frr 640", r"device-.*"),  # the keys of BGP sessions
    r"/etc/switch/host_key": ("root:root 600", r"keys/.*-cli"),
    r"/etc/ssh/ssh_host_ed25519_key": ("root:root 600", r"keys/.*"),  # the lab's installer left it
}

USES = {  # what makes the next deploy read each kind of secret
    "files1": "systemctl stop smbd winbind; rm -f /var/lib/samba/private/secrets.tdb",  # administrator: joins again
    "mail1": "rm -rf /var/lib/rspamd/dkim /etc/dovecot/directory-password.conf /etc/ssl/administration/host.key",
    "app1": "rm -rf /etc/applications/*",
    "db1": 'echo \'ALTER ROLE "cim" PASSWORD NULL; ALTER ROLE "e-cm" PASSWORD NULL\' | runuser -u postgres -- psql -Xq;'
    " chmod 644 /etc/ssl/administration/host.key",
    "dc1": "rm -f /var/lib/samba/private/tls/host.key; samba-tool user delete svc-mail >/dev/null",
    "sw1-chassis": "chmod 644 /etc/switch/credentials",
}


@dataclass
class Evidence:
    """What the runs have left, for the tests to look through."""

    search: Search
    began: float
    ran: dict[str, lab.Ran] = field(default_factory=dict)
    watched: Watched = field(default_factory=Watched)
    place: Path = Path()


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evidence]:
    """Every verb of the engine, over deploys that read every kind of secret; afterwards the lab is as it was."""
    changes.purge()
    sealed = changes.secret_files()
    place = lab.copy(tmp_path_factory.mktemp("endurance") / "repository")
    new = changes.Newcomers()
    changes.gain(place, new)
    found = Evidence(Search({}), time.time(), place=place)
    try:
        lab.well(lab.run(place, "deploys.secrets"))
        _plant(place, f"application-{new.name}", "session_key", AWKWARD + uuid4().hex)
        _plant(place, f"application-{new.name}", "database_password", "p'l\"a$n\\t%ed{}" + uuid4().hex)
        values = known_to(load("lab", place / "inventory"))
        found.search = Search(values)
        with watching(found.search.patterns) as found.watched:
            _run_everything(found)
        yield found
    finally:
        lab.engine(lab.ROOT, "deploy", "--yes", "--reason", "endurance: the lab as it was")
        changes.purge()
        changes.restore(sealed)
    lab.well(lab.engine(lab.ROOT, "deploy", "--yes"))


def _plant(place: Path, scope: str, key: str, value: str) -> None:
    ran = subprocess.run(
        lab.command("deploys.secrets", "--set", scope, key),
        cwd=place,
        env=lab.surroundings(place),
        input=value,
        text=True,
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr


def _run_everything(found: Evidence) -> None:
    place, kept = found.place, found.place / "kept"
    kept.mkdir()

    def engine(name: str, *arguments: str, at: Path = place) -> lab.Ran:
        found.ran[name] = lab.engine(at, *arguments)
        return found.ran[name]

    for host, script in USES.items():
        lab.ssh(host, script)
    lab.well(engine("plan", "plan", "-v", "--out", str(kept / "plan.json")), 2)
    lab.well(engine("plan --json", "plan", "--json"), 2)
    lab.well(engine("catalogue", "catalogue", "--out", str(kept / "catalogue.json")))
    lab.well(engine("drift", "drift", "-v"), 2)

    # A check that refuses a secret file, and prints it to the screen of whoever runs it.
    role = place / "roles/mail/dovecot.py"
    text = role.read_text()
    lab.edit(role, ("        path=PASSWORD,\n    )", '        path=PASSWORD,\n        check="! cat {} >&2",\n    )'))
    assert engine("refused", "deploy", "--yes", "-v", "--deploy", "mail").status == 1
    role.write_text(text)

    killed = Deploy.start(place, "--deploy", "applications")
    killed.wait_for(lambda events: any(event["event"] == "begins" for event in events), 60)
    killed.process.kill()
    killed.process.wait()
    lab.well(engine("deploy -v", "deploy", "--yes", "-v"))
    for host, script in USES.items():
        lab.ssh(host, script)
    lab.well(engine("deploy --json", "deploy", "--yes", "--json"))
    lab.well(engine("the way back", "deploy", "--yes", "-v", "--reason", "endurance: secrets", at=lab.ROOT))


def test_the_runs_read_secrets_of_every_kind(evidence: Evidence) -> None:
    """What was not in use cannot leak: without this the others would show nothing."""
    did = {step for name in ("deploy -v", "deploy --json") for step in _steps(evidence.ran[name])}
    for step in (
        "files: member of the domain",
        "directory: people, groups and policy",
        "directory: TLS key",
        "mail: password of the service account",
        "mail: DKIM key of sante.gov.bf",
        "certificates: key",
        "applications: e-cm: session_key",
        "applications: e-cm: database_password",
        "database: role e-cm",
        "switch: credentials",
        "lan: configuration",
    ):
        assert step in did, f"{step} was not done"
    watched = evidence.watched
    print(f"{watched.programs} programs were looked at, every {watched.pause * 1000:.0f} ms")
    assert watched.programs > 500
    assert watched.pause < 0.2


def _steps(ran: lab.Ran) -> set[str]:
    lines = re.findall(r"^ {4}\S+ +\d+/\d+  (.+)$", ran.out, re.MULTILINE)
    return {*lines, *(step for _, step in ran.did())}


def test_none_is_shown(evidence: Evidence) -> None:
    found = [
        leak
        for name, ran in evidence.ran.items()
        for part, text in (("stdout", ran.out), ("stderr", ran.err))
        for leak in evidence.search.text(f"{part} of {name}", text)
    ]
    assert found == []


def test_none_is_in_a_command_line_or_an_environment(evidence: Evidence) -> None:
    assert evidence.watched.leaks == []


def test_none_is_in_a_file_of_this_machine(evidence: Evidence) -> None:
    """Plans, logs, what hosts were asked, temporary files, Python's caches, core dumps."""
    written = changed_since(evidence.began, lab.STATE.resolve(), lab.ROOT, evidence.place, *HERE)
    keys = lab.STATE.resolve()
    allowed = (keys / "keys", keys / "seeds", keys / "machines")  # machines are searched by themselves
    files = [path for path in written if not any(path.is_relative_to(each) for each in allowed)]
    for needed in ("log/", "kept/plan.json", "kept/catalogue.json"):
        assert any(needed in str(path) for path in files), f"{needed}: not among the files that are searched"
    assert {str(path): sorted(names) for path, names in evidence.search.files(files).items()} == {}


def test_on_the_machines_each_is_in_its_own_file_alone(evidence: Evidence, administration: Administration) -> None:
    wrong = []
    own = 0
    for host, where in lab.hosts(administration).items():
        top = lab.STATE.resolve() / "machines" / where / "upper"
        running = Path(f"/proc/{lab.first_process(where)}/root")
        places = [*(top / name for name in ("etc", "root", "home", "opt", "srv", "usr/local"))]
        files = [path for place in places for path in place.rglob("*") if path.is_file() and not path.is_symlink()]
        files += changed_since(evidence.began, top, *(running / name for name in ("run", "tmp", "dev/shm")))
        for path, names in evidence.search.files(sorted(set(files))).items():
            inside = "/" + str(path.relative_to(top if path.is_relative_to(top) else running))
            rule = next((rule for pattern, rule in OWN.items() if re.fullmatch(pattern, inside)), None)
            if rule is None or not all(re.fullmatch(rule[1], name) for name in names):
                wrong.append(f"{host}: {inside}: {', '.join(sorted(names))}")
            elif (rights := _rights(path, running)) != rule[0]:
                wrong.append(f"{host}: {inside}: {rights}, not {rule[0]}")
            else:
                own += 1
    assert wrong == []
    assert own > 20, "the search found not even the files that hold them"


def _rights(path: Path, running: Path) -> str:
    status = path.stat()
    owner = _name(running / "etc/passwd", status.st_uid)
    return f"{owner}:{_name(running / 'etc/group', status.st_gid)} {stat.S_IMODE(status.st_mode):o}"


def _name(database: Path, number: int) -> str:
    lines = (line.split(":") for line in database.read_text().splitlines())
    return next((fields[0] for fields in lines if fields[2] == str(number)), str(number))


def test_none_is_in_a_journal(evidence: Evidence, administration: Administration) -> None:
    found = []
    for host in lab.hosts(administration):
        said = lab.ssh(host, f"journalctl --no-pager --quiet -o cat --since @{int(evidence.began)}")
        found += evidence.search.text(host, said)
    assert found == []


def test_none_is_in_git(evidence: Evidence) -> None:
    assert evidence.search.text("git", _objects(lab.ROOT)) == []


def _objects(repository: Path) -> bytes:
    """Every object that git keeps, reachable or not."""
    listed = ["git", "cat-file", "--batch-all-objects", "--batch", "--buffer"]
    return subprocess.run(listed, cwd=repository, capture_output=True, check=True).stdout


def test_each_way_of_looking_finds_a_leak(tmp_path: Path) -> None:
    """A value that opens nothing, leaked on purpose in each kind of place and in each form."""
    decoy = f'decoy\'s "{uuid4().hex}" $value'
    search = Search({"decoy": decoy})
    began = time.time() - 1
    for number, form in enumerate(sorted(search.patterns.split(b"\n"))):
        assert search.text("here", b"x" + form + b"y") == ["here: decoy"], f"form {number}"
    (tmp_path / "leak").write_bytes(b"\0" + sorted(search.patterns.split(b"\n"))[-1])
    assert search.files(changed_since(began, tmp_path)) == {tmp_path / "leak": {"decoy"}}

    for what, words, more in (
        ("cmdline", ["sh", "-c", "sleep 0.3", decoy], ()),
        ("environ", ["sleep", "0.3"], ("TOKEN",)),
    ):
        with watching(search.patterns) as watched:
            subprocess.run(words, check=True, env={**os.environ, **dict.fromkeys(more, decoy)})
        assert [leak.split()[0] for leak in watched.leaks] == [what]

    lab.ssh("guest1", "systemd-cat", decoy)
    lab.ssh("guest1", "journalctl --sync")
    said = lab.ssh("guest1", f"journalctl --no-pager --quiet -o cat --since @{int(began)}")
    assert search.text("journal", said) == ["journal: decoy"]

    subprocess.run(["git", "init", "--quiet", str(tmp_path / "repository")], check=True)
    subprocess.run(
        ["git", "hash-object", "-w", "--stdin"],
        cwd=tmp_path / "repository",
        input=decoy.encode(),
        check=True,
        capture_output=True,
    )
    assert search.text("git", _objects(tmp_path / "repository")) == ["git: decoy"]
