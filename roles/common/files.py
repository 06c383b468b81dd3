"""Files: one fact, one command, atomic, checked before they replace what runs."""

from collections.abc import Generator
from hashlib import sha256
from typing import Any

from pyinfra import host
from pyinfra.api import FactBase, QuoteString, StringCommand, operation

from inventory.secrets import Secret
from roles.common.commands import WriteFile
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
    **context: Any,
) -> Generator[WriteFile, None, None]:
    """
    Ensure a configuration file, rendered from templates/.

    + template: its name below templates/
    + path: where it stands on the host
    + check: a command that must accept the new file ({} is its path) before it replaces the old one
    + context: what the template prints
    """
    yield from _write(path, render(template, **context), user, group, mode, check, secret=False)


@operation()
def secret_file(
    content: Secret | str,
    path: str,
    user: str = "root",
    group: str = "root",
    mode: str = "600",
    check: str | None = None,
) -> Generator[WriteFile, None, None]:
    """
    Ensure a file that holds a secret: readable by nobody else from its first byte.

    + content: the secret
    + path: where it stands on the host
    """
    text = content.reveal() if isinstance(content, Secret) else content
    yield from _write(path, text, user, group, mode, check, secret=True)


def _write(
    path: str, content: str, user: str, group: str, mode: str, check: str | None, *, secret: bool
) -> Generator[WriteFile, None, None]:
    # A text ends with a newline (POSIX 3.206); pyinfra adds it to what it sends, so it must be there when we compare.
    content = content if content.endswith("\n") else f"{content}\n"
    wanted = (f"{user}:{group} {mode.lstrip('0')}", sha256(content.encode()).hexdigest())
    if host.get_fact(FileState, path=path) == wanted:
        host.noop(f"{path} is up to date")
        return
    yield WriteFile(path, content, user=user, group=group, mode=mode, check=check, secret=secret)
