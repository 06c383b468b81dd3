"""The tree of a pull request: main's code, its data, and nothing else of it. Real repositories, hostile ones too."""

import stat
import subprocess
import threading
from base64 import b64encode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from deploys import overlay as module
from deploys.overlay import OverlayError, overlay
from deploys.review.git import GitError, Objects
from tests.unit.pullrequest.repository import Repository

PEOPLE = "inventory/institutions/sante/people.yaml"
MORE = "  - {login: nafi.nouvelle, given: Nafi, family: Nouvelle}\n"


@pytest.fixture
def out(repository: Repository) -> Path:
    return repository.path / ".cache/pull-request"


def make(repository: Repository, head: str, out: Path) -> module.Overlay:
    return overlay("main", head, out, repository.path)


def files(folder: Path) -> dict[str, Path]:
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if not path.is_dir()}
    return {name: path for name, path in found.items() if not name.startswith((".cache", ".overlay"))}


def test_data_is_taken_code_is_not(repository: Repository, out: Path) -> None:
    before = files(repository.path).keys() - {".git"}
    repository.branch("change")
    repository.edit(PEOPLE, "  - {id: M2001, login: moussa", MORE + "  - {id: M2001, login: moussa")
    repository.write(
        {
            "roles/mail.py": "CODE = 'pull request'\n",
            "sitecustomize.py": "print('hostile')\n",
            "inventory/model/__init__.py": "print('hostile')\n",
            "inventory/sites/new.yaml": "site: new\n",
            "inventory/environments/lab.yaml": "environment: lab\n",
            "inventory/production/secrets/mail.age": "x",
            "inventory/policies/none.py": "",
            "inventory/applications/cim.yaml": None,
            "CODEOWNERS": "* @burkina/plateforme\n",
        }
    )
    head = repository.commit()
    made = make(repository, head, out)
    assert list(made.taken) == ["CODEOWNERS", "inventory/applications/cim.yaml", PEOPLE, "inventory/sites/new.yaml"]
    assert list(made.left) == [
        "inventory/environments/lab.yaml",
        "inventory/model/__init__.py",
        "inventory/policies/none.py",
        "inventory/production/secrets/mail.age",
        "roles/mail.py",
        "sitecustomize.py",
    ]
    assert MORE in (out / PEOPLE).read_text(encoding="utf-8")
    assert (out / "roles/mail.py").read_text(encoding="utf-8") == "CODE = 'main'\n"
    got = set(files(out))
    expected = {name for name in before if not name.startswith(".git/")}
    assert got == expected - {"inventory/applications/cim.yaml"} | {"inventory/sites/new.yaml", "CODEOWNERS"}
    assert module.read(out) == made


def test_what_main_did_since_is_kept(repository: Repository, out: Path) -> None:
    repository.branch("change")
    repository.edit(PEOPLE, "  - {id: M2001, login: moussa", MORE + "  - {id: M2001, login: moussa")
    head = repository.commit()
    repository.branch("main")
    repository.edit("inventory/institutions/anptic/people.yaml", "Salif", "Salifou")
    repository.commit()
    make(repository, head, out)
    assert "Salifou" in (out / "inventory/institutions/anptic/people.yaml").read_text(encoding="utf-8")
    assert MORE in (out / PEOPLE).read_text(encoding="utf-8")


def test_the_same_lines_changed_twice_is_one_line(repository: Repository, out: Path) -> None:
    repository.branch("change")
    repository.edit(PEOPLE, "Moussa", "Moussah")
    head = repository.commit()
    repository.branch("main")
    repository.edit(PEOPLE, "Moussa", "Mousa")
    repository.commit()
    with pytest.raises(OverlayError, match=f"à fusionner d'abord.: {PEOPLE}$"):
        make(repository, head, out)
    assert not out.exists()


@pytest.mark.parametrize(
    ("mode", "content", "kind"),
    [("120000", "/etc/shadow", "symlink"), ("100755", "people: []\n", "executable"), ("160000", "", "submodule")],
)
def test_only_regular_files(mode: str, content: str, kind: str, repository: Repository, out: Path) -> None:
    repository.branch("change")
    repository.put(mode, PEOPLE, content or repository.git("rev-parse", "main"))
    head = repository.commit_index()
    with pytest.raises(OverlayError, match=rf"^{PEOPLE}:1:1: .*\({kind}\)"):
        make(repository, head, out)
    assert not out.exists()
    assert not out.with_name("pull-request.partial").exists()


@pytest.mark.parametrize(
    ("path", "mode"),
    [
        ("inventory/sites/x.yaml/evil.py", "100644"),
        ("inventory/institutions/SANTE/people.yaml", "100644"),
        ("Inventory/sites/x.yaml", "100644"),
        ("inventory/Sites/x.yaml", "100644"),
        ("inventory/sites/x.YAML", "100644"),
        ("inventory/sites/x.yaml\n", "100644"),
        ("inventory/sites/ｘ.yaml", "100644"),
        ("inventory/institutions/sante/extra.yaml", "100644"),
        ("inventory/institutions/sante/deep/people.yaml", "100644"),
        ("inventory/institutions/people.yaml", "100644"),
        ("inventory/institutions/new", "120000"),
        ("inventory/institutions/other", "160000"),
        ("inventory/schema/people.json", "100644"),
        (".gitattributes", "100644"),
        (".gitmodules", "100644"),
        ("--output=x.yaml", "100644"),
    ],
)
def test_no_other_path_is_taken(path: str, mode: str, repository: Repository, out: Path) -> None:
    repository.branch("change")
    content = repository.git("rev-parse", "main") if mode == "160000" else "inventory/sites\n"
    repository.put(mode, path, content)
    head = repository.commit_index()
    made = make(repository, head, out)
    assert list(made.taken) == []
    assert list(made.left) == [path.strip()]
    assert not [name for name, file in files(out).items() if file.is_symlink()]
    assert path not in files(out)


