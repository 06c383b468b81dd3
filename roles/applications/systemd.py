"""Text that is safe in a unit file."""


def quoted(text: str) -> str:
    """A word that systemd reads back as it was (systemd.syntax(7)): no escape, no specifier."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"'
