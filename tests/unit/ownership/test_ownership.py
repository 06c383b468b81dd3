"""What a pull request changes outside its author's institution is refused, in real git repositories."""

import contextlib
import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploys.ownership import main
from inventory.model import load
from inventory.model.load import PARTS
from inventory.ownership import owners, owners_in
from inventory.repository import Repository, shown

SAMPLE = Path(__file__).parent.parent / "inventory/sample"
SANTE = "inventory/institutions/sante"
PEOPLE = f"{SANTE}/people.yaml"
ASK = "demander à @burkina/plateforme"


class Repo:
    """A repository whose main is the sample inventory, and a branch on which a DSI works."""

    def __init__(self, root: Path, patch: pytest.MonkeyPatch) -> None:
        self.root, self.patch = root, patch
        root.mkdir()
        self.git("init", "-q", "-b", "main")
        shutil.copytree(SAMPLE, root / "inventory")
        (root / "deploys").mkdir()
        (root / "deploys/site.py").write_text("# code\nowner: sante\n")
        for path, handle in (("institutions/sante/institution.yaml", "@Mariam"), ("platform.yaml", "@ops")):
            with (root / "inventory" / path).open("a") as file:
                file.write(f'authors: ["{handle}"]\n')
        self.commit()
        self.git("checkout", "-qb", "work")

    def git(self, *arguments: str) -> str:
        identity = ("-c", "user.name=x", "-c", "user.email=x@x", "-c", "protocol.file.allow=always")
        environment = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
        done = subprocess.run(
            ["git", *identity, *arguments], cwd=self.root, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def commit(self) -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "x")

    def write(self, path: str, text: str = "x: 1\n") -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def edit(self, path: str, replace: str, by: str) -> None:
        text = (self.root / path).read_text()
        assert replace in text
        (self.root / path).write_text(text.replace(replace, by))

    def refused(self, **who: str) -> list[str]:
        """What `make ownership` refuses, once the work is committed."""
        self.commit()
        status, lines = self.run(**(who or {"INSTITUTION": "sante"}))
        assert status == (1 if lines else 0)
        return lines

    def run(self, **variables: str) -> tuple[int, list[str]]:
        """The exit status of `make ownership`, and what it says is wrong."""
        for name, value in {"BASE": "main", "LC_ALL": "fr_FR.UTF-8", **variables}.items():
            self.patch.setenv(name, value)
        errors = io.StringIO()
        with contextlib.chdir(self.root), contextlib.redirect_stderr(errors), self.patch.context() as patch:
            patch.setattr(sys, "argv", ["ownership"])
            status = main()
        for name in variables:
            self.patch.delenv(name)
        return status, errors.getvalue().splitlines()


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    monkeypatch.delenv("GIT_DIR", raising=False)
    for name in ("INSTITUTION", "AUTHOR", "HEAD"):
        monkeypatch.delenv(name, raising=False)
    return Repo(tmp_path / "repository", monkeypatch)


def test_ones_own_folder_sites_and_applications_are_free(repo: Repo) -> None:
    repo.edit(PEOPLE, "given: Moussa", "given: Mousa")
    repo.edit(f"{SANTE}/institution.yaml", "Ministère de la Santé", "Ministère de la Santé et de l'Hygiène")
    (repo.root / SANTE / "shares.yaml").unlink()
    repo.write("inventory/sites/sante-siege.yaml", "site: sante-siege\nowner: sante\n")
    assert repo.refused() == []


def test_anothers_folder_is_refused_with_who_to_ask(repo: Repo) -> None:
    repo.edit("inventory/institutions/mtdpce/people.yaml", "given: Awa", "given: Eve")
    repo.edit("inventory/applications/cim.yaml", "port: 8102", "port: 8103")
    repo.edit("inventory/platform.yaml", "Burkina Faso", "Moi")
    repo.write("deploys/site.py", "import os\n")
    repo.write("README.md")
    assert repo.refused() == [
        f"README.md : ce fichier est à la plateforme ; {ASK}",
        f"deploys/site.py : ce fichier est à la plateforme ; {ASK}",
        "inventory/applications/cim.yaml : ce fichier est à MTDPCE ; demander à @burkina/dsi-mtdpce",
        "inventory/institutions/mtdpce/people.yaml : ce fichier est à MTDPCE ; demander à @burkina/dsi-mtdpce",
        f"inventory/platform.yaml : ce fichier est à la plateforme ; {ASK}",
    ]


def test_in_english_too(repo: Repo) -> None:
    repo.edit("inventory/institutions/mtdpce/people.yaml", "given: Awa", "given: Eve")
    repo.commit()
    _, lines = repo.run(INSTITUTION="sante", LC_ALL="en_US.UTF-8")
    assert lines == ["inventory/institutions/mtdpce/people.yaml: this file is MTDPCE's; ask @burkina/dsi-mtdpce"]


