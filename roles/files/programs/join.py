"""Join the domain through one controller, the first that answers, and ask no other for tickets meanwhile.

The account is made on that one, and comes to the others a moment later: a ticket asked of them is refused.
Stdin: JSON of realm, controllers (full names, in the order to ask them) and password (the administrator's).
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

LDAP, PATIENCE = 389, 3  # port; seconds
KERBEROS = "[libdefaults]\n default_realm = {0}\n dns_lookup_kdc = false\n[realms]\n"
REALM = " {} = {{\n  kdc = {}\n }}\n"


def answers(controller: str) -> bool:
    try:
        with socket.create_connection((controller, LDAP), PATIENCE):
            return True
    except OSError:
        return False


wanted = json.load(sys.stdin)
server = next(filter(answers, wanted["controllers"]), None)
if server is None:
    sys.exit(f"no controller of {wanted['realm']} answers: start {' or '.join(wanted['controllers'])}")
with tempfile.TemporaryDirectory(dir="/run") as folder:  # the ticket lives as long as this
    settings = Path(folder, "krb5.conf")
    # samba asks for the machine's own ticket by the name of the domain, in lower case
    realms = (REALM.format(name, server) for name in (wanted["realm"], wanted["realm"].lower()))
    settings.write_text(KERBEROS.format(wanted["realm"]) + "".join(realms))
    os.environ |= {"KRB5_CONFIG": str(settings), "KRB5CCNAME": f"FILE:{folder}/ticket"}
    kinit = ["kinit", f"Administrator@{wanted['realm']}"]
    subprocess.run(kinit, input=wanted["password"], text=True, stdout=subprocess.DEVNULL, check=True)
    ticket = ["--use-kerberos=required", f"--use-krb5-ccache={os.environ['KRB5CCNAME']}"]
    alone = ["-S", server, "--option=create krb5 conf = no", "--no-dns-updates"]
    sys.exit(subprocess.run(["net", "ads", "join", *alone, *ticket], check=False).returncode)
