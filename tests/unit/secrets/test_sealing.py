"""Every secret file is sealed to exactly the keys that the rules name, and this is seen without a key."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pyrage
import pytest

from inventory import sealing
from inventory.model import InventoryError
from inventory.secrets import SecretError, Secrets


@pytest.fixture(autouse=True)
def french(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")


class Vault:
    """A folder of secrets, with the keys of its readers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "secrets"
        self.folder.mkdir(parents=True)
        self.keys = {name: pyrage.x25519.Identity.generate() for name in ("ops", "sante", "anptic")}
        for name, key in self.keys.items():
            (folder / f"{name}.txt").write_text(f"{key}\n")
        self.root = folder
        self.rule({"*": ["ops"], "institution-sante": ["sante"]})

    def rule(self, readers: dict[str, list[str]]) -> None:
        lines = ["keys:", *(f"  {name}: {key.to_public()}" for name, key in self.keys.items()), "readers:"]
        lines += [f'  "{pattern}": [{", ".join(names)}]' for pattern, names in readers.items()]
        (self.folder / sealing.RULES).write_text("\n".join(lines) + "\n")

    def store(self, reader: str = "ops") -> Secrets:
        return Secrets(self.folder, self.root / f"{reader}.txt")

    def problems(self, *scopes: str) -> list[str]:
        found = sealing.check(self.folder, scopes or ("mail", "institution-sante"))
        return [str(problem).removeprefix(f"{self.folder}/") for problem in found]


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    vault = Vault(tmp_path)
    vault.store().put("mail", "a", "1")
    vault.store().put("institution-sante", "moussa", "2")
    return vault


def test_each_reader_opens_what_the_rules_name_and_nothing_else(vault: Vault) -> None:
    assert vault.problems() == []
    assert vault.store("sante").get("institution-sante", "moussa").reveal() == "2"
    for reader, scope in (("sante", "mail"), ("anptic", "mail"), ("anptic", "institution-sante")):
        with pytest.raises(SecretError, match="not one of its recipients"):
            vault.store(reader).get(scope, "a")


def test_a_new_reader_is_missing_until_all_is_sealed_anew(vault: Vault) -> None:
    before = (vault.folder / "institution-sante.age").read_bytes()
    vault.rule({"*": ["ops"], "institution-sante": ["sante"], "mail": ["anptic"]})
    assert vault.problems() == ["mail.age:1:1: scellé pour ops ; les règles : anptic, ops ; « make secrets REKEY=1 »"]
    assert vault.store().rekey() == ["mail"]
    assert vault.problems() == []
    assert vault.store("anptic").get("mail", "a").reveal() == "1"
    assert (vault.folder / "institution-sante.age").read_bytes() == before


def test_a_former_reader_is_seen_and_sealed_out(vault: Vault) -> None:
    vault.rule({"*": ["ops"]})
    assert vault.problems() == [
        "institution-sante.age:1:1: scellé pour ops, sante ; les règles : ops ; « make secrets REKEY=1 »"
    ]
    vault.store().rekey()
    with pytest.raises(SecretError, match="not one of its recipients"):
        vault.store("sante").get("institution-sante", "moussa")


def test_who_cannot_open_all_changes_nothing(vault: Vault) -> None:
    vault.rule({"*": ["ops", "sante"]})
    before = {path.name: path.read_bytes() for path in vault.folder.iterdir()}
    with pytest.raises(SecretError, match="not one of its recipients"):
        vault.store("sante").rekey()
    assert {path.name: path.read_bytes() for path in vault.folder.iterdir()} == before


def test_a_file_that_was_replaced_is_seen(vault: Vault) -> None:
    keys = [str(vault.keys["ops"].to_public())]
    (vault.folder / "mail.age").write_bytes(sealing.seal({"a": "other"}, keys))
    assert vault.problems() == ["mail.age:1:1: remplacé depuis son scellement ; « make secrets REKEY=1 »"]


def test_a_reader_that_the_manifest_does_not_admit_to_is_counted(vault: Vault) -> None:
    path = vault.folder / "mail.age"
    path.write_bytes(sealing.seal({"a": "1"}, [str(key.to_public()) for key in vault.keys.values()]))
    said = json.loads((vault.folder / sealing.MANIFEST).read_text())
    said["mail.age"]["sha256"] = sealing.sha256(path.read_bytes()).hexdigest()
    (vault.folder / sealing.MANIFEST).write_text(json.dumps(said))
    assert vault.problems() == ["mail.age:1:1: 3 clés ouvrent ce fichier ; 1 sont déclarées ; « make secrets REKEY=1 »"]


