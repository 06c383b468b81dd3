"""Lines go in beside their neighbours; what people wrote stays, byte for byte."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from inventory.authoring.editing import EditError, add_item, add_key
from inventory.authoring.writing import Line, document, on_one_line

NAFI = {"login": "nafi.n", "given": "Nafi", "family": "N: # '"}
WRITTEN = """{login: nafi.n, given: Nafi, family: "N: # '"}"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("people:\n  - {login: a}\n", f"people:\n  - {{login: a}}\n  - {WRITTEN}\n"),
        ("people:   # é\n- {login: a}  # b\n\n# end\n", f"people:   # é\n- {{login: a}}  # b\n- {WRITTEN}\n\n# end\n"),
        ("people:\n  - {login: a}", f"people:\n  - {{login: a}}\n  - {WRITTEN}\n"),
        ("people:\r\n  - {login: a}\r\n", f"people:\r\n  - {{login: a}}\r\n  - {WRITTEN}\r\n"),
        (
            "people:\n  - {login: a,\n     given: b}\nx: 1\n",
            f"people:\n  - {{login: a,\n     given: b}}\n  - {WRITTEN}\nx: 1\n",
        ),
        (
            "people:\n  - login: a\n    given: b   # c\nx: 1\n",
            "people:\n  - login: a\n    given: b   # c\n"
            '  - login: nafi.n\n    given: Nafi\n    family: "N: # \'"\nx: 1\n',
        ),
        ("people: []   # nobody\nx: 1\n", f"people:   # nobody\n  - {WRITTEN}\nx: 1\n"),
        ("people: [{login: a}]  # b\n", f"people: [{{login: a}}, {WRITTEN}]  # b\n"),
    ],
)
def test_a_person_joins_the_list(before: str, after: str) -> None:
    assert add_item(before, ("people",), NAFI) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("groups:\n  dsi: [é, b]   # c\n  rh: [b]\n", "groups:\n  dsi: [é, b, nafi]   # c\n  rh: [b]\n"),
        ("groups:\n  dsi: []\n", "groups:\n  dsi: [nafi]\n"),
        ("groups:\n  dsi: [\n    a,\n    b,  # c\n  ]\n", "groups:\n  dsi: [\n    a,\n    b, nafi,  # c\n  ]\n"),
        ("groups:\n  dsi:\n    - a\n    - b  # c\n", "groups:\n  dsi:\n    - a\n    - b  # c\n    - nafi\n"),
        ("groups: {dsi: [a], rh: [b]}\n", "groups: {dsi: [a, nafi], rh: [b]}\n"),
    ],
)
def test_a_login_joins_a_group(before: str, after: str) -> None:
    assert add_item(before, ("groups", "dsi"), "nafi") == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "shares:\n  a:\n    description: A  # b\n    write: [c]\n# end\n",
            "shares:\n  a:\n    description: A  # b\n    write: [c]\n  new:\n    description: N, ew\n    write: [x]\n"
            "# end\n",
        ),
        ("shares: {}\n", "shares:\n  new:\n    description: N, ew\n    write: [x]\n"),
        (
            "shares:\n    a: {description: A}\n",
            'shares:\n    a: {description: A}\n    new: {description: "N, ew", write: [x]}\n',
        ),
        ("shares: {a: {description: A}}\n", 'shares: {a: {description: A}, new: {description: "N, ew", write: [x]}}\n'),
    ],
)
def test_a_share_joins_the_others(before: str, after: str) -> None:
    assert add_key(before, ("shares",), "new", {"description": "N, ew", "write": ["x"]}) == after


PORTS = "sw:\n  ports:\n    # salle 1\n    p2: {access: a}\n    p10: {trunk: [a, b]}   # é\nx: 1\n"


@pytest.mark.parametrize(
    ("name", "after"),
    [
        ("p1", PORTS.replace("  ports:\n", "  ports:\n    p1: {access: g}\n")),
        ("p9", PORTS.replace("    p10", "    p9: {access: g}\n    p10")),
        ("p11", PORTS.replace("x: 1", "    p11: {access: g}\nx: 1")),
    ],
)
def test_a_port_finds_its_place(name: str, after: str) -> None:
    assert add_key(PORTS, ("sw", "ports"), name, {"access": "g"}, order=lambda port: int(port[1:])) == after


STRANGE = ("people:\n", "people: a\n", "x: 1\n", "- a\n", "people:\n  - |\n    a\n", "people:\n  -\n    login: a\n")


@pytest.mark.parametrize("before", STRANGE)
def test_an_unknown_layout_is_left_alone(before: str) -> None:
    with pytest.raises(EditError):
        add_item(before, ("people",), NAFI)


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(blacklist_categories=("Cs", "Cc", "Cf", "Zl", "Zp", "Co", "Cn")), min_size=1, max_size=30))
def test_every_text_is_read_back_as_it_was(text: str) -> None:
    wanted = {"key": text, "list": [text], "map": {"a": text}}
    for written in (f"a: {on_one_line(wanted)}\n", document("x", {"a": wanted}), document("x", {"a": Line(wanted)})):
        assert yaml.load(written, yaml.CSafeLoader) == {"a": wanted}
        assert YAML(typ="safe").load(written) == {"a": wanted}
    assert add_item("people: []\n", ("people",), {"given": text}).count("\n") == 2


NO_TEXTS = ("no", "Yes", "null", "1e3", "0x1f", "1.0", "10:30", "~", "- a", "? a", "2026-01-01", "a: b", "a #b")


@pytest.mark.parametrize("text", NO_TEXTS)
def test_what_is_no_text_in_yaml_is_quoted(text: str) -> None:
    assert on_one_line([text]) == f'["{text}"]'


def test_what_needs_no_quotes_has_none() -> None:
    wanted = "[N'Guessan, Circuit intégré des missions, 1.0.0]"
    assert on_one_line(["N'Guessan", "Circuit intégré des missions", "1.0.0"]) == wanted
