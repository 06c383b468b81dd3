"""From a parsed file to a typed model, with each refusal said in words."""

from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from inventory.model.messages import say
from inventory.model.problems import InventoryError, Problem
from inventory.model.source import Source

M = TypeVar("M", bound=BaseModel)

# pydantic's error type -> what we call the type that was expected
EXPECTED = {
    "string_type": "type_text",
    "int_type": "type_integer",
    "int_parsing": "type_integer",
    "int_from_float": "type_integer",
    "bool_type": "type_boolean",
    "bool_parsing": "type_boolean",
    "list_type": "type_list",
    "dict_type": "type_mapping",
    "model_type": "type_mapping",
    "model_attributes_type": "type_mapping",
    "ip_v4_address": "type_address",
    "ip_v4_interface": "type_prefix",
    "ip_v4_network": "type_prefix",
    "path_type": "type_text",
}
RANGES = {"greater_than_equal": ("≥", "ge"), "less_than_equal": ("≤", "le")}


def validate(model: type[M], source: Source) -> M:
    """The file as `model`. Raises InventoryError with every mistake of the file."""
    try:
        return model.model_validate(source.data)
    except ValidationError as error:
        raise InventoryError([_problem(model, source, detail) for detail in error.errors()]) from None


def near(word: object, words: list[str]) -> str:
    """The hint « did you mean … », or nothing."""
    close = get_close_matches(str(word), words, 1, cutoff=0.6)
    return say("did_you_mean", near=close[0]) if close else ""


def _problem(model: type[BaseModel], source: Source, detail: ErrorDetails) -> Problem:
    kind, context = detail["type"], detail.get("ctx", {})
    path = tuple(step for step in detail["loc"] if step != "[key]")
    on_key = "[key]" in detail["loc"] or kind == "extra_forbidden"
    value = _short(detail["input"])
    if kind == "extra_forbidden":
        hint = near(path[-1], list(_model_at(model, path[:-1])))
        message = say("unknown_key", key=path[-1], hint=hint)
    elif kind == "missing":
        message, path = say("missing", key=path[-1]), path[:-1]
    elif kind in EXPECTED:
        message = say("wrong_type", value=value, expected=say(EXPECTED[kind]))
    elif kind == "value_error" and "address_not_text" in detail["msg"]:
        message = say("wrong_type", value=value, expected=say("type_address"))
    elif kind == "literal_error":
        allowed = [word.strip(" '") for word in context["expected"].replace(" or ", ", ").split(",")]
        message = say("not_allowed", value=value, allowed=", ".join(allowed), hint=near(value, allowed))
    elif kind == "string_pattern_mismatch":
        expected = _description(model, path) or context["pattern"]
        message = say("bad_form", value=value, expected=expected)
    elif kind in RANGES:
        sign, bound = RANGES[kind]
        message = say("out_of_range", value=value, limit=f"{sign} {context[bound]}")
    elif kind == "too_short":
        message = say("list_too_short", key=path[-1], limit=context["min_length"])
    elif kind == "string_too_long":
        message = say("text_too_long", value=value, limit=context["max_length"])
    else:
        message = say("other", value=value, reason=detail["msg"])
    return source.problem(path, message, on_key=on_key)


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else f"{text[:37]}…"


def _schema_at(model: type[BaseModel], path: tuple[Any, ...]) -> dict[str, Any]:
    """The JSON schema of the value at a path."""
    root = model.model_json_schema()
    node = root
    for step in (None, *path):
        if step is not None:
            if "properties" in node and step in node["properties"]:
                node = node["properties"][step]
            elif isinstance(node.get("patternProperties"), dict):
                node = next(iter(node["patternProperties"].values()))
            else:
                node = node.get("items") or node.get("additionalProperties") or {}
        node = node if isinstance(node, dict) else {}
        choices = [choice for choice in node.get("anyOf", []) if choice.get("type") != "null"]
        node = choices[0] if choices else node
        if "$ref" in node:
            node = root["$defs"][node["$ref"].rsplit("/", 1)[1]]
    return node


def _model_at(model: type[BaseModel], path: tuple[Any, ...]) -> dict[str, Any]:
    return dict(_schema_at(model, path).get("properties", {}))


def _description(model: type[BaseModel], path: tuple[Any, ...]) -> str:
    return str(_schema_at(model, path).get("description", ""))