@pytest.mark.parametrize("content", [b"", b"password: hunter2\n", b"-----BEGIN AGE ENCRYPTED FILE-----\n\xff"])
def test_a_file_that_is_not_sealed_is_seen(vault: Vault, content: bytes) -> None:
    (vault.folder / "mail.age").write_bytes(content)
    (problem,) = vault.problems()
    assert problem.startswith("mail.age:1:1: ce n'est pas un fichier age")


def test_files_and_manifest_name_each_other(vault: Vault) -> None:
    (vault.folder / "mail.age").rename(vault.folder / "male.age")
    assert vault.problems() == [
        "male.age:1:1: pas dans manifest.json : scellé hors de « make secrets » ; « make secrets REKEY=1 »",
        "manifest.json:1:1: « mail.age » n'existe plus ; « make secrets REKEY=1 »",
    ]
    assert vault.store().rekey() == ["male"]
    assert vault.problems() == []


@pytest.mark.parametrize("text", ["", "[]", "{", '{"mail.age": {}}', '{"mail.age": 3}'])
def test_a_manifest_that_cannot_be_read_is_one_line(vault: Vault, text: str) -> None:
    (vault.folder / sealing.MANIFEST).write_text(text)
    problems = vault.problems()
    assert problems
    assert all(problem.startswith(("manifest.json:1:1: ", "mail.age:1:1: ", "institution")) for problem in problems)
    if text != "[]":
        with pytest.raises(SecretError, match="manifest"):
            vault.store().put("mail", "b", "2")


def test_rules_are_checked_with_their_place(vault: Vault) -> None:
    path = vault.folder / sealing.RULES
    good = path.read_text()
    path.write_text(good.replace("[ops]", "[opps]"))
    assert vault.problems() == ["recipients.yaml:6:9: « opps » n'est pas dans « keys » ; vouliez-vous dire « ops » ?"]
    path.write_text(good.replace("institution-sante", "institution-snte"))
    assert vault.problems("mail", "institution-sante")[0] == (
        "recipients.yaml:7:3: aucun secret ne s'appelle « institution-snte » ; "
        "vouliez-vous dire « institution-sante » ?"
    )
    for broken in (good.replace("ops: age1", "ops: age1b"), good.replace("keys", "clés"), good[:-3], "a: [\n"):
        path.write_text(broken)
        assert vault.problems()[0].startswith("recipients.yaml:")
        with pytest.raises(InventoryError):
            sealing.rules(vault.folder)


def test_a_key_with_a_typing_mistake_is_refused(vault: Vault) -> None:
    path = vault.folder / sealing.RULES
    key = str(vault.keys["ops"].to_public())
    path.write_text(path.read_text().replace(key, key[:-1] + ("q" if key[-1] != "q" else "p")))
    (problem,) = vault.problems()
    assert problem.startswith("recipients.yaml:2:8: ")


def test_nothing_is_written_where_nobody_could_read_it(vault: Vault) -> None:
    vault.rule({"mail": ["ops"]})
    with pytest.raises(SecretError, match="nobody may read institution-sante"):
        vault.store().put("institution-sante", "moussa", "3")
    assert vault.store().get("institution-sante", "moussa").reveal() == "2"


@pytest.mark.parametrize("scope", ["../mail", "/etc/x", "Mail", "", ".mail"])
def test_a_scope_cannot_leave_the_folder(vault: Vault, scope: str) -> None:
    with pytest.raises(SecretError, match="not the name of a scope"):
        vault.store().put(scope, "a", "1")


def test_a_folder_without_secrets_needs_no_rules(tmp_path: Path) -> None:
    assert list(sealing.check(tmp_path, ())) == []
    (tmp_path / "mail.age").write_text("x")
    (problem,) = sealing.check(tmp_path, ())
    assert problem.file.name == sealing.RULES


WRITER = """
import sys
from pathlib import Path
from inventory.secrets import Secrets
name, root = sys.argv[1], Path(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[3])):
    Secrets(root / "secrets", root / "ops.txt").put("mail", f"{name}{number}", "x" * 5000)
    Secrets(root / "secrets", root / "ops.txt").put(name, "key", str(number))
"""


