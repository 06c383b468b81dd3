"""Add entries to the access control lists of units, all or nothing; a group is named by its DN, its SID is found here.

stdin: a JSON list of [DN of the unit, DN of the group, [SDDL entries with {} for the SID]]. One that is there already
is not added again.
"""

import json
import sys

import ldb
from samba.auth import system_session
from samba.dcerpc import security
from samba.ndr import ndr_pack, ndr_unpack
from samba.param import LoadParm
from samba.samdb import SamDB

DACL = ["sd_flags:1:4"]  # LDAP_SERVER_SD_FLAGS_OID: neither owner nor audit entries are read or written

lp = LoadParm()
lp.load_default()
db = SamDB(url=lp.samdb_url(), lp=lp, session_info=system_session())
domain = security.dom_sid(db.get_domain_sid())


def granted(unit: str, group: str, entries: list[str]) -> None:
    (found,) = db.search(group, ldb.SCOPE_BASE, attrs=["objectSid"])
    sid = str(ndr_unpack(security.dom_sid, found["objectSid"][0]))
    (found,) = db.search(unit, ldb.SCOPE_BASE, attrs=["nTSecurityDescriptor"], controls=DACL)
    descriptor = ndr_unpack(security.descriptor, found["nTSecurityDescriptor"][0])
    present = descriptor.as_sddl(domain)
    # Before what is inherited, and after what is refused: the order in which they are read.
    inherited = [bool(ace.flags & security.SEC_ACE_FLAG_INHERITED_ACE) for ace in descriptor.dacl.aces]
    place = inherited.index(True) if True in inherited else len(inherited)
    for entry in entries:
        text = entry.format(sid)
        if text not in present:
            (ace,) = security.descriptor.from_sddl(f"D:{text}", domain).dacl.aces
            descriptor.dacl_add(ace, place)
            place += 1
    changed = ldb.Message(found.dn)
    changed["acl"] = ldb.MessageElement(ndr_pack(descriptor), ldb.FLAG_MOD_REPLACE, "nTSecurityDescriptor")
    db.modify(changed, controls=DACL)


db.transaction_start()
try:
    for wanted in json.load(sys.stdin):
        granted(*wanted)
except BaseException:
    db.transaction_cancel()
    raise
db.transaction_commit()
