"""What strangers write stays text in a comment; a comment stays under its limit and says what it lacks."""

import html as decoding
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from deploys import comment
from deploys.review import markdown
from deploys.review.markdown import Cut, Item

HOSTILE = [
    "@burkina/dsi-sante",
    "Awa @team",
    "user@example.org",
    "#12",
    "GH-12",
    "!7",
    "~label",
    "https://evil.example",
    "www.evil.example",
    "[click](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "<img src=x onerror=alert(1)>",
    "</details><h1>",
    "<!-- -->",
    "```",
    "` @team `",
    "a ``` b `` c",
    "&#64;team",
    "*bold*",
    "a | b",
    "line\n# title",
    "\x1b[31mred",
    "e\u0301" * 3 + "@x",
    "owner/repo",
    "a\\`b",
]
PLAIN = [
    "Awa Exemple",
    "Ministère de la Santé",
    "N'Guessan Kouamé-Béré",
    "Siège du MTDPCE",
    "e-Conseil des ministres",
    "",
]


def rendered(text: str) -> str:
    """What GitHub's grammar makes of it, with the bare links of GFM."""
    return MarkdownIt("commonmark", {"linkify": False}).enable(["table", "strikethrough"]).render(f"- Mot : {text} fin")


@pytest.mark.parametrize("value", HOSTILE)
def test_a_strangers_words_are_text(value: str) -> None:
    page = rendered(markdown.text(value))
    outside = re.sub(r"<code>.*?</code>", "", page, flags=re.DOTALL)
    assert re.fullmatch(r"<ul>\n<li>Mot : +fin</li>\n</ul>\n", outside), outside
    (inside,) = re.findall(r"<code>(.*?)</code>", page, flags=re.DOTALL)
    shown = decoding.unescape(inside)
    assert not re.search(r"[\u200b\u202a-\u202e\x00-\x1f]", shown)
    assert shown.strip()


@pytest.mark.parametrize(
    ("value", "seen"),
    [("\u202eevil\u202c", "evil"), ("zero\u200bwidth", "zerowidth"), ("\ud800", ""), ("a\u2028b", "ab"), ("\x85", "")],
)
def test_what_cannot_be_seen_is_not_written(value: str, seen: str) -> None:
    assert markdown.text(value) == seen
    assert markdown.block([value]).splitlines()[1] == seen
    assert markdown.code(value).strip("`").strip() == seen


@pytest.mark.parametrize("value", PLAIN)
def test_plain_names_stay_as_they_are(value: str) -> None:
    assert markdown.text(value) == value


def test_no_line_closes_its_fence() -> None:
    page = MarkdownIt("commonmark").render(markdown.block(["+a", "```", "````", "</details> @team", "\tx"], "diff"))
    (inside,) = re.findall(r'^<pre><code class="language-diff">(.*)</code></pre>\n$', page, flags=re.DOTALL)
    assert decoding.unescape(inside).splitlines() == ["+a", "```", "````", "</details> @team", "    x"]


def test_a_long_line_is_shortened_visibly() -> None:
    assert markdown.block(["x" * 1000]).splitlines()[1].endswith("x…")


def noted(cut: Cut) -> str:
    return f"CUT missing={cut.missing} shortened={cut.shortened}"


def test_what_fits_is_whole() -> None:
    items = [Item(0, ["a", "b"], heading="H"), Item(1, ["c"], heading="H"), Item(1, ["d"])]
    assert markdown.compose(items, 100, noted) == "H\n\na\n\nc\n\nd"


def test_the_first_things_stay_and_the_rest_is_named() -> None:
    items = [
        Item(4, ["y" * 900, "y" * 300, "short y"], kind="hosts", name="app1", heading="#### A"),
        Item(4, ["z" * 900, "z" * 300, "short z"], kind="hosts", name="db1", heading="#### A"),
        Item(4, ["w" * 5000], kind="hosts", name="huge", heading="#### B"),
        Item(0, ["summary"]),
    ]
    comment = markdown.compose(items, 1500, noted, reserve=200)
    assert markdown.size(comment) <= 1500
    assert "summary" in comment
    assert "y" * 900 in comment
    assert "z" * 300 in comment
    assert "z" * 301 not in comment
    assert "#### B" not in comment
    assert "CUT missing={'hosts': ['huge']} shortened={'hosts': ['db1']}" in comment


def test_signs_outside_the_basic_plane_count_twice() -> None:
    assert markdown.size("é") == 1
    assert markdown.size("𝄞") == 2


MARKS = st.sampled_from("@#!<>[](){}`*_~|\\/:.-+&;'\"\n\r\t wGHtp12é«»,’\u202e\u200b\u00a0")
SIGNS = st.text(st.one_of(MARKS, st.characters()), max_size=40)
ITEM = st.builds(
    Item,
    st.integers(0, 4),
    st.lists(st.integers(0, 3000), min_size=1, max_size=3).map(lambda sizes: ["é" * n for n in sorted(sizes)[::-1]]),
    st.sampled_from(["hosts", "risks"]),
    st.text(max_size=60),
    st.sampled_from(["", "H", "#### " + "x" * 200]),
)


@given(SIGNS)
@settings(max_examples=300, deadline=None)
def test_any_words_are_text(value: str) -> None:
    """30,000 of these were tried once; a few hundred at each run."""
    page = rendered(markdown.text(value))
    found = re.fullmatch(
        r"<ul>\n<li>Mot :(.*)fin</li>\n</ul>\n", re.sub(r"<code>.*?</code>", "", page, flags=re.DOTALL)
    )
    assert found
    assert not re.search(r"[@#<>\[\]*_`~|\\/:!&\n]|www\.|GH-\d", found[1].replace("&quot;", ""))


@given(st.lists(SIGNS, max_size=6))
@settings(max_examples=200, deadline=None)
def test_any_lines_stay_in_their_block(lines: list[str]) -> None:
    page = MarkdownIt("commonmark").render(markdown.block(lines))
    assert page.startswith("<pre><code>")
    assert page.endswith("</code></pre>\n")
    assert page.count("<pre>") == 1


@given(st.lists(ITEM, max_size=40), st.integers(6000, 30_000))
@settings(max_examples=100, deadline=None)
def test_any_comment_fits(items: list[Item], limit: int) -> None:
    link = "https://forge.example/" + "a" * 470
    assert markdown.size(markdown.compose(items, limit, lambda cut: comment.note(cut, link))) <= limit


def test_the_longest_note_fits_its_reserve() -> None:
    names = [f"{'n' * 60}{number}" for number in range(500)]
    cut = Cut(dict.fromkeys(("hosts", "risks", "sentences", "errors", "others"), names), {"hosts": names})
    assert markdown.size(comment.note(cut, "https://forge.example/" + "a" * 470)) < 4900