@pytest.mark.parametrize(
    ("author", "allowed"),
    [("@Mariam", True), ("mariam", True), ("@burkina/dsi-sante", True), ("@ops", True), ("@eve", False), ("", False)],
)
def test_the_author_is_known_by_an_account_of_the_forge(repo: Repo, author: str, allowed: bool) -> None:
    repo.edit(PEOPLE, "given: Moussa", "given: Mousa")
    assert (repo.refused(AUTHOR=author) == []) is allowed


def test_the_platform_team_changes_all(repo: Repo) -> None:
    repo.edit("inventory/institutions/mtdpce/people.yaml", "given: Awa", "given: Eve")
    repo.edit(f"{SANTE}/institution.yaml", "@Mariam", "@eve")
    repo.write("deploys/site.py", "import os\n")
    assert repo.refused(AUTHOR="@OPS") == []


def test_the_pull_request_does_not_say_who_its_author_is(repo: Repo) -> None:
    repo.edit("inventory/platform.yaml", "@ops", "@eve")
    assert repo.refused(AUTHOR="@eve") == [
        "@eve n'est dans les « authors » ni les « reviewers » d'aucun institution.yaml",
        f"inventory/platform.yaml : ce fichier est à la plateforme ; {ASK}",
    ]


def test_who_reviews_and_who_proposes_changes_with_the_platform_only(repo: Repo) -> None:
    repo.edit(f"{SANTE}/institution.yaml", '"@burkina/dsi-sante"', '"@eve"')
    repo.edit(f"{SANTE}/institution.yaml", '"@Mariam"', '"@Mariam", "@eve"')
    assert repo.refused() == [
        f"{SANTE}/institution.yaml:6:1: « reviewers » ne change qu'avec la plateforme ; {ASK}",
        f"{SANTE}/institution.yaml:7:1: « authors » ne change qu'avec la plateforme ; {ASK}",
    ]


def test_an_owner_does_not_hand_over_nor_take(repo: Repo) -> None:
    repo.edit("inventory/sites/dc.yaml", "owner: mtdpce", "owner: sante")
    assert repo.refused(INSTITUTION="mtdpce") == [
        f"inventory/sites/dc.yaml:5:1: « owner » ne change qu'avec la plateforme ; {ASK}"
    ]
    assert repo.refused(INSTITUTION="sante") == [
        "inventory/sites/dc.yaml : ce fichier est à MTDPCE ; demander à @burkina/dsi-mtdpce"
    ]


def test_what_counts_is_main_as_it_is_now(repo: Repo) -> None:
    """The branch began when the site was sante's; it is no longer."""
    repo.git("checkout", "-q", "main")
    repo.edit("inventory/sites/dc.yaml", "owner: mtdpce", "owner: sante")
    repo.commit()
    repo.git("checkout", "-qb", "old")
    repo.edit("inventory/sites/dc.yaml", "10.10.10.15", "10.10.10.16")
    repo.commit()
    repo.git("checkout", "-q", "main")
    repo.edit("inventory/sites/dc.yaml", "owner: sante", "owner: mtdpce")
    repo.commit()
    repo.git("checkout", "-q", "old")
    assert repo.run(INSTITUTION="sante") == (
        1,
        ["inventory/sites/dc.yaml : ce fichier est à MTDPCE ; demander à @burkina/dsi-mtdpce"],
    )


def test_what_main_did_meanwhile_is_not_the_authors(repo: Repo) -> None:
    repo.edit(PEOPLE, "given: Moussa", "given: Mousa")
    repo.commit()
    repo.git("checkout", "-q", "main")
    repo.write("deploys/site.py", "import os\n")
    repo.edit(f"{SANTE}/institution.yaml", "@Mariam", "@moussa")
    repo.commit()
    repo.git("checkout", "-q", "work")
    assert repo.run(INSTITUTION="sante") == (0, [])


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("site: x\nowner: mtdpce\n", "ce fichier est à MTDPCE ; demander à @burkina/dsi-mtdpce"),
        ("site: x\n", f"ce fichier est à la plateforme ; {ASK}"),
        ("owner: [sante]\n", f"ce fichier est à la plateforme ; {ASK}"),
        ("- owner: sante\n", "le fichier n'est pas un ensemble de « clé: valeur »"),
        ("owner: sante\nowner: mtdpce\n", "la clé « owner » est donnée deux fois"),
        ("owner: {\n", "inventory/sites/x.yaml:1:9: "),
    ],
)
def test_a_new_file_belongs_to_whom_it_names(repo: Repo, text: str, line: str) -> None:
    repo.write("inventory/sites/x.yaml", text)
    (refused,) = repo.refused()
    assert refused.startswith("inventory/sites/x.yaml")
    assert line in refused


