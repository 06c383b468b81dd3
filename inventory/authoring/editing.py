"""Adding to a file that people wrote: lines go in beside their neighbours, and nothing else of the file changes."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import yaml

from inventory.authoring.writing import lines as block_lines
from inventory.authoring.writing import on_one_line, scalar

Path_ = Sequence[str]


class EditError(Exception):
    """The file is laid out in a way that this module does not know."""


def add_item(text: str, path: Path_, item: object) -> str:
    """The text with one more item at the end of the list at a path."""
    sequence = _node(text, path)
    if not isinstance(sequence, yaml.SequenceNode):
        raise EditError
    if sequence.flow_style and sequence.value:
        edited = _insert(text, sequence.value[-1].end_mark.index, f", {on_one_line(item)}")
    elif sequence.flow_style and not isinstance(item, Mapping):
        edited = _insert(text, sequence.start_mark.index + 1, on_one_line(item))
    elif sequence.flow_style:
        edited = _replace_empty(text, sequence, [f"{_indent(text, sequence)}  - {on_one_line(item)}"])
    else:
        margin = _margin(text, sequence.value[0])
        edited = _after(text, _last_line(sequence), _item_lines(margin, item, sequence.value[-1]))
    return _checked(text, edited, path, lambda value: [*value, _plain(item)])


def add_key(
    text: str, path: Path_, key: str, value: Mapping[str, object], order: Callable[[str], Any] | None = None
) -> str:
    """The text with one more key in the mapping at a path: at its end, or where `order` puts it."""
    mapping = _node(text, path)
    if not isinstance(mapping, yaml.MappingNode):
        raise EditError
    if mapping.flow_style and mapping.value:
        after = mapping.value[-1][1].end_mark.index
        edited = _insert(text, after, f", {scalar(key, flow=True)}: {on_one_line(value)}")
    elif mapping.flow_style:
        edited = _replace_empty(text, mapping, block_lines({key: value}, f"{_indent(text, mapping)}  "))
    else:
        before = [pair for pair in mapping.value if order is None or order(pair[0].value) < order(key)]
        margin = " " * mapping.value[0][0].start_mark.column
        beside = (before or mapping.value)[-1][1]
        if isinstance(beside, yaml.MappingNode) and beside.flow_style:
            new = [f"{margin}{scalar(key, flow=False)}: {on_one_line(value)}"]
        else:
            new = block_lines({key: value}, margin)
        line = _last_line(before[-1][1]) if before else _parent_line(text, path)
        edited = _after(text, line, new)
    return _checked(text, edited, path, lambda found: {**found, key: _plain(value)})


def _checked(text: str, edited: str, path: Path_, change: Callable[[Any], Any]) -> str:
    """The edited text, once it is sure to say what the old one said and the addition."""
    wanted = yaml.load(text, yaml.CSafeLoader)
    holder = wanted
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = change(holder[path[-1]])
    try:
        found = yaml.load(edited, yaml.CSafeLoader)
    except yaml.YAMLError:
        raise EditError from None
    if found != wanted:
        raise EditError
    return edited


def _plain(value: object) -> Any:
    return yaml.load(on_one_line(value), yaml.CSafeLoader)


def _node(text: str, path: Path_) -> yaml.Node:
    node = yaml.compose(text, yaml.CSafeLoader)
    for step in path:
        if not isinstance(node, yaml.MappingNode):
            raise EditError
        node = next((value for key, value in node.value if key.value == step), None)
    if node is None:
        raise EditError
    return node


def _last_line(node: yaml.Node) -> int:
    """The line, from 0, on which a node ends: a block's own end mark is where the next thing begins."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _last_line(last[1] if isinstance(last, tuple) else last)
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        raise EditError  # where such a text ends depends on its indicators
    return int(node.end_mark.line)


def _parent_line(text: str, path: Path_) -> int:
    parent = _node(text, path[:-1])
    return next(int(key.end_mark.line) for key, _ in parent.value if key.value == path[-1])


def _margin(text: str, item: yaml.Node) -> str:
    """What stands before an item on its line: « - », with its indentation."""
    margin = text.splitlines()[item.start_mark.line][: item.start_mark.column]
    if margin.strip() != "-":
        raise EditError
    return margin


def _item_lines(margin: str, item: object, beside: yaml.Node) -> list[str]:
    if isinstance(item, Mapping) and isinstance(beside, yaml.MappingNode) and not beside.flow_style:
        first, *others = block_lines(item, " " * len(margin))
        return [margin + first.lstrip(), *others]
    return [f"{margin}{on_one_line(item) if isinstance(item, Mapping) else scalar(item, flow=False)}"]


def _indent(text: str, node: yaml.Node) -> str:
    line = text.splitlines()[node.start_mark.line]
    return line[: len(line) - len(line.lstrip())]


def _insert(text: str, index: int, addition: str) -> str:
    return text[:index] + addition + text[index:]


def _replace_empty(text: str, node: yaml.CollectionNode, new: list[str]) -> str:
    """An empty [] or {} goes, and a block comes below its key. A comment beside it stays."""
    without = text[: node.start_mark.index].rstrip(" ") + text[node.end_mark.index :]
    return _after(without, node.start_mark.line, new)


def _after(text: str, line: int, new: list[str]) -> str:
    ending = "\r\n" if "\r\n" in text else "\n"
    kept = text.splitlines(keepends=True)
    if not kept[line].endswith("\n"):
        kept[line] += ending
    return "".join([*kept[: line + 1], *(f"{added}{ending}" for added in new), *kept[line + 1 :]])
