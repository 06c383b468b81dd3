"""Files: one fact, one command, atomic, checked before they replace what runs."""

from collections.abc import Collection, Generator
from hashlib import sha256
from pathlib import Path
from typing import Any

from pyinfra import host
from pyinfra.api import FactBase, QuoteString, StringCommand, operation

from inventory.secrets import Secret
from roles.common.commands import Before, Explained, Removed, WriteFile
from roles.rendering import render


class FileState(FactBase[tuple[str, str] | None]):
    """The owner, group and mode of a file ("root:root 644") and its SHA-256; None where there is none."""

    def command(self, path: str) -> StringCommand:
        quoted = QuoteString(path)
        return StringCommand(
            *("!", "test", "-f", quoted, "||", "{", "stat", "-c", "'%U:%G %a'", quoted),
            *("&&", "sha256sum", "<", quoted, ";", "}"),
        )

    def process(self, output: Any) -> tuple[str, str] | None:
        lines = list(output)
        return (lines[0], lines[1].split()[0]) if lines else None


@operation()
def config_file(
    template: str,
    path: str,
    user: str = "root",
    group: str = "root",
    mode: str = "644",
    check: str | None = None,
    removes: tuple[Removed, str] | None = None,
    **context: Any,
) -> Generator[WriteFile, None, None]:
    """
    Ensure a configuration file, rendered from templates/.

    + template: its name below templates/
    + path: where it stands on the host
    + check: a command that must accept the new file ({} is its path) before it replaces the old one
    + removes: the kind of thing that a line declares and the pattern of its name: a plan says when one goes
    + context: what the template prints
    """
    yield from written(path, render(template, **context), user, group, mode, check, removes=removes)


class FilesIn(FactBase[set[str]]):
    """The names of the files in a folder, without those of its folders."""

    default = set[str]

    def command(self, folder: str) -> StringCommand:
        quoted = QuoteString(folder)
        return StringCommand("! test -d", quoted, "|| find", quoted, "-mindepth 1 -maxdepth 1 -type f -printf '%f\\n'")

    def process(self, output: Any) -> set[str]:
        return set(output)


@operation()
def only_files(folder: str, names: Collection[str]) -> Generator[Explained, None, None]:
    """
    Ensure that a folder of ours holds no other files than these.

    + folder: where it is on the host
    + names: of the files that stay
    """
    others = sorted(host.get_fact(FilesIn, folder=folder).difference(names))
    if not others:
        host.noop(f"{folder} holds no other file")
        return
    yield Explained(
        *("rm", "-f", *(QuoteString(f"{folder}/{name}") for name in others)),
        changes=[f"{folder}/{name}: remove" for name in others],
    )


@operation()
def copied_file(
    source: Path, path: str, user: str = "root", group: str = "root", mode: str = "644"
) -> Generator[WriteFile, None, None]:
    """
    Ensure a file that is the same as one of ours, byte for byte.

    + source: the file here
    + path: where it stands on the host
    """
    content = source.read_bytes()
    try:
        text: str | bytes = content.decode() if content.endswith(b"\n") else content
    except UnicodeDecodeError:
        text = content
    yield from written(path, text, user, group, mode)


@operation()
def secret_file(
    content: Secret,
    path: str,
    form: str = "{}",
    user: str = "root",
    group: str = "root",
    mode: str = "600",
    check: str | None = None,
) -> Generator[WriteFile, None, None]:
    """
    Ensure a file that holds a secret: readable by nobody else from its first byte.

    + content: the secret
    + path: where it stands on the host
    + form: the text of the file, {} where the secret stands
    """
    if content.withheld:
        yield WriteFile(path, "", user=user, group=group, mode=mode, check=check, secret=True)
        return
    yield from written(path, form.replace("{}", content.reveal()), user, group, mode, check, secret=True)


def written(
    path: str,
    content: str | bytes,
    user: str = "root",
    group: str = "root",
    mode: str = "644",
    check: str | None = None,
    *,
    secret: bool = False,
    removes: tuple[Removed, str] | None = None,
) -> Generator[WriteFile, None, None]:
    """What makes a file hold this, for operations that do more than that; nothing where it does."""
    # A text ends with a newline (POSIX 3.206); pyinfra adds it to what it sends, so it must be there when we compare.
    if isinstance(content, str) and not content.endswith("\n"):
        content = f"{content}\n"
    digest = sha256(content.encode() if isinstance(content, str) else content).hexdigest()
    found: tuple[str, str] | None = host.get_fact(FileState, path=path)
    if found == (f"{user}:{group} {mode.lstrip('0')}", digest):
        host.noop(f"{path} is up to date")
        return
    before: Before = "nothing" if found is None else "same content" if found[1] == digest else "other content"
    yield WriteFile(
        path, content, user=user, group=group, mode=mode, check=check, secret=secret, removes=removes, before=before
    )
