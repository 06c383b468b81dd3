"""The zones of the domain and their A, MX, PTR, SRV and TXT records, as JSON; nothing where there is no domain yet."""

import json
from collections.abc import Callable
from typing import Any

import ldb
from samba.auth import system_session
from samba.dcerpc import dnsp
from samba.ndr import ndr_unpack
from samba.param import LoadParm
from samba.samdb import SamDB

TEXTS: dict[int, tuple[str, Callable[[Any], str]]] = {
    dnsp.DNS_TYPE_A: ("A", str),
    dnsp.DNS_TYPE_MX: ("MX", lambda mx: f"{mx.wPriority} {mx.nameTarget}"),
    dnsp.DNS_TYPE_PTR: ("PTR", str),
    dnsp.DNS_TYPE_SRV: ("SRV", lambda srv: f"{srv.wPriority} {srv.wWeight} {srv.wPort} {srv.nameTarget}"),
    dnsp.DNS_TYPE_TXT: ("TXT", lambda txt: "".join(txt.str)),
}

lp = LoadParm()
lp.load_default()
db = SamDB(url=lp.samdb_url(), lp=lp, session_info=system_session())
partition = ldb.Dn(db, f"DC=DomainDnsZones,{db.domain_dn()}")

zones = [str(zone["name"]) for zone in db.search(partition, expression="(objectClass=dnsZone)", attrs=["name"])]
records = []
for node in db.search(partition, expression="(objectClass=dnsNode)", attrs=["dnsRecord"]):
    name, zone = (node.dn.get_component_value(place).lower() for place in (0, 1))  # a join writes DC2
    for packed in node.get("dnsRecord", []):
        record = ndr_unpack(dnsp.DnssrvRpcRecord, packed)
        if record.wType in TEXTS:
            kind, text = TEXTS[record.wType]
            records.append([zone, name, kind, text(record.data)])
print(json.dumps({"zones": zones, "records": records}))