def test_a_new_institution_is_the_platforms(repo: Repo) -> None:
    repo.write("inventory/institutions/eve/institution.yaml", 'institution: eve\nreviewers: ["@Mariam"]\n')
    repo.write("inventory/institutions/SANTE/people.yaml")
    repo.write("inventory/institutions/sante2/people.yaml")
    assert [line.split(" : ")[1].split(" ;")[0] for line in repo.refused()] == ["ce fichier est à la plateforme"] * 3


def test_a_rename_takes_from_nobody(repo: Repo) -> None:
    repo.git("mv", "inventory/institutions/mtdpce/people.yaml", "inventory/institutions/sante/shares.yaml", "-f")
    repo.git("mv", "deploys/site.py", "inventory/sites/moved.yaml")
    assert repo.refused() == [
        f"deploys/site.py : ce fichier est à la plateforme ; {ASK}",
        "inventory/institutions/mtdpce/people.yaml : ce fichier est à MTDPCE ; demander à @burkina/dsi-mtdpce",
    ]


def test_what_main_added_meanwhile_is_compared_with_nothing(repo: Repo) -> None:
    """Both added the folder: what decides who may change it is the platform's to say, in the pull request too."""
    text = 'institution: eau\nreviewers: ["@eau"]\n'
    path = "inventory/institutions/eau/institution.yaml"
    repo.git("checkout", "-q", "main")
    repo.write(path, f"{text}name: Ministère de l'Eau\n")
    repo.commit()
    repo.git("checkout", "-q", "work")
    repo.write(path, text)
    assert repo.refused(AUTHOR="@eau") == [f"{path}:2:1: « reviewers » ne change qu'avec la plateforme ; {ASK}"]


def test_an_institution_does_not_remove_itself(repo: Repo) -> None:
    repo.git("rm", "-rq", SANTE)
    assert repo.refused() == [f"{SANTE}/institution.yaml : une institution ne se retire pas elle-même ; {ASK}"]


def test_only_plain_files_are_admitted(repo: Repo) -> None:
    (repo.root / PEOPLE).unlink()
    (repo.root / PEOPLE).symlink_to("/etc/passwd")
    (repo.root / SANTE / "groups.yaml").chmod(0o755)
    (repo.root / "inventory/sites/x.yaml").symlink_to("../platform.yaml")
    assert repo.refused() == [
        f"{SANTE}/groups.yaml : un fichier exécutable n'est pas admis ici ; {ASK}",
        f"{PEOPLE} : un lien symbolique n'est pas admis ici ; {ASK}",
        f"inventory/sites/x.yaml : ce fichier est à la plateforme ; {ASK}",
    ]


def test_a_submodule_is_seen_whatever_gitmodules_says(repo: Repo, tmp_path: Path) -> None:
    other = Repo(tmp_path / "other", repo.patch)
    head = other.git("rev-parse", "HEAD")
    repo.write(".gitmodules", f'[submodule "x"]\n\tpath = {SANTE}/x\n\turl = {other.root}\n\tignore = all\n')
    repo.git("add", "-A")
    for path in (f"{SANTE}/x", "vendor"):
        repo.git("update-index", "--add", "--cacheinfo", f"160000,{head},{path}")
    repo.git("config", "diff.ignoreSubmodules", "all")
    repo.git("commit", "-qm", "x")
    _, lines = repo.run(INSTITUTION="sante")
    assert lines == [
        f".gitmodules : ce fichier est à la plateforme ; {ASK}",
        f"{SANTE}/x : le dossier d'une institution contient {', '.join(PARTS)} ; {ASK}",
        f"vendor : ce fichier est à la plateforme ; {ASK}",
    ]


@pytest.mark.parametrize("name", ["evil.py", ".gitattributes", "deep/people.yaml", "people.yml", "conftest.py"])
def test_only_the_files_of_the_inventory_are_admitted(repo: Repo, name: str) -> None:
    repo.write(f"{SANTE}/{name}")
    (line,) = repo.refused()
    assert line.startswith(f"{SANTE}/{name} : le dossier d'une institution contient")


@pytest.mark.parametrize("name", [".hidden.yaml", "deep/x.yaml", "x.py"])
def test_only_yaml_is_admitted_among_sites(repo: Repo, name: str) -> None:
    repo.write(f"inventory/sites/{name}", "owner: sante\n")
    (line,) = repo.refused()
    assert line == f"inventory/sites/{name} : ce dossier contient des fichiers *.yaml ; {ASK}"


