"""Who changed what in the directory: samba's own lines of JSON, in the journal of the controller.

What comes over the network is written there by samba. A command that opens the database itself, as a deploy does, says
its lines on stderr: they are sent after the others, and what else it says stays where it was.
"""

from typing import Any

from pyinfra.api import StringCommand

# Failed and successful logins (3), each change of the database, of a password, of a group (5), what was undone (5).
CLASSES = {
    "auth_json_audit": 3,
    "dsdb_json_audit": 5,
    "dsdb_password_json_audit": 5,
    "dsdb_group_json_audit": 5,
    "dsdb_transaction_json_audit": 5,
}
LEVELS = " ".join(f"{name}:{level}" for name, level in CLASSES.items())
UNIT = "/etc/systemd/system/samba-ad-dc.service.d/audit.conf"


def recorded(*bits: Any) -> StringCommand:
    """A command on the controller's own database, with its audit in the journal. Its exit status stays its own."""
    return StringCommand(
        *("e=$(mktemp) && {", *bits, '>/dev/null 2>"$e"; r=$?;'),
        *("""sed -n '/^{"timestamp/p' "$e" | systemd-cat -t samba -p notice;""", """sed '/^{"timestamp/d' "$e" >&2;"""),
        *('rm -f "$e"; (exit $r); }',),
    )
