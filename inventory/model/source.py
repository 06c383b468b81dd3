"""One YAML file: its data, and where in the text each value stands."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from inventory.model.messages import say
from inventory.model.problems import InventoryError, Problem

Path_ = Sequence[str | int]


class Source:
    """A parsed file. Reading is fast; the positions are worked out only when there is an error to show."""

    def __init__(self, path: Path, shown_as: Path) -> None:
        self.path = shown_as
        self._text = _read(path, shown_as)
        self.data = self._parse("safe")

    def problem(self, path: Path_, message: str, *, on_key: bool = False) -> Problem:
        """A mistake at a value (or at its key), named as keys and list indexes from the top."""
        line, column = self._position(path, on_key)
        return Problem(self.path, line, column, message)

    @cached_property
    def _tree(self) -> Any:
        return self._parse("rt")

    def _parse(self, kind: str) -> Any:
        try:
            data = YAML(typ=kind, pure=kind == "rt").load(self._text)
        except DuplicateKeyError as error:
            key = str(error.problem).split('"')[1] if '"' in str(error.problem) else "?"
            raise InventoryError([self._at(error, say("duplicate_key", key=key))]) from None
        except MarkedYAMLError as error:
            reason = error.problem or error.context or "?"
            raise InventoryError([self._at(error, say("not_yaml", reason=reason))]) from None
        except YAMLError as error:
            reason = str(error).splitlines()[0]
            raise InventoryError([Problem(self.path, 1, 1, say("not_yaml", reason=reason))]) from None
        if data is None:
            raise InventoryError([Problem(self.path, 1, 1, say("empty"))])
        return data

    def _at(self, error: MarkedYAMLError, message: str) -> Problem:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return Problem(self.path, line, column, message)

    def _position(self, path: Path_, on_key: bool) -> tuple[int, int]:
        node, at = self._tree, (0, 0)
        for depth, step in enumerate(path):
            last = depth == len(path) - 1
            if isinstance(node, CommentedMap) and step in node:
                at = node.lc.key(step) if on_key and last else node.lc.value(step)
                # A block below its key is shown at the key: its own position is that of its first child.
                if isinstance(node[step], CommentedMap | CommentedSeq) and not node[step].fa.flow_style():
                    at = node.lc.key(step)
            elif isinstance(node, CommentedSeq) and isinstance(step, int) and step < len(node):
                at = node.lc.item(step)
            else:
                break
            node = node[step]
        return at[0] + 1, at[1] + 1


class Files:
    """The files of one folder as one: a value is found by its first key."""

    def __init__(self, first: Source, others: Iterable[Source]) -> None:
        self._first = first
        self._by_key = {key: source for source in (first, *others) for key in source.data}

    def problem(self, path: Path_, message: str, *, on_key: bool = False) -> Problem:
        """A mistake at a value (or at its key), in the file that holds it."""
        return self._holding(path[0]).problem(path, message, on_key=on_key)

    def path_of(self, key: str) -> Path:
        """The file that holds a key."""
        return self._holding(key).path

    def _holding(self, key: str | int) -> Source:
        return self._by_key.get(key, self._first)


def _read(path: Path, shown_as: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise InventoryError([Problem(shown_as, 1, 1, say("not_utf8"))]) from None
    except OSError:
        raise InventoryError([Problem(shown_as, 1, 1, say("no_such_file"))]) from None
