"""What went wrong, in one line; a mistake in a file of ours with that file and line."""

from collections.abc import Iterator
from pathlib import Path
from traceback import walk_tb

from pyinfra.api.exceptions import PyinfraError
from pyinfra_cli.exceptions import UnexpectedExternalError

from inventory.model import InventoryError
from inventory.secrets import SecretError
from roles.rendering import RenderError

ROOT = Path(__file__).resolve().parents[2]
HERE = "deploys/engine/"

# Deploy files are loaded each with its lines shifted (see session.load).
LINES_PER_FILE = 10_000


class SaidError(Exception):
    """An error whose message says it all."""


class MistakeError(SaidError):
    """A file of ours cannot be run; the message is its name and line."""


# Nothing is to be added to the words of these.
SAID = (SaidError, PyinfraError, InventoryError, SecretError, RenderError)


def one_line(error: BaseException) -> str:
    """What went wrong, without a traceback."""
    if isinstance(error, UnexpectedExternalError):
        error = error.exception
    if isinstance(error, SyntaxError):
        return f"{_shown(error.filename or '?')}:{_line(error.lineno or 0)}: {error.msg}"
    text = " ".join(line.strip() for line in str(error).strip().splitlines())
    if isinstance(error, SAID):
        return text or type(error).__name__
    if not text or isinstance(error, LookupError):
        text = f"{type(error).__name__}: {text}" if text else type(error).__name__
    if isinstance(error, OSError) and error.filename and error.strerror:
        text = f"{error.filename}: {error.strerror}"
    places = [f"{name}:{line}" for name, line in _ours(error)]
    return f"{places[-1]}: {text}" if places else text


def _ours(error: BaseException) -> Iterator[tuple[str, int]]:
    """The files and lines of ours that led to an error, the innermost last."""
    for frame, line in walk_tb(error.__traceback__):
        name = _shown(frame.f_code.co_filename)
        if not name.startswith((HERE, "/", "<")) and "site-packages" not in name:
            yield name, _line(line)


def _shown(name: str) -> str:
    """A file by its name from the checkout."""
    for folder in (Path.cwd(), ROOT):
        if Path(name).is_relative_to(folder):
            return str(Path(name).relative_to(folder))
    return name


def _line(number: int) -> int:
    return number % LINES_PER_FILE