@pytest.mark.parametrize("path", ["inventory/sites/../../roles/mail.py", "inventory/institutions/.git/people.yaml"])
def test_a_path_that_leaves_its_folder(path: str, repository: Repository, out: Path) -> None:
    """Git refuses to put such a path in an index: a hostile tree is written object by object."""
    blob = repository.git("hash-object", "-w", "--stdin", sent="hostile")
    tree = repository.git("mktree", sent=f"100644 blob {blob}\t{path.rsplit('/', 1)[1]}\n")
    for name in reversed(path.split("/")[:-1]):
        tree = raw_tree(repository, name, tree)
    head = repository.git("commit-tree", tree, "-p", "main", "-m", "hostile")
    try:
        made = make(repository, head, out)
    except GitError:
        assert not out.exists()
    else:
        assert path not in made.taken
    assert (repository.path / "roles/mail.py").read_text(encoding="utf-8") == "CODE = 'main'\n"


def raw_tree(repository: Repository, name: str, tree: str) -> str:
    content = b"40000 " + name.encode() + b"\0" + bytes.fromhex(tree)
    command = ["git", "-C", str(repository.path), "hash-object", "-t", "tree", "-w", "--literally", "--stdin"]
    return subprocess.run(command, input=content, capture_output=True, check=True).stdout.decode().strip()


def test_attributes_and_programs_of_a_pull_request_do_nothing(
    repository: Repository, out: Path, tmp_path: Path
) -> None:
    """Filters, textconv, external diffs and merge drivers that this machine knows are not run for it."""
    mark = tmp_path / "ran"
    for key in ("filter.evil.smudge", "diff.evil.textconv", "diff.evil.command", "merge.evil.driver"):
        repository.git("config", key, f"touch {mark}; cat")
    repository.branch("change")
    repository.write({".gitattributes": "*.yaml filter=evil diff=evil merge=evil export-subst export-ignore\n"})
    repository.git("-c", "filter.evil.smudge=", "add", "--all")
    repository.edit(PEOPLE, "Moussa", "$Format:%H$")
    head = repository.commit()
    repository.git("-c", "filter.evil.smudge=cat", "checkout", "--quiet", "main")
    make(repository, head, out)
    assert "$Format:%H$" in (out / PEOPLE).read_text(encoding="utf-8")
    assert not mark.exists()


def test_a_file_too_large(repository: Repository, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.branch("change")
    repository.write({"inventory/sites/big.yaml": "#" * (module.LARGEST + 1)})
    head = repository.commit()
    with pytest.raises(
        OverlayError, match=r"^inventory/sites/big\.yaml:1:1: 5\s242\s881 octets\s; 5\s242\s880 au plus"
    ):
        make(repository, head, out)
    monkeypatch.setattr(module, "LARGEST", 10 * module.LARGEST)
    monkeypatch.setattr(module, "MOST_BYTES", 1000)
    with pytest.raises(OverlayError, match="trop pour une seule demande"):
        make(repository, head, out)


def test_files_are_plain_and_no_others_folder_is_replaced(repository: Repository, out: Path) -> None:
    repository.branch("change")
    repository.edit(PEOPLE, "Moussa", "Moussah")
    head = repository.commit()
    make(repository, head, out)
    make(repository, head, out)
    assert not stat.S_IMODE((out / PEOPLE).stat().st_mode) & 0o111
    (out / module.RECORD).unlink()
    with pytest.raises(OverlayError, match="is no overlay"):
        make(repository, head, out)
    assert (out / PEOPLE).exists()


def test_revisions_are_never_options(repository: Repository, out: Path) -> None:
    with pytest.raises(GitError, match="no commit"):
        make(repository, "--output=x", out)
    repository.branch("change")
    repository.git("checkout", "--quiet", "--orphan", "unrelated")
    head = repository.commit("of its own")
    with pytest.raises(GitError, match="no commit in common"):
        make(repository, head, out)


def test_the_objects_of_a_pull_request_are_fetched(repository: Repository, tmp_path: Path) -> None:
    clone = Repository(tmp_path / "clone")
    repository.git("clone", "--quiet", str(repository.path), str(clone.path))
    repository.branch("change")
    repository.edit(PEOPLE, "Moussa", "Moussah")
    head = repository.commit()
    repository.git("update-ref", "refs/pull/7/head", head)
    with pytest.raises(GitError, match="no commit"):
        Objects(clone.path).commit(head)
    assert Objects(clone.path).fetch("refs/pull/7/head") == head
    assert Objects(clone.path).commit(head) == head
    with pytest.raises(GitError, match="refs/pull/8/head: "):
        Objects(clone.path).fetch("refs/pull/8/head")
    for ref in ("refs/heads/main", "--upload-pack=x", "refs/pull/7/head:refs/heads/main", "refs/pull/0/head"):
        with pytest.raises(GitError, match="not the head of a pull request"):
            Objects(clone.path).fetch(ref)


def test_a_fetch_gives_the_token_to_its_host_in_a_header(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str | None] = []

    class Forge(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            seen.append(self.headers.get("Authorization"))
            self.send_error(403)

    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with ThreadingHTTPServer(("127.0.0.1", 0), Forge) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        repository.git("remote", "add", "origin", f"http://127.0.0.1:{server.server_address[1]}/r.git")
        with pytest.raises(GitError) as caught:
            Objects(repository.path).fetch("refs/pull/7/head", "s3cret")
        server.shutdown()
        thread.join()
    assert seen == ["Basic " + b64encode(b"x-access-token:s3cret").decode()]
    assert "s3cret" not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "s3cret" not in (repository.path / ".git/config").read_text()
