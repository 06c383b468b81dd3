"""One comment, found again and edited: against a real HTTP server that answers as GitHub and GitLab do."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from deploys.review import forge
from deploys.review.forge import MARKER, Client, ForgeError, GitHub, GitLab, publish

ROOT = Path(__file__).resolve().parents[3]
TOKEN = "s3cret-token"  # not-a-secret: the played forge's own


class Played(ThreadingHTTPServer):
    """A forge with the comments of one pull request; `failures` are answered first."""

    def __init__(self) -> None:
        self.comments: list[dict[str, Any]] = []
        self.failures: list[tuple[int, dict[str, str], bytes]] = []
        self.calls: list[str] = []
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Played

    def log_message(self, *_: object) -> None:
        pass

    def answer(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for key, value in (headers or {}).items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

    def handle_any(self) -> None:
        parts = urlsplit(self.path)
        self.server.calls.append(f"{self.command} {unquote(parts.path)}")
        sent = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"null")
        if self.server.failures:
            self.answer(*self.server.failures.pop(0)[::2], headers=None)
            return
        github = self.headers.get("Authorization") == f"Bearer {TOKEN}"
        if not github and self.headers.get("PRIVATE-TOKEN") != TOKEN:
            self.answer(401, {"message": "Bad credentials"})
        elif parts.path == "/user":
            self.answer(200, {"login": "robot", "username": "robot"})
        elif self.command == "GET":
            query = parse_qs(parts.query)
            page, per = int(query["page"][0]), int(query["per_page"][0])
            self.answer(200, self.server.comments[(page - 1) * per : page * per])
        elif self.command == "POST":
            self.server.comments.append(comment(len(self.server.comments) + 1, "robot", sent["body"]))
            self.answer(201, self.server.comments[-1])
        else:
            number = int(parts.path.rsplit("/", 1)[1])
            self.server.comments[number - 1]["body"] = sent["body"]
            self.answer(200, {})

    do_GET = do_POST = do_PATCH = do_PUT = handle_any


def comment(number: int, author: str, body: str, system: bool = False) -> dict[str, Any]:
    who = {"login": author, "username": author}
    return {"id": number, "user": who, "author": who, "body": body, "system": system}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Played]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(forge, "LONGEST_WAIT", 0)
    with Played() as played:
        thread = threading.Thread(target=played.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield played
        played.shutdown()
        thread.join()


@pytest.fixture(params=["github", "gitlab"])
def place(request: pytest.FixtureRequest, server: Played, monkeypatch: pytest.MonkeyPatch) -> forge.Forge:
    monkeypatch.setenv("FORGE_TOKEN", TOKEN)
    monkeypatch.setenv("GITHUB_API_URL", server.url)
    monkeypatch.setenv("CI_API_V4_URL", f"{server.url}/")
    monkeypatch.setenv("GITHUB_REPOSITORY", "burkina/administration")
    monkeypatch.setenv("CI_PROJECT_ID", "42")
    for name in ("FORGE_USER", "GITHUB_ACTIONS", "GITHUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return forge.from_environment(request.param, 7)


def test_one_comment_is_kept(place: forge.Forge, server: Played) -> None:
    server.comments = [comment(1, "dsi", "bonjour")]
    assert publish(place, "first") == "created"
    assert publish(place, "first") == "unchanged"
    assert publish(place, "second") == "edited"
    assert [c["body"] for c in server.comments] == ["bonjour", f"{MARKER}\nsecond"]


def test_a_strangers_marker_is_not_ours(place: forge.Forge, server: Played) -> None:
    server.comments = [comment(1, "stranger", f"{MARKER}\nmine"), comment(2, "robot", f"quoted: {MARKER}")]
    assert publish(place, "ours") == "created"
    assert [c["body"] for c in server.comments[:2]] == [f"{MARKER}\nmine", f"quoted: {MARKER}"]


def test_ours_is_found_on_a_later_page(place: forge.Forge, server: Played) -> None:
    server.comments = [comment(n, "dsi", "x") for n in range(1, 251)] + [comment(251, "robot", f"{MARKER}\nold")]
    assert publish(place, "new") == "edited"
    assert len(server.comments) == 251


def test_the_token_stays_out_of_the_environment_and_of_every_message(place: forge.Forge, server: Played) -> None:
    assert TOKEN not in os.environ.values()
    assert TOKEN not in repr(place)
    server.failures = [(422, {}, b'{"message": "Validation Failed", "errors": [{"message": "body is too long"}]}')]
    with pytest.raises(ForgeError, match=r"422 Validation Failed body is too long$") as caught:
        place.create("x")
    assert TOKEN not in str(caught.value)


def test_a_busy_forge_is_asked_again_but_nothing_is_posted_twice(place: forge.Forge, server: Played) -> None:
    server.failures = [(503, {}, b""), (429, {}, b"")]
    assert list(place.comments()) == []
    server.failures = [(502, {}, b"")]
    server.calls.clear()
    with pytest.raises(ForgeError, match="502"):
        place.create("x")
    assert len(server.calls) == 1


@pytest.mark.parametrize("answer", [b"<html>", b"[]", b'"x"', b"\xff"])
def test_any_refusal_is_one_line(answer: bytes, place: forge.Forge, server: Played) -> None:
    server.failures = [(404, {}, answer)]
    with pytest.raises(ForgeError) as caught:
        place.me()
    assert "\n" not in str(caught.value)
    server.failures = [(200, {}, b"not json")]
    with pytest.raises(ForgeError, match="not JSON"):
        place.me()


def test_a_redirect_is_not_followed(server: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client(server.url, "Authorization", TOKEN, "Bearer ")
    monkeypatch.setattr(Handler, "do_GET", lambda self: self.answer(302, b"", {"Location": f"{server.url}/user"}))
    with pytest.raises(ForgeError, match="302"):
        client.call("GET", "/x")


def test_a_token_needs_tls() -> None:
    with pytest.raises(ForgeError, match="https"):
        Client("http://forge.example", "Authorization", TOKEN)


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FORGE_TOKEN", "GITHUB_TOKEN", "GITHUB_API_URL"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ForgeError, match="FORGE_TOKEN"):
        forge.from_environment("github", 1)
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    with pytest.raises(ForgeError, match="GITHUB_API_URL"):
        forge.from_environment("github", 1)


def test_a_workflows_token_may_not_ask_who_it_is(server: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_API_URL", server.url)
    monkeypatch.setenv("GITHUB_REPOSITORY", "burkina/administration")
    assert forge.from_environment("github", 1).me() == "github-actions[bot]"
    assert server.calls == []


def test_limits_are_those_of_the_forges() -> None:
    assert forge.LIMITS == {"github": 65_536, "gitlab": 1_000_000}
    assert (GitHub.limit, GitLab.limit) == (65_536, 1_000_000)


def test_make_comment_publishes_with_the_token_in_no_argument(server: Played, tmp_path: Path) -> None:
    """The command itself, as CI runs it, twice: one comment."""
    environment = {
        **os.environ,
        "BASE": "HEAD",
        "FORGE": "github",
        "NUMBER": "7",
        "FORGE_TOKEN": TOKEN,
        "FORGE_USER": "robot",
        "GITHUB_API_URL": server.url,
        "GITHUB_REPOSITORY": "burkina/administration",
        "OUT": str(tmp_path / "comment.md"),
    }
    said = []
    for _ in range(2):
        ran = subprocess.run(
            [sys.executable, "-m", "deploys.comment"], cwd=ROOT, env=environment, capture_output=True, text=True
        )
        assert TOKEN not in ran.stdout + ran.stderr
        said.append(ran.stdout.strip() or ran.stderr)
    assert said == ["comment of github #7: created", "comment of github #7: unchanged"]
    (only,) = server.comments
    assert only["body"].strip() == f"{MARKER}\n{(tmp_path / 'comment.md').read_text(encoding='utf-8')}".strip()
