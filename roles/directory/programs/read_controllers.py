"""The controllers that the directory knows, and who holds each of the roles that one alone has (FSMO), as JSON.

`rebuilt` are those whose account was made anew since samba started here: it still has tickets for what they were.
"""

import json
import subprocess

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


def rebuilt() -> list[str]:
    show = [
        "systemctl",
        "show",
        "--timestamp=unix",
        "--property=ActiveEnterTimestamp",
        "--value",
        "samba-ad-dc.service",
    ]
    started = subprocess.run(show, capture_output=True, text=True, check=True).stdout.strip().lstrip("@")
    gone = db.search(
        configuration,
        expression="(&(objectClass=nTDSDSA)(isDeleted=TRUE))",
        attrs=["whenChanged"],
        controls=["show_deleted:1"],
    )
    # A deleted entry keeps its name up to a line feed, and its parent may be deleted too.
    deleted = {each.dn.get_component_value(1).split("\n")[0].lower(): str(each["whenChanged"]) for each in gone}
    me = str(db.get_serverName()).partition(",")[0].partition("=")[2].lower()
    return sorted(
        name
        for name, when in deleted.items()
        if name in names.values() and name != me and ldb.string_to_time(when) >= int(started or 0)
    )


print(json.dumps({"controllers": sorted(names.values()), "roles": roles, "rebuilt": rebuilt()}))