def writer(root: Path, name: str, times: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, name, str(root), str(times)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def test_two_writers_at_once_lose_nothing(vault: Vault) -> None:
    writers = [writer(vault.root, name, 8) for name in ("one", "two")]
    for process in writers:
        go(process)
    assert [process.wait(30) for process in writers] == [0, 0]
    for name in ("one", "two"):
        assert all(vault.store().get("mail", f"{name}{number}").reveal() for number in range(8))
    assert vault.problems("mail", "one", "two", "institution-sante") == []


def test_what_another_wrote_meanwhile_is_kept(vault: Vault) -> None:
    early, other = vault.store(), vault.store()
    assert early.get("mail", "a").reveal() == "1"
    other.put("mail", "b", "2")
    early.put("mail", "c", "3")
    assert [vault.store().get("mail", key).reveal() for key in "abc"] == ["1", "2", "3"]


def test_a_writer_killed_anywhere_leaves_the_old_or_the_new(vault: Vault) -> None:
    chance = random.Random(3)
    process = writer(vault.root, "one", 10**6)
    for _ in range(4):
        go(process)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(chance.uniform(0.01, 0.06))
        process.kill()
        process.wait()
        vault.store().settle()
        assert vault.problems("mail", "one", "institution-sante") == []
        assert vault.store().get("mail", "a").reveal() == "1"
        assert not list(vault.folder.glob("*.partial"))
        process = writer(vault.root, "one", 10**6)
    process.kill()
    process.wait()


@pytest.mark.parametrize("stop", range(1, 7))
def test_every_step_of_a_write_may_be_the_last(vault: Vault, stop: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """All files are sealed anew; the process dies before its n-th change of the folder."""
    vault.rule({"*": ["ops", "anptic"]})
    steps = 0

    class Killed(BaseException):
        pass

    def counted(step):  # type: ignore[no-untyped-def]
        def run(*arguments, **named):  # type: ignore[no-untyped-def]
            nonlocal steps
            steps += 1
            if steps == stop:
                raise Killed
            return step(*arguments, **named)

        return run

    with monkeypatch.context() as patched:
        patched.setattr(sealing, "_write", counted(sealing._write))
        patched.setattr(Path, "replace", counted(Path.replace))
        with pytest.raises(Killed):
            vault.store().rekey()
    for scope, key, value in (("mail", "a", "1"), ("institution-sante", "moussa", "2")):
        assert vault.store().get(scope, key).reveal() == value
    vault.store().settle()
    old_or_new = len(vault.problems("mail", "institution-sante"))
    assert old_or_new == (2 if stop <= 4 else 0)  # the fourth step puts the manifest in its place
    assert not list(vault.folder.glob("*.partial"))


def test_a_write_that_was_cut_off_is_named_and_finished_by_the_next(vault: Vault) -> None:
    new = sealing.seal({"a": "new"}, [str(vault.keys["ops"].to_public())])
    (vault.folder / "mail.age.partial").write_bytes(new)
    said = json.loads((vault.folder / sealing.MANIFEST).read_text())
    said["mail.age"]["sha256"] = sealing.sha256(new).hexdigest()
    (vault.folder / sealing.MANIFEST).write_text(json.dumps(said))
    assert vault.problems() == ["mail.age:1:1: écriture interrompue ; « make secrets » la termine"]
    vault.store().settle()
    assert vault.store().get("mail", "a").reveal() == "new"


def test_the_command_seals_anew(vault: Vault, tmp_path: Path) -> None:
    """`make secrets REKEY=1`, on the production environment of a copy of the inventory."""
    copy = tmp_path / "repository"
    copy.mkdir()
    for name in ("inventory", "deploys", "roles"):
        subprocess.run(["cp", "-r", name, copy / name], check=True)
    secrets = copy / "inventory/production/secrets"
    vault.keys = {"ops": vault.keys["ops"], "sante": vault.keys["sante"]}
    vault.folder, original = secrets, vault.folder
    vault.rule({"*": ["ops"]})
    home = tmp_path / "home/.config/administration"
    home.mkdir(parents=True)
    (home / "age.txt").write_text(f"{vault.keys['ops']}\n")
    command = [sys.executable, "-m", "deploys.secrets", "--environment", "production"]
    environment = {**os.environ, "HOME": str(tmp_path / "home"), "PYTHONPATH": str(copy)}

    def run(*arguments: str, text: str = "") -> str:
        done = subprocess.run(
            [*command, *arguments], cwd=copy, env=environment, input=text, capture_output=True, text=True, check=True
        )
        return done.stdout

    run("--set", "mail", "key", text="value")
    vault.rule({"*": ["ops"], "mail": ["sante"]})
    assert run("--rekey") == "  sealed anew: mail\n"
    assert run("--rekey") == ""
    assert Secrets(secrets, original.parent / "sante.txt").get("mail", "key").reveal() == "value"
