"""The key that every ticket is sealed with (the password of krbtgt): its number and its day; with `change`, a new one.

stdout: {"number": of the key, "changed": seconds since the epoch}. The former key still opens tickets, the one before
it does not. What samba says of the change goes to the journal, as that of others does.
"""

import json
import os
import subprocess
import sys

import ldb
from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB
from samba.upgradehelpers import update_krbtgt_account_password

SINCE_1601 = 11644473600  # seconds until 1970 (MS-DTYP 2.3.3)

lp = LoadParm()
lp.load_default()
db = SamDB(url=lp.samdb_url(), lp=lp, session_info=system_session())

if sys.argv[1:] == ["change"]:
    said, (read, write) = os.dup(2), os.pipe()
    journal = subprocess.Popen(["systemd-cat", "-t", "samba", "-p", "notice"], stdin=read)
    os.dup2(write, 2)
    os.close(write)
    try:
        update_krbtgt_account_password(db)
    finally:
        os.dup2(said, 2)
        journal.wait()

(found,) = db.search(
    db.domain_dn(), ldb.SCOPE_SUBTREE, "(sAMAccountName=krbtgt)", attrs=["pwdLastSet", "msDS-KeyVersionNumber"]
)
changed = int(str(found["pwdLastSet"])) / 10**7 - SINCE_1601
print(json.dumps({"number": int(str(found["msDS-KeyVersionNumber"])), "changed": changed}))
