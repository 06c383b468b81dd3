"""The DSI's guide as its readers use it: a copy of the inventory, and the recipes applied to it line by line."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from inventory.model import Administration, load

ROOT = Path(__file__).resolve().parents[3]
GUIDE = ROOT / "docs" / "fr" / "guide-dsi.md"
SAMPLE = ROOT / "tests" / "unit" / "inventory" / "sample"


@dataclass(frozen=True)
class Block:
    """A fenced block: what kind it is, the word after that (a path, « rapport », « refus »), its lines."""

    kind: str
    name: str
    lines: list[str]


@dataclass(frozen=True)
class Section:
    title: str
    prose: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)

    def has(self, name: str) -> bool:
        return any(block.name == name for block in self.blocks)

    def edits(self) -> list[Block]:
        """What a reader changes in files."""
        return [block for block in self.blocks if block.kind in ("yaml", "diff")]

    def said(self, name: str) -> list[str]:
        """What the reader is shown as the answer, with ordinary spaces."""
        return [line for block in self.blocks if (block.kind, block.name) == ("text", name) for line in block.lines]


def sections() -> list[Section]:
    """The guide, by its headings."""
    found: list[Section] = []
    block: Block | None = None
    for line in GUIDE.read_text(encoding="utf-8").splitlines():
        if line.startswith("```"):
            kind, _, name = line.removeprefix("```").partition(" ")
            block = Block(kind, name, []) if block is None else None
            if block:
                found[-1].blocks.append(block)
        elif block:
            block.lines.append(line)
        elif line.startswith("#"):
            found.append(Section(line.lstrip("# ")))
        else:
            found[-1].prose.append(line)
    return found


@dataclass
class Copy:
    """A repository in which recipes are followed."""

    root: Path

    def follow(self, block: Block) -> None:
        """Do with a file what a block of the guide says."""
        path = self.root / block.name
        if block.kind == "diff":
            old = [line[1:] for line in block.lines if line[0] in " -"]
            new = [line[1:] for line in block.lines if line[0] in " +"]
            text = path.read_text(encoding="utf-8")
            assert text.count(_joined(old)) == 1, f"{old} is not once in {block.name}"
            path.write_text(text.replace(_joined(old), _joined(new)), encoding="utf-8")
        elif not path.exists():
            path.write_text(_joined(block.lines), encoding="utf-8")
        else:
            path.write_text(
                _joined(_added(path.read_text(encoding="utf-8").splitlines(), block.lines)), encoding="utf-8"
            )

    def load(self) -> Administration:
        return load("lab", self.root / "inventory")


def _joined(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _added(file: list[str], block: list[str]) -> list[str]:
    """The file with the lines of a block that it lacks; the first lines of the block, which it has, say where."""
    at, known = -1, 0
    for line in block:
        found = [number for number in range(at + 1, len(file)) if file[number].split("#")[0].rstrip() == line]
        if not found:
            break
        at, known = found[0], known + 1
    assert known, f"{block[0]!r} is not in the file"
    indentation = len(block[known - 1]) - len(block[known - 1].lstrip())
    end = at + 1
    while end < len(file) and len(file[end]) - len(file[end].lstrip()) > indentation:
        end += 1
    return [*file[:end], *block[known:], *file[end:]]


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Copy:
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    shutil.copytree(SAMPLE, tmp_path / "repository" / "inventory")
    shutil.copy(SAMPLE.parent / "buildings/mtdpce-siege.yaml", tmp_path / "repository" / "inventory/sites")
    return Copy(tmp_path / "repository")
