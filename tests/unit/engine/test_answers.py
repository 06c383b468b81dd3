"""Many questions in one script: each answer is of its own question, and a failure is not taken for an answer."""

import subprocess

from deploys.engine.answers import Batch


def asked(*questions: str) -> dict[str, list[str]]:
    batch = Batch(list(questions))
    ran = subprocess.run(["sh", "-s"], input=batch.script, capture_output=True, text=True, check=True)
    return {question: list(answer.stdout_lines) for question, answer in batch.answers(ran.stdout).items()}


def test_each_question_has_its_own_answer() -> None:
    assert asked("echo one", "printf 'two\\nthree'", "true") == {
        "echo one": ["one"],
        "printf 'two\\nthree'": ["two", "three"],
        "true": [],
    }


def test_one_that_fails_has_none_and_stops_no_other() -> None:
    assert asked("echo half; false", "sh -c 'exit 3'", "echo whole") == {"echo whole": ["whole"]}
