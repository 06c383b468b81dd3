"""Whether what we make of first passwords is what samba makes of them here: prints "alike". Nothing stays.

Run on a controller, with keys.py and change_entries.py in place: `python3 -I - UNIT`, this text over stdin.
"""

import sys

import ldb
from samba.auth import system_session
from samba.dcerpc import drsblobs
from samba.ndr import ndr_unpack
from samba.param import LoadParm
from samba.samdb import SamDB

from roles.directory.programs.change_entries import KEPT, Changes, Keys, Person

PEOPLE = [("keys.Awa", "Aa1-keys-alike-1"), ("keys_b-2.c", "Zz9 with ~all {of} \\ them"), ("k" * 20, "x" * 60 + "Y7")]

lp = LoadParm()
lp.load_default()
db = SamDB(url=lp.samdb_url(), lp=lp, session_info=system_session())
db.transaction_start()
try:
    people = {}
    for name, password in PEOPLE:
        record = ldb.Message(ldb.Dn(db, f"CN={name},{sys.argv[1]}"))
        record["objectClass"], record["userAccountControl"], record["pwdLastSet"] = "user", "512", "0"
        record["sAMAccountName"], record["userPrincipalName"] = name, f"{name}.long@{lp.get('realm').lower()}"
        record["unicodePwd"] = f'"{password}"'.encode("utf-16-le")
        people[str(record.dn)] = Person.of(record)
        db.add(record)
    keys, changes, first = Keys(lp, people), Changes(db, lp), b""
    for dn in people:
        changes.at = dn
        kept = changes._proven(keys)  # raises where it is not the same
        kerberos = bytes.fromhex(ndr_unpack(drsblobs.supplementalCredentialsBlob, kept).sub.packages[1].data)
        random = [bytes(key.value) for key in ndr_unpack(drsblobs.package_PrimaryKerberosBlob, kerberos).ctr.keys]
        first = first or kept
        if keys.made(dn, first, random) != kept:  # nor does anything of one person reach another
            raise SystemExit(f"{dn}: {KEPT} differs")
    keys.close()
finally:
    db.transaction_cancel()
print("alike")
