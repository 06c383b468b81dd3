"""Why a text is not YAML, in words: libyaml's reasons in ours, with what to write instead."""

import re

import yaml

from inventory.model.messages import say
from inventory.model.problems import shorten
from inventory.model.text import inside

AFTER_A_VALUE = (
    "did not find expected key",
    "did not find expected '-' indicator",
    "did not find expected <document start>",
)

Explained = tuple[int, int, str]  # line and column from 1, and the message


def explain(error: yaml.MarkedYAMLError, text: str) -> Explained:
    """Where the mistake is and what to do. What we have no words for is shown as it stands."""
    mark = error.problem_mark or error.context_mark
    opened = error.context_mark or mark
    if mark is None or opened is None:
        return 1, 1, say("not_yaml")
    lines = text.split("\n")
    lines.extend([""] * (mark.line + 1 - len(lines)))  # libyaml ends a text one line further
    here, word = lines[mark.line], lines[opened.line][opened.column :]
    before, rest = here[: mark.column], here[mark.column :]

    def at(place: yaml.Mark, key: str, **values: object) -> Explained:
        return *inside(text, place), say(key, **values)

    match error.context, error.problem:
        case ("while scanning a quoted scalar", _):
            return at(opened, "quote_open", quote=word[:1])
        case ("while parsing a flow sequence", _):
            return at(mark if mark.line == opened.line else opened, "list_open", value=_seen(rest))
        case ("while parsing a flow mapping", _):
            return at(mark if mark.line == opened.line else opened, "braces_open", value=_seen(rest))
        case (_, "could not find expected ':'"):
            glued = re.match(r"-[^\s-]", word)
            return at(opened, "no_space" if glued else "no_colon", sign="-", value=_seen(word))
        case (_, "mapping values are not allowed in this context"):
            if ": " in before:
                return at(mark, "colon_inside", value=_seen(before.split(": ", 1)[1] + rest))
            glued_line = _line_with_glued_colon(lines, mark.line)
            if glued_line is not None:
                glued_text = lines[glued_line]
                return glued_line + 1, glued_text.index(":") + 1, say("no_space", sign=":", value=_seen(glued_text))
            return at(mark, "indentation", value=_seen(here))
        case (_, problem) if problem in AFTER_A_VALUE:
            if rest.startswith(":"):
                return at(mark, "no_key")
            if before.strip():
                return at(mark, "after_value", value=_seen(rest))
            return at(mark, "indentation", value=_seen(here))
        case (_, "block sequence entries are not allowed in this context"):
            return at(mark, "dash_inside", value=_seen(rest))
        case (_, "found character that cannot start any token"):
            return at(mark, "needs_quotes", value=_word(rest), sign=rest[:1])
        case ("while scanning an alias", _):
            return at(opened, "alias", value=_word(word))
        case ("while scanning an anchor", _):
            return at(opened, "anchor", value=_word(word))
        case (_, "found undefined tag handle") | ("while scanning a tag", _):
            return at(opened, "tag", value=_word(word))
        case (_, "found incompatible YAML document") | ("while scanning a directive", _):
            return at(opened, "directive")
        case ("while parsing a quoted scalar", _):
            return at(mark, "escape", value=_seen(rest))
        case (_, "found unexpected ':'"):
            return at(mark, "no_value", value=_seen(rest[1:]))
        case (_, "did not find expected node content"):
            if not rest.strip() and text.rstrip().endswith(("[", ",")):
                return at(mark, "list_open", value=_seen(rest))
            return at(mark, "no_value", value=_seen(rest))
    return at(mark, "not_yaml_here", value=_seen(rest))


def _line_with_glued_colon(lines: list[str], before: int) -> int | None:
    """The line above that reads « key:value », without its space."""
    for number in range(before - 1, -1, -1):
        if lines[number].strip() and not lines[number].lstrip().startswith("#"):
            return number if re.match(r"[ -]*[A-Za-z_-]+:[^\s:/]", lines[number]) else None
    return None


def _word(text: str) -> str:
    """A value without the comma or bracket that follows it."""
    return _seen(re.split(r"[],}]| #", text, maxsplit=1)[0].strip())


def _seen(text: str) -> str:
    return shorten(text) or say("end_of_file")
