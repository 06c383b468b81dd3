"""From a parsed file to a typed model, with each refusal said in words."""

import re
import unicodedata
from collections.abc import Collection
from difflib import get_close_matches
from functools import cache
from ipaddress import IPv4Network
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import ErrorDetails

from inventory.model.forms import BY_PATTERN, TEXT, Form
from inventory.model.messages import either, say
from inventory.model.parse import Unclear
from inventory.model.problems import InventoryError, Problem, shorten
from inventory.model.source import Path_, Source

M = TypeVar("M", bound=BaseModel)

MOST_SHOWN = 100  # mistakes of one file; the rest is counted
MOST_LISTED = 12  # words of a list of what is allowed

# pydantic's error type -> what we call the type that was expected
EXPECTED = {
    "string_type": "type_text",
    "int_type": "type_integer",
    "bool_type": "type_boolean",
    "list_type": "type_list",
    "dict_type": "type_mapping",
    "model_type": "type_mapping",
    "ip_v4_address": "type_address",
    "ip_v4_interface": "type_interface",
    "ip_v4_network": "type_prefix",
    "path_type": "type_text",
}
YES_AND_NO = {"yes": "true", "y": "true", "on": "true", "no": "false", "n": "false", "off": "false"}


class InOrder(GenerateJsonSchema):
    """A schema whose keys stay in the order that the models give them."""

    def sort(self, value: JsonSchemaValue, parent_key: str | None = None) -> JsonSchemaValue:
        del parent_key
        return value


