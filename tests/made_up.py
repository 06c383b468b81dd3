"""Secrets that no device has: tests that render a switch need no key."""

from inventory.secrets import Secret


def secret_of(scope: str, key: str) -> Secret:
    """A value that looks like one, and is the same each time."""
    return Secret(f"madeUp-{scope}-{key}".replace("/", "-"))
