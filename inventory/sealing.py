"""Who each secret file is sealed to: the rules, and the proof beside the files that they were followed.

An age file does not name its readers. `manifest.json` does, with the hash of the file that was sealed to them, so that
`make validate` sees without any key who may read what, and that no file was replaced since.
"""

import fcntl
import json
import os
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyrage

from inventory.model.messages import either
from inventory.model.problems import InventoryError, Problem
from inventory.model.recipients import Recipients
from inventory.model.source import Source
from inventory.model.validate import near, validate

RULES = "recipients.yaml"
MANIFEST = "manifest.json"
ARMOR = ("-----BEGIN AGE ENCRYPTED FILE-----", "-----END AGE ENCRYPTED FILE-----")


@dataclass(frozen=True)
class Sealed:
    """What the manifest says of one file."""

    sha256: str
    readers: tuple[str, ...]  # public keys, sorted


@dataclass(frozen=True)
class Rules:
    """recipients.yaml of one folder."""

    source: Source
    recipients: Recipients

    def readers(self, scope: str) -> tuple[str, ...]:
        """The public keys that a scope is sealed to."""
        matching = [names for pattern, names in self.recipients.readers.items() if fnmatchcase(scope, pattern)]
        return tuple(sorted({self.recipients.keys[name] for names in matching for name in names}))

    def named(self, keys: Iterable[str]) -> str:
        """Keys by the names that the rules give them."""
        names = {key: name for name, key in self.recipients.keys.items()}
        return ", ".join(sorted(names.get(key, key) for key in keys)) or either("personne", "nobody")


def rules(folder: Path) -> Rules:
    """The rules of a folder. Raises InventoryError with every mistake in them."""
    source = Source(folder / RULES, shown_as=folder / RULES)
    recipients = validate(Recipients, source)
    problems = [
        source.problem(["readers", pattern, index], _unknown_key(name, recipients))
        for pattern, names in recipients.readers.items()
        for index, name in enumerate(names)
        if name not in recipients.keys
    ]
    if problems:
        raise InventoryError(problems)
    return Rules(source, recipients)