@cache
def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of a model."""
    return model.model_json_schema(schema_generator=InOrder)


def validate(model: type[M], source: Source) -> M:
    """The file as `model`. Raises InventoryError with the mistakes of the file."""
    if source.data is None:
        raise InventoryError([Problem(source.path, 1, 1, say("empty", example=example(model, ())))])
    try:
        return model.model_validate(source.data)
    except ValidationError as error:
        details = error.errors(include_url=False)
        problems = [_problem(model, source, detail) for detail in details[:MOST_SHOWN]]
        if len(details) > MOST_SHOWN:
            rest = say("more", count=len(details) - MOST_SHOWN)
            last = max(problems)
            problems.append(Problem(last.file, last.line, last.column + 1, rest))
        raise InventoryError(problems) from None


def near(value: object, words: Collection[str]) -> str:
    """The hint « did you mean … », or nothing."""
    word = str(value)[:64].lower()
    if word in YES_AND_NO and {"true", "false"} <= set(words):
        return say("did_you_mean", near=YES_AND_NO[word])
    candidates = {known.lower(): known for known in words if abs(len(known) - len(word)) <= 4}
    close = get_close_matches(word, candidates, 1, cutoff=0.6)
    return say("did_you_mean", near=candidates[close[0]]) if close else ""


def listed(words: Collection[str]) -> str:
    """« ; possibles : a, b », where a line bears it."""
    return say("choices", words=", ".join(words) or say("nothing")) if len(words) <= MOST_LISTED else ""


def example(model: type[BaseModel], path: Path_) -> str:
    """« ; ex. : key: value », as it is written in the file, or nothing."""
    while path and "examples" not in _schema_at(model, path):
        path = path[:-1]  # the whole that it is a part of has one
    node = _schema_at(model, path)
    if not path:
        shown = node.get("required") or list(node["properties"])[-1:]
        whole = {key: node["properties"][key]["examples"][0] for key in shown}
        return say("example", example=on_one_line(whole)[1:-1] if len(whole) == 1 else on_one_line(whole))
    value = on_one_line(node["examples"][0])
    if isinstance(path[-1], int):
        value = f"- {value}"
    elif path[-1] in _keys(model, path[:-1]):
        value = f"{path[-1]}: {value}"
    return say("example", example=value)


def on_one_line(value: object) -> str:
    """A value as YAML on one line."""
    text = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10_000, sort_keys=False)
    return text.removesuffix("\n").removesuffix("\n...")


def _problem(model: type[BaseModel], source: Source, detail: ErrorDetails) -> Problem:
    kind, context, found = detail["type"], detail.get("ctx", {}), detail["input"]
    path = tuple(step for step in detail["loc"] if step != "[key]")
    on_key = "[key]" in detail["loc"] or kind == "extra_forbidden"
    value, shown = shorten(found), "" if on_key else example(model, path)
    if kind == "extra_forbidden":
        allowed = _keys(model, path[:-1])
        hint = near(path[-1], allowed)
        message = say("unknown_key", key=shorten(path[-1]), choices=listed(allowed), hint=hint)
    elif kind == "missing":
        message = say("missing", key=path[-1], example=shown)
        path = path[:-1]
    elif kind == "literal_error":
        allowed = _choices(model, path)
        message = say("not_allowed", value=value, allowed=", ".join(allowed), hint=near(value, allowed))
    elif kind == "string_pattern_mismatch" or (kind == "string_too_long" and context["max_length"] == TEXT.longest):
        form = TEXT if kind == "string_too_long" else BY_PATTERN[context["pattern"]]  # a test sees to it
        ours = shown or say("example", example=form.example)
        words = either(form.french, form.english)
        message = say("bad_form", value=value, expected=words, hint=_repaired(form, str(found)), example=ours)
    elif kind in ("greater_than_equal", "less_than_equal"):
        message = say("out_of_range", value=value, limits=_limits(model, path), example=shown)
    elif kind == "string_too_long":
        message = say("text_too_long", value=value, limit=context["max_length"], example=shown)
    elif kind == "too_short":
        message = say("list_too_short", key=path[-1], limit=context["min_length"], example=shown)
    elif kind in EXPECTED:
        message = _wrong_type(EXPECTED[kind], found, shown)
    elif "address_not_text" in detail["msg"]:
        message = _wrong_type("type_address", found, shown)
    else:
        message = say("not_admitted", value=value, example=shown)
    return source.problem(path, message, on_key=on_key)


def _wrong_type(expected: str, found: object, shown: str) -> str:
    if found is None:
        return say("no_value_given", expected=say(expected), example=shown)
    value = str(found).lower() if isinstance(found, bool) else shorten(found)
    if expected == "type_text" and isinstance(found, Unclear | int):
        return say("unclear", value=value)
    hint = ""
    if expected == "type_integer" and isinstance(found, str) and found.isdecimal():
        hint = say("without_quotes")
    if expected == "type_boolean":
        hint = near(value, ("true", "false"))
    if expected == "type_prefix" and isinstance(found, str):
        hint = _without_host_bits(found)
    if isinstance(found, list | dict):
        value = "[…]" if isinstance(found, list) else "{…}"
    return say("wrong_type", value=value, expected=say(expected), hint=hint, example=shown)


def _repaired(form: Form, text: str) -> str:
    """The hint of the nearest text that has a form: « Mariam Modèle » is mariam.modele."""
    plain = unicodedata.normalize("NFKD", text[:100]).encode("ascii", "ignore").decode()
    words = re.findall("[a-z0-9]+", plain.lower())
    tries = (plain.lower(), ".".join(words), "-".join(words), plain.upper(), f"@{plain}")
    fits = (one for one in tries if re.fullmatch(form.pattern, one) and len(one) <= (form.longest or len(one)))
    near_one = next(fits, "")
    return say("did_you_mean", near=near_one) if near_one else ""


def _without_host_bits(text: str) -> str:
    try:
        return say("did_you_mean", near=IPv4Network(text, strict=False))
    except ValueError:
        return ""


def _limits(model: type[BaseModel], path: Path_) -> str:
    node = _schema_at(model, path)
    if "maximum" not in node:
        return f"≥ {node['minimum']}"
    return say("between", low=node["minimum"], high=node["maximum"])


def _choices(model: type[BaseModel], path: Path_) -> list[str]:
    node = _schema_at(model, path)
    return [str(word) for word in node.get("enum", [node.get("const", "")])]


def _schema_at(model: type[BaseModel], path: Path_) -> dict[str, Any]:
    """The JSON schema of the value at a path."""
    root = schema_of(model)
    node = root
    for step in path:
        any_key = next(iter(node.get("patternProperties", {}).values()), None)
        known = node.get("properties", {}).get(step)
        node = known or any_key or node.get("items") or node.get("additionalProperties") or {}
        optional = [choice for choice in node.get("anyOf", []) if choice.get("type") != "null"]
        node = {**(optional[0] if optional else {}), **node}
        if "$ref" in node:
            node = {**root["$defs"][node["$ref"].rsplit("/", 1)[1]], **node}
    return node


def _keys(model: type[BaseModel], path: Path_) -> list[str]:
    return list(_schema_at(model, path).get("properties", {}))
