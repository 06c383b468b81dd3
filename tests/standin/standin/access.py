"""Who may come in: checks on what was typed, and the directory's filters."""

import re
from collections.abc import Sequence
from pathlib import Path

# The logins that the inventory accepts: nothing in them can mean something to LDAP.
LOGIN = re.compile(r"[a-z][a-z0-9]*([.-][a-z0-9]+)*")
IN_CHAIN = "1.2.840.113556.1.4.1941"  # LDAP_MATCHING_RULE_IN_CHAIN: groups of groups too


def acceptable(login: str, password: str) -> bool:
    """Whether the directory may be asked: an empty password would be an anonymous bind, which succeeds."""
    return len(login) <= 20 and LOGIN.fullmatch(login) is not None and 0 < len(password) <= 256


def admitted(listed: Path, login: str) -> bool:
    """Whether somebody may have a session now: the host replaces the list when a person leaves or moves."""
    return login in listed.read_text(encoding="utf-8").splitlines()


def escaped(value: str) -> str:
    """A value that is safe inside a filter (RFC 4515)."""
    return "".join(f"\\{ord(c):02x}" if c in "\\*()\0" else c for c in value)


def person_filter(login: str) -> str:
    """The filter that finds one person."""
    return f"(&(objectClass=user)(sAMAccountName={escaped(login)}))"


def membership_filter(person: str, groups: Sequence[str]) -> str:
    """The filter that finds those of the groups that hold the person (a DN), directly or not."""
    names = "".join(f"(sAMAccountName={escaped(group)})" for group in groups)
    return f"(&(objectClass=group)(|{names})(member:{IN_CHAIN}:={escaped(person)}))"
