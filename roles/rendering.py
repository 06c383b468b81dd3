"""Rendering of templates/: a missing variable is an error, and a template only prints."""

from pathlib import Path
from traceback import walk_tb
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"

_environment = Environment(
    loader=FileSystemLoader(TEMPLATES),
    undefined=StrictUndefined,
    keep_trailing_newline=True,
    trim_blocks=True,
    lstrip_blocks=True,
    autoescape=False,  # noqa: S701  # configuration files, not HTML
)


class RenderError(Exception):
    """A template cannot be printed; the message is its file, the line, and why."""


def render(template: str, **context: Any) -> str:
    """The text of a template, named from templates/ (such as "mail/main.cf.j2"). Raises RenderError."""
    try:
        return _environment.get_template(template).render(**context)
    except TemplateNotFound as error:
        raise RenderError(f"templates/{error.name}: no such template") from None
    except TemplateSyntaxError as error:
        raise RenderError(f"templates/{error.name}:{error.lineno}: {error.message}") from None
    except TemplateError as error:
        lines = [
            f"{Path(frame.f_code.co_filename).relative_to(TEMPLATES.parent)}:{line}"
            for frame, line in walk_tb(error.__traceback__)
            if Path(frame.f_code.co_filename).is_relative_to(TEMPLATES)
        ]
        raise RenderError(f"{lines[-1] if lines else f'templates/{template}'}: {error.message}") from None
