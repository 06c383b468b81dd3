"""Create zones, add records and remove others, over the controller's own DNS management protocol (MS-DNSP)."""

import json
import sys
from typing import Any

from samba.credentials import Credentials
from samba.dcerpc import dnsp, dnsserver
from samba.dnsserver import ARecord, MXRecord, PTRRecord, SRVRecord, TXTRecord
from samba.param import LoadParm

VERSION = dnsserver.DNS_CLIENT_VERSION_LONGHORN


def record_of(kind: str, data: str, ttl: int) -> Any:
    if kind == "A":
        return ARecord(data, ttl=ttl)
    if kind == "MX":
        preference, server = data.split()
        return MXRecord(server, int(preference), ttl=ttl)
    if kind == "PTR":
        return PTRRecord(data, ttl=ttl)
    if kind == "SRV":
        priority, weight, port, server = data.split()
        return SRVRecord(server, int(port), int(priority), int(weight), ttl=ttl)
    return TXTRecord([data[start : start + 255] for start in range(0, len(data), 255)], ttl=ttl)  # RFC 1035, 3.3.14


def boxed(kind: str, data: str, ttl: int) -> Any:
    box = dnsserver.DNS_RPC_RECORD_BUF()
    box.rec = record_of(kind, data, ttl)
    return box


def create(zone: str) -> None:
    """A zone that lives in the directory, for every controller of the domain; only they may update it."""
    info = dnsserver.DNS_RPC_ZONE_CREATE_INFO_LONGHORN()
    info.pszZoneName = zone
    info.dwZoneType = dnsp.DNS_ZONE_TYPE_PRIMARY
    info.fDsIntegrated = info.fLoadExisting = 1
    info.dwDpFlags = dnsserver.DNS_DP_DOMAIN_DEFAULT
    dns.DnssrvOperation2(VERSION, 0, server, None, 0, "ZoneCreate", dnsserver.DNSSRV_TYPEID_ZONE_CREATE, info)
    updates = dnsserver.DNS_RPC_NAME_AND_PARAM()
    updates.pszNodeName = "AllowUpdate"
    updates.dwParam = dnsp.DNS_ZONE_UPDATE_OFF
    dns.DnssrvOperation2(
        VERSION, 0, server, zone, 0, "ResetDwordProperty", dnsserver.DNSSRV_TYPEID_NAME_AND_PARAM, updates
    )


wanted = json.load(sys.stdin)
server = wanted["server"]
lp = LoadParm()
lp.load_default()
credentials = Credentials()
credentials.guess(lp)
credentials.set_machine_account(lp)
dns = dnsserver.dnsserver(f"ncacn_ip_tcp:{server}[seal]", lp, credentials)

for zone in wanted["zones"]:
    create(zone)
for zone, name, kind, data, ttl in wanted["remove"]:
    dns.DnssrvUpdateRecord2(VERSION, 0, server, zone, name, None, boxed(kind, data, ttl))
for zone, name, kind, data, ttl in wanted["add"]:
    dns.DnssrvUpdateRecord2(VERSION, 0, server, zone, name, boxed(kind, data, ttl), None)
