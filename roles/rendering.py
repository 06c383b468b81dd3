"""Rendering of templates/: a missing variable is an error, and a template only prints."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"

_environment = Environment(
    loader=FileSystemLoader(TEMPLATES),
    undefined=StrictUndefined,
    keep_trailing_newline=True,
    trim_blocks=True,
    lstrip_blocks=True,
    autoescape=False,  # noqa: S701  # configuration files, not HTML
)


def render(template: str, **context: Any) -> str:
    """The text of a template, named from templates/ (such as "mail/main.cf.j2")."""
    return _environment.get_template(template).render(**context)