def seal(values: Mapping[str, str], keys: Iterable[str]) -> bytes:
    """Values as an age file that each of these public keys opens."""
    readers = [pyrage.x25519.Recipient.from_str(key) for key in keys]
    text = json.dumps(values, ensure_ascii=False, sort_keys=True)
    return bytes(pyrage.encrypt(text.encode(), readers, armored=True))


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """No other process writes in the folder meanwhile; what one left half-done is finished or undone first."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        _settle(folder)
        yield
    finally:
        fcntl.flock(handle, fcntl.LOCK_UN)  # now: under gevent a closed file stays open for a moment
        os.close(handle)


def commit(folder: Path, files: Mapping[str, bytes], readers: Mapping[str, tuple[str, ...]]) -> None:
    """Put sealed files in their place, all of them or none: they hold from the moment when the manifest does.

    The caller is `alone` in the folder.
    """
    for name, content in files.items():
        _write(_partial(folder / name), content)
    entries = {name: entry for name, entry in manifest(folder).items() if (folder / name).exists()}
    entries |= {name: Sealed(sha256(content).hexdigest(), readers[name]) for name, content in files.items()}
    shown = {name: {"sha256": entry.sha256, "readers": entry.readers} for name, entry in sorted(entries.items())}
    _write(_partial(folder / MANIFEST), (json.dumps(shown, indent=2) + "\n").encode())
    _partial(folder / MANIFEST).replace(folder / MANIFEST)
    _settle(folder)


def manifest(folder: Path) -> dict[str, Sealed]:
    """What each file was sealed to. Raises InventoryError where it cannot be read."""
    path = folder / MANIFEST
    if not path.exists():
        return {}
    try:
        data: dict[str, dict[str, Any]] = json.loads(path.read_bytes())
        return {name: Sealed(str(said["sha256"]), tuple(map(str, said["readers"]))) for name, said in data.items()}
    except (ValueError, TypeError, KeyError, AttributeError):
        french = "ce n'est pas la liste que « make secrets » écrit ; la reprendre de git, puis « make secrets REKEY=1 »"
        english = "not the list that `make secrets` writes; take it from git again, then `make secrets REKEY=1`"
        raise InventoryError([Problem(path, 1, 1, either(french, english))]) from None


def check(folder: Path, scopes: Iterable[str]) -> Iterator[Problem]:
    """Every secret file is sealed to exactly the keys that the rules name. No key is needed to know.

    `scopes` are all that there may be: a rule for none of them is a typing mistake.
    """
    files = sorted(folder.glob("*.age"))
    if not files and not (folder / RULES).exists():
        return
    try:
        found, sealed = rules(folder), manifest(folder)
    except InventoryError as error:
        yield from error.problems
        return
    known = {*scopes, *(path.stem for path in files)}
    for pattern in found.recipients.readers:
        if not any(fnmatchcase(scope, pattern) for scope in known):
            yield found.source.problem(["readers", pattern], _no_such_scope(pattern, known), on_key=True)
    for path in files:
        yield from (Problem(path, 1, 1, message) for message in mistakes(path, found, sealed.get(path.name)))
    for name in sorted(sealed.keys() - {path.name for path in files}):
        french, english = f"« {name} » n'existe plus ; « make secrets REKEY=1 »", f"'{name}' is gone"
        yield Problem(folder / MANIFEST, 1, 1, either(french, english + "; `make secrets REKEY=1`"))


def mistakes(path: Path, found: Rules, sealed: Sealed | None) -> Iterator[str]:
    """What is wrong with one sealed file."""
    again = either(" ; « make secrets REKEY=1 »", "; `make secrets REKEY=1`")
    content = path.read_bytes()
    stanzas = readers_in(content)
    wanted = found.readers(path.stem)
    if stanzas is None:
        yield either(
            "ce n'est pas un fichier age : un secret en clair est à changer, puis « make secret »",
            "not an age file: a secret in clear must be changed, then `make secret`",
        )
    elif sealed is None:
        yield either("pas dans manifest.json : scellé hors de « make secrets »", "not in manifest.json") + again
    elif sealed.sha256 != sha256(content).hexdigest():
        if _partial(path).exists():
            yield either("écriture interrompue ; « make secrets » la termine", "a write cut off; run `make secrets`")
        else:
            yield either("remplacé depuis son scellement", "replaced since it was sealed") + again
    elif sealed.readers != wanted:
        seen, rule = found.named(sealed.readers), found.named(wanted)
        yield either(f"scellé pour {seen} ; les règles : {rule}", f"sealed to {seen}; the rules: {rule}") + again
    elif stanzas != len(wanted):
        french = f"{stanzas} clés ouvrent ce fichier ; {len(wanted)} sont déclarées"
        yield either(french, f"{stanzas} keys open this file; {len(wanted)} are declared") + again


def readers_in(content: bytes) -> int | None:
    """How many keys open an age file, or None where it is no such file. `-grease` stanzas open nothing."""
    try:
        lines = content.decode("ascii").strip().splitlines()
        if (lines[0], lines[-1]) != ARMOR:
            return None
        header = b64decode("".join(lines[1:-1]), validate=True).split(b"\n---", 1)[0].decode("ascii").splitlines()
    except (ValueError, IndexError, NotBase64):
        return None
    if header[0] != "age-encryption.org/v1":
        return None
    return sum(line.startswith("-> ") and not line.split()[1].endswith("-grease") for line in header)


def _settle(folder: Path) -> None:
    """Finish a write whose manifest is in place, undo one whose manifest is not."""
    if not any(folder.glob("*.partial")):
        return
    said = manifest(folder)
    for partial in folder.glob("*.age.partial"):
        name = partial.name.removesuffix(".partial")
        if name in said and said[name].sha256 == sha256(partial.read_bytes()).hexdigest():
            partial.replace(folder / name)
        else:
            partial.unlink()
    _partial(folder / MANIFEST).unlink(missing_ok=True)


def _partial(path: Path) -> Path:
    return path.with_name(f"{path.name}.partial")


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _unknown_key(name: str, recipients: Recipients) -> str:
    hint = near(name, list(recipients.keys))
    return either(f"« {name} » n'est pas dans « keys »{hint}", f"'{name}' is not in 'keys'{hint}")


def _no_such_scope(pattern: str, known: Iterable[str]) -> str:
    hint = near(pattern, list(known))
    return either(f"aucun secret ne s'appelle « {pattern} »{hint}", f"no secret is called '{pattern}'{hint}")
