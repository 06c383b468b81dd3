"""Say what the directory holds, in one search: each person's account in use as a digest, everything else whole.

argv: the filter, the attributes, and the digests of the accounts to say whole ("*": all), as JSON.
stdout: {"digests": [...], "entries": {DN: {attribute: [values]}}} as JSON, deflated, in base64.
"""

import json
import sys
from base64 import b64encode
from zlib import compress

import ldb
from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB

from roles.directory.same import OWNED, digest

DISABLED = 0x2  # userAccountControl (MS-ADTS 2.2.16)


def first(message: ldb.Message, name: str) -> str:
    return str(message.get(name, b"", 0), errors="replace")


def digest_of(message: ldb.Message) -> str | None:
    """None where it is said whole: no person's, not in use, or the directory's own."""
    if "employeeID" not in message or int(message.get("userAccountControl", DISABLED, 0)) & DISABLED:
        return None
    if "isCriticalSystemObject" in message:
        return None
    return digest(str(message.dn), [first(message, name) for name in OWNED])


def whole_of(message: ldb.Message) -> dict[str, list[str]]:
    return {
        name: [str(value, errors="replace") for value in values] for name, values in message.items() if name != "dn"
    }


kinds, attributes, asked = json.loads(sys.argv[1])
lp = LoadParm()
lp.load_default()
db = SamDB(url=lp.samdb_url(), lp=lp, session_info=system_session())
whole, all_of_them = set(asked), "*" in asked
digests, entries = [], {}
for message in db.search(None, ldb.SCOPE_SUBTREE, kinds, attributes):
    told = None if all_of_them else digest_of(message)
    if told is None or told in whole:
        entries[str(message.dn)] = whole_of(message)
    else:
        digests.append(told)
said = json.dumps({"digests": digests, "entries": entries}, ensure_ascii=False)
sys.stdout.buffer.write(b64encode(compress(said.encode(errors="replace"), 1)) + b"\n")
