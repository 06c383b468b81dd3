"""No secret in clear in anything that git keeps or is about to keep: each file is read once, each rule has its test.

What only looks like a secret is said so, with a reason, on its line or on the one above: `# not-a-secret: reason`.
"""

import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import log2
from pathlib import Path

from inventory.model.messages import either
from inventory.model.problems import Problem
from inventory.repository import shown

ALLOWED = re.compile(rb"not-a-secret:[ \t]*(\S.*)?")
IN_SECRETS = ("recipients.yaml", "manifest.json", "README.md")  # what else a folder of sealed files holds


@dataclass(frozen=True)
class Rule:
    """A form of secret: `needles` are what every one of them holds, in lower case, so that most files are soon done."""

    french: str
    english: str
    needles: tuple[bytes, ...]
    pattern: re.Pattern[bytes]


def _rule(french: str, english: str, needles: tuple[bytes, ...], pattern: bytes) -> Rule:
    return Rule(french, english, needles, re.compile(pattern))


RULES = [
    _rule(
        "une clé privée", "a private key", (b"private key",),
        rb"-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----[^-]{0,200}?[A-Za-z0-9+/]{24}(?:[^-]{0,8000}-----END)?",
    ),
    _rule("une clé age", "an age key", (b"age-secret-key-",), rb"AGE-SECRET-KEY-[0-9A-Z]{50,}"),
    _rule(
        "l'empreinte d'un mot de passe", "the hash of a password",
        (b"$1$", b"$5$", b"$6$", b"$7$", b"y$", b"$2", b"$argon2", b"$krb5", b"scram-sha-", b"{ssha", b"{crypt}"),
        rb"\$(?:[1567y]|gy|2[abxy]|argon2i?d?|krb5\w*)\$[\w./$=,*+@-]{20,}"
        rb"|SCRAM-SHA-\d+\$\d+:[A-Za-z0-9+/=]{8,}\$[A-Za-z0-9+/=:]{20,}|\{(?:SSHA\d*|CRYPT)\}[A-Za-z0-9+/=.$]{20,}",
    ),
    _rule(
        "un mot de passe d'équipement", "a device's password", (b"secret ", b"password "),
        rb"(?:secret|password) (?:[5689] \$[^\s\"'{}]{20,}|7 [0-9A-F]{8,}|0 [^\s\"'{}]{6,})",
    ),
    _rule(
        "un jeton d'accès", "an access token",
        (b"akia", b"asia", b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_", b"github_pat_", b"glpat-", b"xox", b"eyj"),
        rb"\b(?:(?:AKIA|ASIA)[0-9A-Z]{16}\b|gh[pousr]_\w{36}|github_pat_\w{40}|glpat-[\w-]{20}|xox[abprs]-[\w-]{20}"
        rb"|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10})",
    ),
    _rule(
        "un mot de passe dans une adresse", "a password in a URL", (b"://",),
        rb"\b[a-z][a-z0-9+]*://[^\s/:@\"']+:[^\s/:@{}$<>*\"']{6,}@",
    ),
]  # fmt: skip

# password = "…", `token: …`: what is assigned is a literal that looks as if a machine had chosen it.
NAMED = re.compile(
    rb"(?i:passw(?:or)?d|mot[_-]de[_-]passe|passphrase|secret|token|(?:api|private|session|access|secret)[_-]?key)"
    rb"[\"']?[ \t]*[:=][ \t]*(?:[a-z]?(?P<quote>[\"'])(?P<quoted>[^\"'\n{}<>]{8,})(?P=quote)"
    rb"|(?P<bare>[^\s\"'{}<>()\[\],;]{8,}))"
)
NAMES = (b"passw", b"mot_de_passe", b"mot-de-passe", b"passphrase", b"secret", b"token", b"key")
CODE = (".py",)  # there, what has no quotes is an expression

# Long texts of no language; and what is public by nature.
RUNS = re.compile(rb"[A-Z]+|[a-z]+|[0-9]+")
TOKEN = re.compile(rb"[A-Za-z0-9+/_-]{20,}={0,2}")
PUBLIC = re.compile(
    rb"-----BEGIN (?!(?:[A-Z ]*PRIVATE KEY))[A-Z ]+-----[^-]*-----END [A-Z ]+-----"
    rb"|(?:ssh-|ecdsa-|sk-)[\w@.-]+ AAAA[A-Za-z0-9+/=]+|sha(?:1|256|384|512)[:-][A-Za-z0-9+/=]+"
)
# The name of a port, or of a series of them, is long and mixed: it is left out of what is looked at.
PORT = re.compile(rb"[A-Z][A-Za-z]{0,20}Ethernet\d{1,3}(?:/\d{1,3}){0,3}(?:-\d{1,3})?")


def check(root: Path) -> Iterator[Problem]:
    """Every secret in clear in what git keeps below `root`, what is staged, and what it would add."""
    for path, content in _contents(root):
        yield from scan(path, content)


def scan(path: Path, content: bytes) -> Iterator[Problem]:
    """Every secret in clear in one file, each line named once."""
    place = Path(shown(str(path)))
    lines: set[int] = set()
    for offset, what in sorted(_found(path, content)):
        line = content.count(b"\n", 0, offset) + 1
        if line in lines:
            continue
        lines.add(line)
        start = content.rfind(b"\n", 0, offset) + 1
        above = content.rfind(b"\n", 0, max(start - 1, 0)) + 1
        allowed = ALLOWED.search(content, above, _end_of_line(content, offset))
        if allowed is None:
            yield Problem(place, line, offset - start + 1, _refusal(what))
        elif not allowed[1]:
            french, english = "« not-a-secret: » demande une raison", "'not-a-secret:' takes a reason"
            yield Problem(place, line, offset - start + 1, either(french, english))


def _found(path: Path, content: bytes) -> Iterator[tuple[int, str]]:
    """Where a secret begins, and what it is."""
    if path.suffix == ".age" or (path.parent.name == "secrets" and path.parts[0] == "inventory"):
        if path.suffix == ".age" and not content.startswith(b"-----BEGIN AGE ENCRYPTED FILE-----\n"):
            yield 0, either("un fichier .age qui n'est pas scellé", "an .age file that is not sealed")
        elif path.suffix != ".age" and path.name not in IN_SECRETS:
            yield 0, either("un fichier non scellé parmi les secrets", "a file among the secrets that is not sealed")
    lower = content.lower()
    spans = []
    for rule in RULES:
        if any(needle in lower for needle in rule.needles):
            for match in rule.pattern.finditer(content):
                spans.append(match.span())
                yield match.start(), either(rule.french, rule.english)
    if any(name in lower for name in NAMES):
        for match in NAMED.finditer(content):
            value = match["quoted"] or (match["bare"] if path.suffix not in CODE else b"") or b""
            if _chosen_by_machine(value):
                yield match.start(), either("un mot de passe ou un jeton", "a password or a token")
    tokens = [match for match in TOKEN.finditer(content) if _random(match[0])]
    if tokens:
        spans += [match.span() for match in PUBLIC.finditer(content)]
    for match in tokens:
        if not any(start <= match.start() < end for start, end in spans):
            yield match.start(), either("un texte tiré au hasard, comme une clé", "random text, as a key is")


def _chosen_by_machine(value: bytes) -> bool:
    """Letters and digits mixed, no word or path or expression."""
    mixed = re.search(rb"[A-Za-z]", value) and re.search(rb"[0-9]", value)
    return bool(mixed) and not re.search(rb"[\s/()$]|^[\w.]+\.[a-z]\w*$", value) and _entropy(value) >= 2.9


@lru_cache(4096)  # the names of ports come again and again
def _random(value: bytes) -> bool:
    """Capitals, small letters and digits that follow each other without any order."""
    value = PORT.sub(b"", value)
    runs = RUNS.findall(value)
    kinds = {run[0] // 32 for run in runs}  # as ASCII has them: digits, capitals, small letters
    return len(kinds) == 3 and len(runs) > 0.42 * sum(map(len, runs)) and _entropy(value) > 3.6


def _entropy(value: bytes) -> float:
    """Bits a character (Shannon)."""
    return -sum(count / len(value) * log2(count / len(value)) for count in Counter(value).values())


def _refusal(what: str) -> str:
    return either(
        f"{what} en clair ; le retirer, le changer là où il sert, le donner à « make secret »",
        f"{what} in clear; take it out, change it where it is used, give it to `make secret`",
    )


def _end_of_line(content: bytes, offset: int) -> int:
    end = content.find(b"\n", offset)
    return len(content) if end < 0 else end


def _contents(root: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file that git keeps or would add, as it is on disk; and as it is staged, where that differs."""
    if not (root / ".git").exists():  # an export
        paths = [path.relative_to(root) for path in root.rglob("*") if ".cache" not in path.relative_to(root).parts]
        yield from _on_disk(root, paths)
        return
    names = _git(root, "ls-files", "--cached", "--others", "--exclude-standard", "-z").split(b"\0")
    yield from _on_disk(root, [Path(os.fsdecode(name)) for name in names if name])
    staged, edited = (
        set(_git(root, "diff", *options, "--name-only", "-z").split(b"\0")) - {b""} for options in (["--cached"], [])
    )
    for name in sorted(staged & edited):
        blob = subprocess.run(["git", "cat-file", "blob", b":" + name], cwd=root, capture_output=True, check=False)
        if blob.returncode == 0:  # not a submodule, nor in conflict
            yield Path(os.fsdecode(name)), blob.stdout


def _on_disk(root: Path, paths: list[Path]) -> Iterator[tuple[Path, bytes]]:
    for path in paths:
        whole = root / path
        if whole.is_symlink():
            yield path, os.fsencode(whole.readlink())  # what git keeps of it
        elif whole.is_file():
            yield path, whole.read_bytes()


def _git(root: Path, *arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=True).stdout
