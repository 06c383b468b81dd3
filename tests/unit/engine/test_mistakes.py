"""One line for whatever went wrong, with the file and line of ours where it did."""

from pathlib import Path

import pytest
from pyinfra_cli.exceptions import UnexpectedExternalError

from deploys.engine.mistakes import LINES_PER_FILE, SaidError, one_line
from inventory.secrets import SecretError
from roles import rendering
from roles.common.packages import InstalledPackages
from roles.rendering import RenderError, render


def raised(text: str, shift: int = 0) -> Exception:
    """What a deploy file raises, as pyinfra hands it on."""
    try:
        exec(compile("\n" * shift + text, "deploys/sample.py", "exec"), {})
    except SyntaxError as error:
        return error
    except Exception as error:
        return UnexpectedExternalError(error, "deploys/sample.py")
    raise AssertionError("nothing was raised")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\n{}['key']", "deploys/sample.py:2: KeyError: 'key'"),
        ("[][1]", "deploys/sample.py:1: IndexError: list index out of range"),
        ("import no_such_module", "deploys/sample.py:1: No module named 'no_such_module'"),
        ("assert False", "deploys/sample.py:1: AssertionError"),
        ("\n\nopen('gone')", "deploys/sample.py:3: gone: No such file or directory"),
        ("def f(:", "deploys/sample.py:1: invalid syntax"),
        ("raise ValueError('two\\n  lines')", "deploys/sample.py:1: two lines"),
        ("\nimport json\njson.loads('{')", "deploys/sample.py:3: Expecting property name enclosed in double quotes"),
    ],
)
def test_a_mistake_of_ours_is_named_with_its_line(text: str, said: str) -> None:
    assert one_line(raised(text)).startswith(said)
    if "def" not in text:  # deploy files are loaded each with its lines shifted
        assert one_line(raised(text, 3 * LINES_PER_FILE)).startswith(said)


def test_the_innermost_file_of_ours_is_named() -> None:
    with pytest.raises(AttributeError) as caught:
        InstalledPackages().process([None])  # type: ignore[list-item]
    assert one_line(caught.value).startswith("roles/common/packages.py:")


@pytest.mark.parametrize("kind", [SaidError, SecretError, RenderError])
def test_an_error_that_says_it_all_is_left_alone(kind: type[Exception]) -> None:
    with pytest.raises(kind) as caught:
        raise kind("mail.age: no such file: run `make secrets`")
    assert one_line(caught.value) == "mail.age: no such file: run `make secrets`"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a\n{{ name }}\n", "templates/sample.j2:2: 'name' is undefined"),
        ("a\nb {{ cfg.name }}\n", "templates/sample.j2:2: 'dict object' has no attribute 'name'"),
        ("{% for x in %}", "templates/sample.j2:1: "),
        ("a\n{% include 'other.j2' %}", "templates/other.j2:1: 'gone' is undefined"),
        ("{% include 'no-such.j2' %}", "templates/no-such.j2: no such template"),
        ("{{ name | nothing }}", "templates/sample.j2:1: No filter named 'nothing'"),
    ],
)
def test_a_template_says_its_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, said: str) -> None:
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "sample.j2").write_text(text)
    (folder / "other.j2").write_text("{{ gone }}\n")
    monkeypatch.setattr(rendering, "TEMPLATES", folder)
    monkeypatch.setattr(rendering._environment, "loader", rendering.FileSystemLoader(folder))
    with pytest.raises(RenderError) as caught:
        render("sample.j2", cfg={})
    assert str(caught.value).startswith(said)
