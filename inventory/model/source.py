"""One YAML file: its data, and where in the text each value stands."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from inventory.model.parse import parse
from inventory.model.problems import Problem
from inventory.model.text import inside, read

Path_ = Sequence[str | int]


class Source:
    """A parsed file. Reading is fast; the positions are worked out only when there is an error to show."""

    def __init__(self, path: Path, shown_as: Path) -> None:
        self.path = shown_as
        self._text = read(path, shown_as)
        self.data = parse(self._text, shown_as)

    def problem(self, path: Path_, message: str, *, on_key: bool = False) -> Problem:
        """A mistake at a value (or at its key), named as keys and list indexes from the top."""
        return Problem(self.path, *self.place(path, on_key=on_key), message)

    def place(self, path: Path_, *, on_key: bool = False) -> tuple[int, int]:
        """The line and column of a value (or of its key), both from 1."""
        return self._position(path, on_key)

    @cached_property
    def _tree(self) -> Any:
        return yaml.CSafeLoader(self._text).get_single_node()

    def _position(self, path: Path_, on_key: bool) -> tuple[int, int]:
        node, at = self._tree, self._tree.start_mark
        for depth, step in enumerate(path):
            last = depth == len(path) - 1
            if isinstance(node, yaml.MappingNode):
                pairs = [(key, value) for key, value in node.value if key.value == step]
                if not pairs:
                    break
                key, node = pairs[0]
                # A block below its key is shown at the key: its own position is that of its first child.
                block = isinstance(node, yaml.CollectionNode) and not node.flow_style
                at = key.start_mark if block or (on_key and last) else node.start_mark
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
                at = node.start_mark
            else:
                break
        return inside(self._text, at)


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
