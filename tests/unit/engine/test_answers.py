"""Many questions as one script, run by the shell that hosts have, and what is remembered of them."""

import json
import shlex
import subprocess
from pathlib import Path

import pytest

from deploys.engine.answers import Answers, Batch


def answered(*questions: str) -> dict[str, list[str]]:
    batch = Batch(list(questions))
    ran = subprocess.run(["sh", "-s"], input=batch.script.encode(), capture_output=True, check=True)
    assert ran.stderr == b""
    return {question: output.stdout_lines for question, output in batch.answers(ran.stdout.decode()).items()}


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("one\ntwo\n", ["one", "two"]),
        ("no newline at its end", ["no newline at its end"]),
        ("an empty line at its end\n\n", ["an empty line at its end", ""]),
        ("\n\nat its start\n", ["", "", "at its start"]),
        ("", []),
        ("  spaces \t and a carriage return\r\n", ["  spaces \t and a carriage return\r"]),
        ("-n %s \\n $HOME `id` 'quoted' \"twice\"\n", ["-n %s \\n $HOME `id` 'quoted' \"twice\""]),
        ("@@0123456789abcdef 0\n", ["@@0123456789abcdef 0"]),
        ("é ‐ ⵣ\n", ["é ‐ ⵣ"]),
    ],
)
def test_an_answer_is_what_the_file_holds(tmp_path: Path, text: str, lines: list[str]) -> None:
    (tmp_path / "file").write_text(text, newline="")
    question = f"cat '{tmp_path}/file'"
    assert answered("echo before", question, "echo after") == {
        "echo before": ["before"],
        question: lines,
        "echo after": ["after"],
    }


def test_nul_bytes_leave_the_rest_readable(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"a\0b\nc\n")
    question = f"cat '{tmp_path}/file'"
    assert answered(question, "echo after") == {question: ["ab", "c"], "echo after": ["after"]}


def test_a_question_that_fails_has_no_answer_and_shifts_no_other() -> None:
    assert answered("echo one", "echo half; false", "no-such-program", "echo two") == {
        "echo one": ["one"],
        "echo two": ["two"],
    }


def test_a_question_cannot_read_the_script_that_asks_the_others() -> None:
    assert answered("cat", "echo two") == {"cat": [], "echo two": ["two"]}


def test_what_a_question_says_on_stderr_is_no_answer() -> None:
    assert answered("echo no >&2; echo yes") == {"echo no >&2; echo yes": ["yes"]}


def test_a_question_that_ends_its_shell_or_sets_something_in_it_leaves_the_others_alone() -> None:
    assert answered("echo one", "umask 0; exit 0", "umask") == {
        "echo one": ["one"],
        "umask 0; exit 0": [],
        "umask": ["0022"],
    }


@pytest.mark.parametrize(
    "text",
    ["echo 'a  b' \"$(echo c)\"", "echo it\\'s", "echo a # b", "cat <<E\na\nE", "echo $0 | wc -l", "printf '%s' '\"'"],
)
def test_a_question_in_a_shell_of_its_own_says_the_same(text: str) -> None:
    question = f"sh -c {shlex.quote(text)}"
    alone = subprocess.run(["sh", "-c", question], capture_output=True, text=True, check=True).stdout.splitlines()
    assert answered("true", question) == {"true": [], question: alone}


def test_a_question_that_is_no_shell_answers_nothing_and_neither_do_the_others() -> None:
    """They are asked alone then, and that one says why."""
    batch = Batch(["echo one", "sh -c 'if true'"])
    said = subprocess.run(["sh", "-s"], input=batch.script, capture_output=True, text=True, check=False).stdout
    assert batch.answers(said) == {}


def test_output_that_was_cut_answers_only_what_was_said_whole() -> None:
    batch = Batch(["echo one", "seq 1000"])
    said = subprocess.run(["sh", "-s"], input=batch.script, capture_output=True, text=True, check=True).stdout
    assert list(batch.answers(said[:100])) == ["echo one"]


def test_a_thousand_questions_and_a_megabyte_fit_in_one_script(tmp_path: Path) -> None:
    (tmp_path / "large").write_text("0123456789abcde\n" * (1 << 16))
    questions = [f"cat '{tmp_path}/large'", *(f"echo {number}" for number in range(1000))]
    found = answered(*questions)
    assert len(found[questions[0]]) == 1 << 16
    assert found["echo 999"] == ["999"]


def test_what_was_asked_is_remembered_for_the_next_run(tmp_path: Path) -> None:
    path = tmp_path / "asked/dc1.json"
    asked = Answers(path)
    asked.asked = {"echo b": None, "echo a": None}
    asked.remember()
    assert Answers(path).expected == ["echo b", "echo a"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["dc1.json"]


@pytest.mark.parametrize("text", ["", "{", '{"a": 1}', "null", '"text"', "\udcff"])
def test_a_memory_that_is_corrupt_is_no_memory(tmp_path: Path, text: str) -> None:
    (tmp_path / "dc1.json").write_bytes(text.encode(errors="surrogateescape"))
    assert Answers(tmp_path / "dc1.json").expected == []


def test_only_questions_are_remembered(tmp_path: Path) -> None:
    (tmp_path / "dc1.json").write_text(json.dumps(["echo 1", 2, None, ["echo 3"]]))
    assert Answers(tmp_path / "dc1.json").expected == ["echo 1"]


def test_a_batch_is_asked_once_and_never_what_is_known() -> None:
    answers = Answers(None)
    answers.expect(["b", "a", "b"])
    answers.known["a"] = None  # type: ignore[assignment]
    assert answers.batch("c") == ["c", "b"]
    assert answers.batch("d") == ["d"]
    answers.expect(["e", "f"])
    assert answers.batch("f") == ["e", "f"]


def test_after_a_change_nothing_is_known() -> None:
    answers = Answers(None)
    answers.known["a"] = None  # type: ignore[assignment]
    answers.expect(["b"])
    answers.forget()
    assert (answers.known, answers.expected) == ({}, [])
