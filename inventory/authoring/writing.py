"""Values as YAML text, in the style of the inventory: short things on one line, words quoted where they must be."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import yaml

# What every YAML reader takes for a text without quotes; anything else is quoted. A comma parts the values of a line.
PLAIN = re.compile(r"[^\W\d_]([\w .'’()/+-]*[\w.'’)])?")
PLAIN_BLOCK = re.compile(r"[^\W\d_]([\w .,'’()/+-]*[\w.'’)])?")
VERSION = re.compile(r"\d+(\.\d+){2,}")  # with a single dot it would be a number
WORDS = ("true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf")  # these are not texts in YAML


@dataclass(frozen=True)
class Line:
    """A value that is written on one line: {login: …} or [a, b]."""

    value: object


def scalar(value: object, *, flow: bool) -> str:
    """A text, a number or an address."""
    if not isinstance(value, str):
        return str(value)
    shape = PLAIN if flow else PLAIN_BLOCK
    if VERSION.fullmatch(value) or (shape.fullmatch(value) and value.lower() not in WORDS):
        return value
    quoted: str = yaml.dump(value, default_style='"', allow_unicode=True, width=float("inf"))
    return quoted.rstrip("\n")


def on_one_line(value: object) -> str:
    if isinstance(value, Line):
        return on_one_line(value.value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(key, flow=True)}: {on_one_line(v)}" for key, v in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(map(on_one_line, value)) + "]"
    return scalar(value, flow=True)


def lines(value: Mapping[str, object], indent: str = "") -> list[str]:
    """A mapping in block style. Lists of words stand on one line, lists of mappings one a line."""
    written = []
    for key, inner in value.items():
        head = f"{indent}{scalar(key, flow=False)}:"
        if isinstance(inner, Mapping) and inner:
            written += [head, *lines(inner, f"{indent}  ")]
        elif isinstance(inner, Sequence) and any(isinstance(item, Mapping | Line) for item in inner):
            written += [head, *(f"{indent}  - {on_one_line(item)}" for item in inner)]
        elif isinstance(inner, Mapping | Sequence | Line) and not isinstance(inner, str):
            written.append(f"{head} {on_one_line(inner)}")
        else:
            written.append(f"{head} {scalar(inner, flow=False)}")
    return written


def document(schema: str, *parts: Mapping[str, object]) -> str:
    """A whole file: the line that gives editors its schema, then its parts, a blank line between them."""
    text = "\n\n".join("\n".join(lines(part)) for part in parts if part)
    return f"# yaml-language-server: $schema={schema}\n{text}\n"
