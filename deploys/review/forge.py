"""The one comment that we keep on a pull request, at GitHub or GitLab.

The token comes from the environment, goes into one header, to one host: never into an argument, a message, a
redirect or a connection without TLS (a forge on this machine excepted).
"""

import json
import os
import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

MARKER = "<!-- administration: pull request -->"
TIMEOUT = 20
TRIES = 3
LONGEST_WAIT = 30
PAGE = 100
MOST_PAGES = 50
HERE = ("127.0.0.1", "::1", "localhost")


class ForgeError(Exception):
    """The forge refuses or does not answer; the message is one line."""


@dataclass(frozen=True)
class Comment:
    """A comment as the forge has it."""

    id: int
    author: str
    body: str


class Forge(Protocol):
    """What a forge must offer."""

    limit: int  # of a comment, in characters

    def me(self) -> str: ...

    def comments(self) -> Iterator[Comment]: ...

    def create(self, body: str) -> None: ...

    def edit(self, comment: int, body: str) -> None: ...


def publish(forge: Forge, body: str) -> str:
    """Create or edit our comment: "created", "edited" or "unchanged".

    It is found by its marker and its author: a stranger's comment that carries the marker stays his.
    """
    body = f"{MARKER}\n{body}"
    me = forge.me()
    ours = [c for c in forge.comments() if c.author == me and c.body.lstrip().startswith(MARKER)]
    if not ours:
        forge.create(body)
        return "created"
    if ours[0].body.strip() == body.strip():
        return "unchanged"
    forge.edit(ours[0].id, body)
    return "edited"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the token to wherever it points."""

    def redirect_request(self, *_: object) -> None:
        return None


@dataclass
class Client:
    """JSON over HTTPS with one token."""

    api: str
    header: str
    token: str = field(repr=False)
    prefix: str = ""

    def __post_init__(self) -> None:
        parts = urlsplit(self.api)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in HERE):
            raise ForgeError(f"{self.api}: a token only goes over https")
        self._open = urllib.request.build_opener(_NoRedirect).open

    def call(self, method: str, path: str, body: object = None) -> Any:
        """The answer, as JSON. What has no effect twice is tried again when the forge is busy."""
        for left in reversed(range(TRIES if method != "POST" else 1)):
            try:
                return self._once(method, path, body)
            except urllib.error.HTTPError as error:
                if not left or not _is_busy(error):
                    raise ForgeError(f"{method} {self.api}{path}: {error.code} {_said(error)}") from None
                time.sleep(_wait(error))
            except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
                if not left:
                    raise ForgeError(f"{method} {self.api}{path}: {getattr(error, 'reason', error)}") from None
        raise AssertionError("unreachable")

    def pages(self, path: str) -> Iterator[Any]:
        """Every entry of a list, page after page."""
        separator = "&" if "?" in path else "?"
        for page in range(1, MOST_PAGES + 1):
            entries = self.call("GET", f"{path}{separator}per_page={PAGE}&page={page}")
            yield from entries
            if len(entries) < PAGE:
                return

    def _once(self, method: str, path: str, body: object) -> Any:
        request = urllib.request.Request(  # noqa: S310  the scheme is checked above
            f"{self.api}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                self.header: f"{self.prefix}{self.token}",
                "Accept": "application/json",
                "Content-Type": "application/json; charset=utf-8",
                "User-Agent": "administration",
            },
        )
        with self._open(request, timeout=TIMEOUT) as answer:
            try:
                return json.loads(answer.read() or b"null")
            except ValueError:
                raise ForgeError(f"{method} {self.api}{path}: the answer is not JSON") from None


@dataclass
class GitHub:
    """A pull request's conversation at GitHub."""

    client: Client
    repository: str
    number: int
    author: str
    limit: int = 65_536

    def me(self) -> str:
        return self.author or str(self.client.call("GET", "/user")["login"])

    def comments(self) -> Iterator[Comment]:
        for entry in self.client.pages(f"/repos/{self.repository}/issues/{self.number}/comments"):
            yield Comment(entry["id"], (entry["user"] or {}).get("login", ""), entry["body"] or "")

    def create(self, body: str) -> None:
        self.client.call("POST", f"/repos/{self.repository}/issues/{self.number}/comments", {"body": body})

    def edit(self, comment: int, body: str) -> None:
        self.client.call("PATCH", f"/repos/{self.repository}/issues/comments/{comment}", {"body": body})


@dataclass
class GitLab:
    """A merge request's notes at GitLab."""

    client: Client
    project: str
    number: int
    author: str
    limit: int = 1_000_000

    @property
    def _notes(self) -> str:
        return f"/projects/{quote(self.project, safe='')}/merge_requests/{self.number}/notes"

    def me(self) -> str:
        return self.author or str(self.client.call("GET", "/user")["username"])

    def comments(self) -> Iterator[Comment]:
        for entry in self.client.pages(f"{self._notes}?sort=asc&order_by=created_at"):
            if not entry["system"]:
                yield Comment(entry["id"], entry["author"]["username"], entry["body"] or "")

    def create(self, body: str) -> None:
        self.client.call("POST", self._notes, {"body": body})

    def edit(self, comment: int, body: str) -> None:
        self.client.call("PUT", f"{self._notes}/{comment}", {"body": body})


LIMITS = {"github": GitHub.limit, "gitlab": GitLab.limit}


def from_environment(kind: str, number: int) -> Forge:
    """The forge that the CI's variables name. The token leaves the environment: no child process needs it."""
    token = os.environ.pop("FORGE_TOKEN", "").strip() or os.environ.get("GITHUB_TOKEN", "").strip()
    os.environ.pop("GITHUB_TOKEN", None)
    if not token:
        raise ForgeError("no token: set FORGE_TOKEN (or GITHUB_TOKEN) in the environment")
    author = os.environ.get("FORGE_USER", "")
    if kind == "github":
        # The token of a workflow may not ask who it is.
        author = author or ("github-actions[bot]" if os.environ.get("GITHUB_ACTIONS") else "")
        client = Client(_variable("GITHUB_API_URL"), "Authorization", token, prefix="Bearer ")
        repository = _variable("GITHUB_REPOSITORY")
        if not re.fullmatch(r"[\w.-]+/[\w.-]+", repository, re.ASCII):
            raise ForgeError(f"GITHUB_REPOSITORY={repository}: owner/name expected")
        return GitHub(client, repository, number, author)
    return GitLab(
        Client(_variable("CI_API_V4_URL"), "PRIVATE-TOKEN", token), _variable("CI_PROJECT_ID"), number, author
    )


def _variable(name: str) -> str:
    value = os.environ.get(name, "").rstrip("/")
    if not value:
        raise ForgeError(f"{name} is not set: the forge's CI sets it")
    return value


def _is_busy(error: urllib.error.HTTPError) -> bool:
    return error.code in (429, 502, 503, 504) or (error.code == 403 and "Retry-After" in error.headers)


def _wait(error: urllib.error.HTTPError) -> float:
    said = error.headers.get("Retry-After", "")
    return min(float(said) if said.isdigit() else 1.0, LONGEST_WAIT)


def _said(error: urllib.error.HTTPError) -> str:
    """The forge's own words, in one line."""
    try:
        answer = json.loads(error.read() or b"{}")
    except (ValueError, OSError):
        return str(error.reason)
    if not isinstance(answer, dict):
        return str(error.reason)
    details = "; ".join(str(each.get("message", each)) for each in answer.get("errors", []) if isinstance(each, dict))
    message = answer.get("message") or answer.get("error") or error.reason
    return " ".join(f"{message} {details}".split())
