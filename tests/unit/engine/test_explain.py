"""What a command does, in words: never what a secret holds, never nothing."""

from io import StringIO
from pathlib import Path

from pyinfra.api import StringCommand
from pyinfra.api.command import FileUploadCommand, FunctionCommand

from deploys.engine.change import Line
from deploys.engine.explain import FileText, explain, written
from deploys.engine.plan import identity
from roles.common.commands import Explained, Removed, Says, WriteFile


def file(
    content: str | bytes, *, secret: bool = False, mode: str = "644", removes: tuple[Removed, str] | None = None
) -> WriteFile:
    return WriteFile(
        "/etc/f", content, user="root", group="root", mode=mode, check=None, secret=secret, removes=removes
    )


def texts(command: StringCommand | FileUploadCommand | FunctionCommand, old: list[str] | None = None) -> list[str]:
    found = explain(command, lambda _: old, lambda text: "sante" if "sante" in text else "")
    return [line.text for line in found.lines]


def test_a_file_is_new_or_changed_or_has_another_owner() -> None:
    assert texts(file("a\nb\n")) == ["/etc/f: new file", "+a", "+b"]
    assert texts(file("a\nc\n"), ["a", "b"]) == ["/etc/f: changed", "-b", "+c"]
    assert texts(file("a\n"), ["a"]) == ["/etc/f: owner or mode"]
    assert texts(file(""), []) == ["/etc/f: owner or mode"]


def test_a_secret_and_bytes_are_not_shown() -> None:
    assert texts(file("hunter2\n", secret=True), ["old"]) == ["/etc/f: secret content differs"]
    assert texts(file(b"\0\1\2")) == ["/etc/f: content differs (3 bytes)"]


def test_what_a_file_no_longer_declares_is_a_removal() -> None:
    command = file("[a]\n[c]\n", removes=("share", r"\[(\w+)\]"))
    found = explain(command, lambda _: ["[a]", "[b]", "x"], lambda _: "")
    assert found.lines[-1] == Line("share b: remove", "", "share")
    assert [line.removes for line in found.lines].count("share") == 1


def test_an_explained_command_says_its_effects_and_whose_they_are() -> None:
    found = explain(Explained("x", changes=["sante: a", Says("b", "mef", "account")]), lambda _: None, lambda t: t[:5])
    assert found.lines == (Line("sante: a", "sante"), Line("b", "mef", "account"))
    assert (found.risk, found.certainty, found.opens) == ("removal", "certain", False)
    unforeseen = explain(Explained("x", changes=["a"], foreseen=False, opens=True), lambda _: None, lambda _: "")
    assert (unforeseen.certainty, unforeseen.opens) == ("unknown", True)


def test_no_command_is_passed_over_in_silence() -> None:
    assert texts(Explained("touch /x", changes=[])) == ["run: touch /x"]
    assert texts(StringCommand("touch", "/x")) == ["run: touch /x"]
    assert texts(StringCommand("echo", "x" * 500))[0].endswith("...")
    assert texts(FunctionCommand(print, ["x"], {}))[0].startswith("run: ")
    assert texts(FileUploadCommand(StringIO("b\n"), "/etc/f"), ["a"]) == ["/etc/f: changed", "-a", "+b"]


def test_what_writes_a_file_is_known() -> None:
    assert written(file("a")) == "/etc/f"
    assert written(FileUploadCommand(StringIO(""), "/etc/g")) == "/etc/g"
    assert written(StringCommand("touch /etc/h")) is None


def test_a_command_is_the_same_when_its_file_is() -> None:
    assert identity(file("a\n")) == identity(file("a\n"))
    assert identity(file("a\n")) != identity(file("b\n"))
    assert identity(file("a\n")) != identity(file("a\n", mode="600"))
    assert identity(file("a\n", secret=True)) != identity(file("b\n", secret=True))
    assert identity(file(b"a\n")) != identity(file(b"b\n"))
    assert identity(StringCommand("a", "b")) == identity(StringCommand("a b"))


def test_an_empty_file_is_not_a_missing_one(tmp_path: Path) -> None:
    import subprocess

    def lines(path: Path) -> list[str] | None:
        command = str(FileText().command(str(path)))
        said = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True).stdout.splitlines()
        return FileText().process(said) if said else None

    (tmp_path / "empty").touch()
    (tmp_path / "with 'quote").write_text("a\n\nb")
    assert lines(tmp_path / "gone") is None
    assert lines(tmp_path / "empty") == []
    assert lines(tmp_path / "with 'quote") == ["a", "", "b"]
