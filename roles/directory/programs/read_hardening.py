"""What the checks of hardening are held against, as JSON: one read of the database, smb.conf and the certificate.

{"settings": smb.conf, "certificate": PEM, "now": seconds since the epoch, "base_dn", "domain_sid",
"entries": {DN: {attribute: [values]}}}. Of access control lists: the owner of all, in SDDL that of units and of the
domain alone.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import ldb
from samba.auth import system_session
from samba.dcerpc import dnsp, security
from samba.ndr import ndr_unpack
from samba.param import LoadParm
from samba.samdb import SamDB

KINDS = (
    *("user", "group", "organizationalUnit", "domainDNS", "dnsZone", "nTDSService", "crossRefContainer"),
    "msDS-PasswordSettings",
)
TEXTS = (
    *("objectClass", "sAMAccountName", "userAccountControl", "pwdLastSet", "lastLogonTimestamp", "whenCreated"),
    *("servicePrincipalName", "msDS-SupportedEncryptionTypes", "primaryGroupID", "msDS-AllowedToDelegateTo", "member"),
    *("msDS-Behavior-Version", "dSHeuristics", "minPwdLength", "pwdProperties", "lockoutThreshold", "pwdHistoryLength"),
    *("ms-DS-MachineAccountQuota", "msDS-MinimumPasswordLength", "msDS-PSOAppliesTo", "msDS-LockoutThreshold"),
)
OTHERS_ACT = "msDS-AllowedToActOnBehalfOfOtherIdentity"
BINARIES = ("objectSid", "sIDHistory", "nTSecurityDescriptor", "dNSProperty", OTHERS_ACT)
ALL_PARTITIONS, OWNER_AND_DACL = "search_options:1:2", "sd_flags:1:5"

smb_conf, certificate = map(Path, sys.argv[1:])
lp = LoadParm()
lp.load(str(smb_conf))
db = SamDB(url=lp.samdb_url(), lp=lp, session_info=system_session())
domain = security.dom_sid(db.get_domain_sid())


def attributes(entry: Any) -> dict[str, list[str]]:
    found = {name: [str(value) for value in entry[name]] for name in TEXTS if name in entry}
    for name in ("objectSid", "sIDHistory"):
        if name in entry:
            found[name] = [str(ndr_unpack(security.dom_sid, value)) for value in entry[name]]
    if OTHERS_ACT in entry:
        found[OTHERS_ACT] = ["set"]
    if "nTSecurityDescriptor" in entry:
        descriptor = ndr_unpack(security.descriptor, entry["nTSecurityDescriptor"][0])
        found["owner"] = [str(descriptor.owner_sid)]
        if {"organizationalUnit", "domainDNS"} & set(found["objectClass"]):
            found["nTSecurityDescriptor"] = [descriptor.as_sddl(domain)]
    for packed in entry.get("dNSProperty", []):
        known = ndr_unpack(dnsp.DnsProperty, packed)
        if known.id == dnsp.DSPROPERTY_ZONE_ALLOW_UPDATE:
            found["allowUpdate"] = [str(known.data)]
    return found


wanted = "".join(f"(objectClass={kind})" for kind in KINDS)
entries = db.search(
    db.domain_dn(),
    ldb.SCOPE_SUBTREE,
    f"(|{wanted})",
    attrs=[*TEXTS, *BINARIES],
    controls=[ALL_PARTITIONS, OWNER_AND_DACL],
)
json.dump(
    {
        "settings": smb_conf.read_text(),
        "certificate": certificate.read_text(),
        "now": time.time(),
        "base_dn": str(db.domain_dn()),
        "domain_sid": str(domain),
        "entries": {str(entry.dn): attributes(entry) for entry in entries},
    },
    sys.stdout,
)
