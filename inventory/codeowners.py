"""CODEOWNERS, for GitHub and GitLab: who is asked to review a change. inventory/ownership.py refuses in code too."""

from pathlib import Path

from inventory.model import Administration
from inventory.model.load import HERE
from inventory.ownership import INSTITUTION, INSTITUTIONS, owners

PATH = HERE.parent / "CODEOWNERS"
HEADER = """\
# Generated from inventory/: do not edit, run `make codeowners`. The last line that matches a path decides.
"""


def codeowners(administration: Administration) -> str:
    """The text of the file. The platform team stands on each line: it may approve anything."""
    known = owners(administration)
    platform = known.platform.reviewers
    lines = [("*", platform)]
    for name, party in sorted(known.institutions.items()):
        lines.append((f"/{INSTITUTIONS}/{name}/", (*party.reviewers, *platform)))
        lines.append((f"/{INSTITUTIONS}/{name}/{INSTITUTION}", platform))  # it says who reviews
    for path in sorted(known.files):
        lines.append((f"/{path}", (*known.of(path).reviewers, *platform)))
    width = max(len(pattern) for pattern, _ in lines)
    return HEADER + "".join(f"{pattern:<{width}} {' '.join(dict.fromkeys(who))}\n" for pattern, who in lines)


def is_current(administration: Administration, path: Path = PATH) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == codeowners(administration)
