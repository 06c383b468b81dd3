"""Join the domain as one more controller, through the first of the others that answers.

Stdin: JSON of realm, peers (full names, in the order to ask them) and password (the administrator's). What an attempt
that died left behind is cleared here, and what it left in the directory by samba itself.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import ldb
from samba.credentials import Credentials
from samba.netcmd.main import samba_tool
from samba.param import LoadParm
from samba.samdb import SamDB

STATE = Path("/var/lib/samba")
# Tickets are that controller's too: the names in DNS may lead to one that is dead.
KERBEROS = "[libdefaults]\n default_realm = {0}\n dns_lookup_kdc = false\n[realms]\n {0} = {{\n  kdc = {1}\n }}\n"


def name_of(peer: str) -> str | None:
    """The name by which a controller knows itself: after a restore it is another than its machine's."""
    try:
        root = SamDB(url=f"ldap://{peer}", lp=lp, credentials=nobody).search("", ldb.SCOPE_BASE, attrs=["dnsHostName"])
    except ldb.LdbError:
        return None
    return str(root[0]["dnsHostName"])


lp = LoadParm()
lp.load_default()
nobody = Credentials()
nobody.guess(lp)
nobody.set_anonymous()
wanted = json.load(sys.stdin)
server = next((name for peer in wanted["peers"] if (name := name_of(peer))), None)
if server is None:
    sys.exit(f"no controller of {wanted['realm']} answers: start {' or '.join(wanted['peers'])}, or restore the domain")

subprocess.run(["systemctl", "--quiet", "stop", "samba-ad-dc.service"], check=True)
for pattern in ("*.ldb", "*.tdb", "sam.ldb.d/*", "*.keytab"):
    for left in (STATE / "private").glob(pattern):
        left.unlink()
for name in ("sysvol.synchronized", ".put-back"):
    (STATE / name).unlink(missing_ok=True)
with tempfile.NamedTemporaryFile("w", suffix=".conf") as kerberos:
    kerberos.write(KERBEROS.format(wanted["realm"], server))
    kerberos.flush()
    os.environ["KRB5_CONFIG"] = kerberos.name
    status = samba_tool(
        *("domain", "join", wanted["realm"], "DC", "--dns-backend=SAMBA_INTERNAL", f"--server={server}"),
        *(f"--username=Administrator@{wanted['realm']}", f"--password={wanted['password']}"),
        *("--use-kerberos=required", "--quiet", "--debuglevel=0"),  # no audit of what was there before
    )
sys.exit(status)
