"""Whatever a file holds, the loader answers with lines that point into it, or with a model: never with an exception.

The inputs are the same at each run: 11,000 of them, in three parts.
"""

import random
import re
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory.model import InventoryError, load
from inventory.model.base import Strict
from inventory.model.schema import KINDS
from inventory.model.source import Source
from inventory.model.validate import validate

HERE = Path(__file__).parent
SAMPLE = HERE / "sample"
FILES = sorted(path.relative_to(SAMPLE) for path in SAMPLE.rglob("*.yaml"))
ENGLISH = re.compile(r"did not find|expected|while |should be|not valid|Input ")  # reasons of libraries

SEEN = re.compile(r"« .* »|\".*\"")  # what is said of the file's own words

# What YAML gives a meaning to, and what people paste.
PIECES = [
    *"{}[]:,-#&*!|>'\"%@`?\n\t\r ~<=\\",
    *(
        "\n  ",
        "\n- ",
        ": ",
        "<<: ",
        "---\n",
        "...\n",
        "&a ",
        "*a",
        "!!int ",
        "!x ",
        "%YAML 1.1\n",
        "? ",
        "|\n",
        ">-\n",
        "''",
    ),
    *(
        "no",
        "null",
        "010",
        "1e3",
        "2026-11-25",
        "1" * 40,
        "0x1F",
        "-0",
        ".inf",
        "10.0.0.1/33",
        "::1",
        "é",
        "œ",
        "\u00a0",
    ),
    *(
        "\u200b",
        "\u2028",
        "\x00",
        "\x85",
        "\ufeff",
        "\U0001f1e7",
        "people: ",
        "groups: ",
        "agents",
        "{}",
        "[]",
        "a" * 300,
    ),
]
PARTS = st.sampled_from(PIECES)
CONTENTS = st.one_of(
    st.binary(max_size=60),
    st.text(max_size=60).map(str.encode),
    st.lists(PARTS, max_size=25).map(lambda pieces: "".join(pieces).encode()),
)
ALIKE = settings(
    derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck), max_examples=5000
)


def mutated(text: str, seed: int) -> str:
    """A text with one to three of the accidents that befall it in an editor."""
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 3)):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.choice([0, 0, 1, 1, 2, 5, 20, 200]))
        piece = chance.choice([*PIECES, "", text[start:end] * 2, text[end : end + 30], text[start:end].swapcase()])
        text = text[:start] + piece + text[end:]
    return text


def check_answer(error: InventoryError, texts: dict[str, bytes]) -> None:
    assert error.problems
    for problem in error.problems:
        assert str(problem).isprintable(), repr(str(problem))  # so it is one line, too
        assert problem.column >= 1
        assert not ENGLISH.search(SEEN.sub("", problem.message)), problem.message
        content = texts.get(str(problem.file))
        if content is not None:
            assert 1 <= problem.line <= content.count(b"\n") + 1


def check_alone(content: bytes, model: type[Strict], path: Path) -> None:
    path.write_bytes(content)
    try:
        assert isinstance(validate(model, Source(path, Path("x.yaml"))), model)
    except InventoryError as error:
        check_answer(error, {"x.yaml": content})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


@pytest.fixture(autouse=True)
def _french(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")


def model_of(path: Path) -> type[Strict]:
    """The model of a file of the sample."""
    return KINDS[path.stem if path.stem in KINDS else path.parent.name.removesuffix("s")]


@settings(ALIKE)
@given(content=CONTENTS, kind=st.sampled_from(sorted(KINDS)))
def test_arbitrary_content(content: bytes, kind: str, folder: Path) -> None:
    check_alone(content, KINDS[kind], folder / "x.yaml")


@settings(ALIKE)
@given(which=st.sampled_from(FILES), seed=st.integers(0, 2**32))
def test_mutated_file(which: Path, seed: int, folder: Path) -> None:
    content = mutated((SAMPLE / which).read_text(), seed).encode()
    check_alone(content, model_of(which), folder / "x.yaml")


def test_mutated_inventory(folder: Path) -> None:
    """What a file says of the others too: 1,000 inventories, each with one file that was edited."""
    place = folder / "inventory"
    shutil.copytree(SAMPLE, place)
    valid = 0
    for seed in range(1000):
        which = FILES[seed % len(FILES)]
        content = mutated((SAMPLE / which).read_text(), seed).encode()
        (place / which).write_bytes(content)
        try:
            valid += load("lab", place).environment.environment == "lab"
        except InventoryError as error:
            check_answer(error, {f"inventory/{which}": content})
        shutil.copy(SAMPLE / which, place / which)
    assert 50 < valid < 950  # neither answer is the only one
