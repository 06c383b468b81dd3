"""Which files of a revision are the data of the inventory: what a pull request brings into a plan."""

import re

from inventory.model.load import PARTS

# ASCII, lower case, whole path: no folder that ends in .yaml, no other spelling of a name, no way up.
_NAME = r"[a-z][a-z0-9-]{0,29}"
_PART = "|".join(re.escape(name) for name in PARTS)
INSTITUTION = re.compile(rf"inventory/institutions/(?P<id>{_NAME})/(?P<part>{_PART})", re.ASCII)
SITE = re.compile(rf"inventory/sites/(?P<id>{_NAME})\.yaml", re.ASCII)
APPLICATION = re.compile(rf"inventory/applications/(?P<id>{_NAME})\.yaml", re.ASCII)
ENVIRONMENT = re.compile(rf"inventory/environments/(?P<id>{_NAME})\.yaml", re.ASCII)
PLATFORM = re.compile(r"inventory/platform\.yaml", re.ASCII)

MODELLED = (INSTITUTION, SITE, APPLICATION, PLATFORM, ENVIRONMENT)

# CODEOWNERS is generated from the data and must be what it says: `make validate` compares them.
DATA = (INSTITUTION, SITE, APPLICATION, PLATFORM, re.compile("CODEOWNERS"))

# Where the loader refuses what it does not know.
_LOADED = ("inventory/institutions/", "inventory/sites/", "inventory/applications/")


def is_data(path: str) -> bool:
    """Whether a pull request may bring this file into the plan that main's code makes."""
    return any(pattern.fullmatch(path) for pattern in DATA)


def is_modelled(path: str) -> bool:
    """Whether the typed model says what this file means."""
    return any(pattern.fullmatch(path) for pattern in MODELLED)


def is_stray(path: str) -> bool:
    """Whether a file stands among the data and the loader knows nothing of it."""
    hidden = any(part.startswith(".") for part in path.split("/"))
    return path.startswith(_LOADED) and not is_modelled(path) and not hidden