@pytest.mark.parametrize(
    "name",
    ["été.txt", "a b", 'quo"te', "tab\tulated", "new\nline", "-rf", ":(top)x", "*", "back\\slash", "\u202egpj.exe"],
)
def test_an_unusual_name_is_one_line(repo: Repo, name: str) -> None:
    repo.write(name)
    (line,) = repo.refused()
    assert line == f"{shown(name)} : ce fichier est à la plateforme ; {ASK}"
    assert line.isprintable()


def test_a_name_that_is_not_utf_8_is_one_line(repo: Repo) -> None:
    Path(os.fsdecode(os.fsencode(repo.root) + b"/\xff\xfe")).write_text("x")
    assert repo.refused() == [f"\\udcff\\udcfe : ce fichier est à la plateforme ; {ASK}"]


def test_names_of_git_are_never_opened(repo: Repo) -> None:
    """A tree may hold what no checkout would: it is read from git's objects, and refused by its name."""
    blob = subprocess.run(
        ["git", "hash-object", "-w", "--stdin"], cwd=repo.root, input="x\n", capture_output=True, text=True, check=True
    ).stdout.strip()
    outer = repo.git("rev-parse", "HEAD^{tree}")
    listing = repo.git("ls-tree", outer) + f"\n100644 blob {blob}\t...\n"
    tree = subprocess.run(
        ["git", "mktree"], cwd=repo.root, input=listing, capture_output=True, text=True, check=True
    ).stdout.strip()
    commit = repo.git("commit-tree", "-m", "x", "-p", "HEAD", tree)
    repo.git("update-ref", "refs/heads/work", commit)
    assert repo.run(INSTITUTION="sante") == (1, [f"... : ce fichier est à la plateforme ; {ASK}"])


def test_a_huge_file_is_one_line(repo: Repo) -> None:
    repo.write("inventory/sites/x.yaml", "owner: sante\n" + "# x\n" * 300_000)
    assert repo.refused() == ["inventory/sites/x.yaml:1:1: le fichier est trop gros"]


def test_a_yaml_bomb_is_one_line(repo: Repo) -> None:
    layers = [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 12)]
    repo.write("inventory/sites/x.yaml", "\n".join(["l0: &l0 [x]", *layers, "owner: mtdpce", ""]))
    assert len(repo.refused()) == 1


@pytest.mark.parametrize(
    ("variables", "line"),
    [
        ({"BASE": "nowhere"}, "nowhere...HEAD: no commit 'nowhere' here: git fetch?"),
        ({"BASE": "--exec=x"}, "--exec=x...HEAD: no commit '--exec=x' here: git fetch?"),
        ({"BASE": "orphan"}, "orphan...HEAD: no commit in common: fetch the whole history"),
        ({"INSTITUTION": "snte"}, "main...HEAD: pas d'institution « snte » ; il y a anptic, mtdpce, sante"),
        ({"INSTITUTION": "sante", "AUTHOR": "@x"}, "main...HEAD: INSTITUTION ou AUTHOR, pas les deux"),
    ],
)
def test_a_question_that_cannot_be_answered_is_one_line(repo: Repo, variables: dict[str, str], line: str) -> None:
    repo.git("checkout", "-q", "--orphan", "orphan")
    repo.git("commit", "-qm", "another beginning")
    repo.git("checkout", "-q", "work")
    assert repo.run(**({"INSTITUTION": "sante"} | variables if "INSTITUTION" not in variables else variables)) == (
        1,
        [line],
    )


def test_without_an_author_it_says_whom_each_file_concerns(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    repo.edit("inventory/institutions/mtdpce/people.yaml", "given: Awa", "given: Eve")
    repo.write("README.md")
    repo.commit()
    assert repo.run() == (0, [])
    assert capsys.readouterr().out.splitlines() == [
        "README.md: la plateforme (@burkina/plateforme)",
        "inventory/institutions/mtdpce/people.yaml: MTDPCE (@burkina/dsi-mtdpce)",
    ]


def test_make_runs_nothing_that_a_forge_says(tmp_path: Path) -> None:
    """The author comes through the environment, past make and the shell."""
    author = f"@$(shell touch {tmp_path}/a)`touch {tmp_path}/b`$(touch {tmp_path}/c)"
    done = subprocess.run(
        ["make", "--silent", "--old-file=.cache/venv/ready", "ownership"],
        env={**os.environ, "BASE": "HEAD", "AUTHOR": author, "LC_ALL": "fr_FR.UTF-8"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.startswith(f"{author} n'est dans")
    assert list(tmp_path.iterdir()) == []


def test_the_base_and_the_model_agree(repo: Repo) -> None:
    """Owners as git's objects give them are those of the inventory when it is loaded."""
    loaded = owners(load("lab", repo.root / "inventory"))
    paths = [*loaded.files, PEOPLE, "README.md"]
    read = owners_in(Repository(repo.root), repo.git("rev-parse", "main"), paths)
    assert read == loaded
