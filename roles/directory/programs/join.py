"""Join the domain as one more controller, through the first of the others that answers.

Stdin: JSON of realm, peers (full names, in the order to ask them) and password (the administrator's). What an attempt
that died left behind is cleared here, and what it left in the directory by samba itself.
"""

import json
import sys
from pathlib import Path

from samba.netcmd.main import samba_tool
from samba.samdb import SamDB

PRIVATE = Path("/var/lib/samba/private")


def name_of(peer: str) -> str | None:
    """The name by which a controller knows itself: after a restore it is another than its machine's."""
    try:
        return str(SamDB(url=f"ldap://{peer}", flags=0).search("", 0, attrs=["dnsHostName"])[0]["dnsHostName"])
    except Exception:  # whatever it says, it is not the one to join through
        return None


wanted = json.load(sys.stdin)
server = next((name for peer in wanted["peers"] if (name := name_of(peer))), None)
if server is None:
    sys.exit(f"no controller of {wanted['realm']} answers: start {' or '.join(wanted['peers'])}, or restore the domain")

for left in [*PRIVATE.glob("*.ldb"), *PRIVATE.glob("*.tdb"), *PRIVATE.glob("sam.ldb.d/*"), *PRIVATE.glob("*.keytab")]:
    left.unlink()
sys.exit(
    samba_tool(
        *("domain", "join", wanted["realm"], "DC", "--dns-backend=SAMBA_INTERNAL", f"--server={server}"),
        *(f"--username=Administrator@{wanted['realm']}", f"--password={wanted['password']}"),
        *("--use-kerberos=required", "--quiet"),
    )
)
