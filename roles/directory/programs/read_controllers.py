"""The controllers that the directory knows, and who holds each of the roles that one alone has (FSMO), as JSON."""

import json

import ldb
from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB

lp = LoadParm()
lp.load_default()
db = SamDB(url=lp.samdb_url(), lp=lp, session_info=system_session())
domain, configuration = db.domain_dn(), db.get_config_basedn()
places = {
    "pdc": domain,
    "rid": f"CN=RID Manager$,CN=System,{domain}",
    "infrastructure": f"CN=Infrastructure,{domain}",
    "naming": f"CN=Partitions,{configuration}",
    "schema": db.get_schema_basedn(),
    "domaindns": f"CN=Infrastructure,DC=DomainDnsZones,{domain}",
    "forestdns": f"CN=Infrastructure,DC=ForestDnsZones,{domain}",
}
settings = db.search(configuration, expression="(objectClass=nTDSDSA)", attrs=[])
names = {str(found.dn): found.dn.parent().get_rdn_value().lower() for found in settings}
roles = {}
for role, place in places.items():
    owner = db.search(place, ldb.SCOPE_BASE, attrs=["fSMORoleOwner"])[0].get("fSMORoleOwner", idx=0)
    roles[role] = names.get(str(ldb.Dn(db, owner.decode())), "") if owner else ""

print(json.dumps({"controllers": sorted(names.values()), "roles": roles}))
