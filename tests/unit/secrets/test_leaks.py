"""A secret in clear is found wherever git would keep it, and what is none is left alone."""

import os
import string
import subprocess
import time
from base64 import b64encode
from pathlib import Path
from random import Random

import pyrage
import pytest

from inventory import leaks
from inventory.secrets import password, rsa_key

LETTERS = string.ascii_letters + string.digits


@pytest.fixture(autouse=True)
def french(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")


# The same each time: one random key in two hundred looks like words to any rule.
DICE = Random(2026)


def some(length: int) -> str:
    return "".join(DICE.choice(LETTERS) for _ in range(length))


# Put together here, so that this file holds none.
PLANTED = {
    "private key": ("ca.key", rsa_key()),
    "private key in code": ("a.py", f"KEY = {rsa_key()!r}\n"),
    "age key": ("notes.md", f"la clé : {pyrage.x25519.Identity.generate()}\n"),
    "crypt": ("users.yml", f"hash: $6${some(8)}${some(86)}\n"),
    "bcrypt": ("users.j2", f"admin:$2b$12${some(53)}\n"),
    "yescrypt": ("shadow", f"root:$y$j9T${some(22)}${some(43)}:19000::::::\n"),
    "kerberos": ("x.txt", f"$krb5{'tgs'}$23$*http$INTRA.GOV.BF*${some(32)}\n"),
    "scram": ("x.sql", f"SCRAM-SHA-256$4096:{some(22)}==${some(43)}=:{some(43)}=\n"),
    "device": ("sw1.cfg", f"enable secret 9 $9${some(14)}${some(43)}\n"),
    "device, type 7": ("sw1.cfg", "username x password 7 " + "0822455D0A16544541\n"),
    "aws": ("x.md", f"AKIA{'A1B2' * 4}\n"),
    "github": ("x.md", f"ghp_{some(36)}\n"),
    "jwt": ("x.md", f"eyJ{some(20)}.eyJ{some(30)}.{some(43)}\n"),
    "url": ("x.toml", "db = postgres://app:" + "geheim99@db1/x\n"),
    "yaml": ("x.yaml", "password: " + "Soleil2026!\n"),
    "python": ("x.py", "DATABASE_PASSWORD = " + '"Soleil2026!"\n'),
    "json": ("x.json", '{"api_key": ' + '"a8f5f167f44f4964e6c998dee827110c"}\n'),
    "french": ("x.md", "mot_de_passe: " + "Soleil2026!\n"),
    "random key behind the name of a port": ("x.md", f"GigabitEthernet1/0/1{some(40)}\n"),
    "random key alone": ("x.txt", f"see {b64encode(DICE.randbytes(32)).decode()}\n"),
    "base64 of a password": ("x.txt", b64encode(DICE.randbytes(48)).decode() + "\n"),
}

INNOCENT = {
    "x.py": "password = secrets.get('mail', 'a')\npassword: Secret\nsecret=x.password.reveal()\ntoken = token(1)\n",
    "x.yaml": "secrets: .cache/lab/secrets\npassword_encryption: scram-sha-256\npassword: {{ password }}\n",
    "x.j2": "password = {{ password }}\npassword: $ROOT_PASSWORD\nsecret: /etc/applications/e-cm/key1\n",
    "x.lock": f"--hash=sha256:{'ab12' * 16} \\\n    sha512-{b64encode(DICE.randbytes(64)).decode()}\n",
    "known_hosts": f"mail1 ssh-ed25519 AAAA{some(64)}\n",
    "ca.crt": f"-----BEGIN CERTIFICATE-----\n{b64encode(DICE.randbytes(600)).decode()}\n-----END CERTIFICATE-----\n",
    "recipients.yaml": f"keys: {{ops: {pyrage.x25519.Identity.generate().to_public()}}}\n",
    "commit.md": "Le commit 97c9db1a8f5f167f44f4964e6c998dee827110c0 ; TenGigabitEthernet1/0/48\n",
    "site.yaml": "GigabitEthernet0/0/1-2: {profile: uplink}, XGigabitEthernet0/0/1-48: {profile: poste}\n",
    "cli.py": "[sw1-GigabitEthernet0/0/1]\n",
    "header.py": 'HEADER = "-----BEGIN PRIVATE KEY-----"\n',
}


@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_secret_is_one_line(kind: str) -> None:
    name, text = PLANTED[kind]
    (problem,) = leaks.scan(Path(name), f"# first line\n{text}".encode())
    assert problem.line == 2
    assert "en clair" in problem.message
    assert not any(word in problem.message for word in text.split() if len(word) > 12)


@pytest.mark.parametrize("name", INNOCENT)
def test_what_is_no_secret_is_left_alone(name: str) -> None:
    assert [str(problem) for problem in leaks.scan(Path(name), INNOCENT[name].encode())] == []


def test_passwords_of_ours_are_found_anywhere() -> None:
    """Random ones, without the word `password` beside them: nine of ten at least."""
    found = [list(leaks.scan(Path("notes.md"), f"awa : {password()}\n".encode())) for _ in range(300)]
    assert sum(map(bool, found)) > 270


def test_an_exception_has_a_reason() -> None:
    name, text = PLANTED["yaml"]
    line = text.rstrip()
    assert not list(leaks.scan(Path(name), f"{line}  # not-a-secret: of the manual\n".encode()))
    assert not list(leaks.scan(Path(name), f"# not-a-secret: of the manual\n{text}".encode()))
    assert len(list(leaks.scan(Path(name), f"# not-a-secret: of the manual\n\n{text}".encode()))) == 1
    (problem,) = leaks.scan(Path(name), f"{line}  # not-a-secret:\n".encode())
    assert str(problem) == "x.yaml:1:1: « not-a-secret: » demande une raison"


@pytest.mark.parametrize(
    ("path", "content", "wrong"),
    [
        ("inventory/production/secrets/mail.age", "clear", True),
        ("inventory/production/secrets/mail.age", "-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n", False),
        ("inventory/production/secrets/mail.json", "{}", True),
        ("inventory/production/secrets/recipients.yaml", "keys: {}\n", False),
        ("tests/unit/secrets/test_leaks.py", "", False),
    ],
)
def test_only_sealed_files_stand_among_the_secrets(path: str, content: str, wrong: bool) -> None:
    assert bool(list(leaks.scan(Path(path), content.encode()))) is wrong


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    (tmp_path / ".gitignore").write_text("/.cache/\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "x")
    return tmp_path


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, env={**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null"})


def found(folder: Path) -> list[str]:
    return [f"{problem.file}:{problem.line}" for problem in leaks.check(folder)]


def test_what_git_keeps_or_would_add_is_read(repository: Path) -> None:
    text = PLANTED["yaml"][1]
    (repository / ".cache").mkdir()
    (repository / ".cache/ignored").write_text(text)
    assert found(repository) == []
    for name in ("untracked", "été \n deux", "staged"):
        (repository / name).write_text(text)
    git(repository, "add", "staged")
    assert sorted(found(repository)) == ["staged:1", "untracked:1", "été \\n deux:1"]
    (repository / "staged").write_text("clean\n")  # on disk, not yet in the index
    assert "staged:1" in found(repository)
    (repository / "staged").unlink()
    assert "staged:1" in found(repository)


def test_links_are_not_followed(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "x"
    outside.write_text(PLANTED["yaml"][1])
    (repository / "link").symlink_to(outside)
    (repository / "nowhere").symlink_to("absent")
    assert found(repository) == []


def test_an_export_without_git_is_read_too(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner/x.yaml").write_text(PLANTED["yaml"][1])
    assert found(tmp_path) == ["inner/x.yaml:1"]


def test_this_repository_holds_none() -> None:
    assert found(Path()) == []


def test_thirty_thousand_people_are_read_at_once() -> None:
    lines = (
        f"  - {{id: P{n}, login: prenom{n}.nom, given: Prénom, family: Ouédraogo-Sawadogo}}\n" for n in range(30_000)
    )
    content = f"people:\n{''.join(lines)}".encode()
    started = time.process_time()
    assert list(leaks.scan(Path("inventory/institutions/x/people.yaml"), content)) == []
    assert time.process_time() - started < 0.5
