"""What a Prometheus watches, from the inventory: targets of each job in the form of file_sd.

https://prometheus.io/docs/prometheus/latest/configuration/configuration/#file_sd_config. Targets are addresses, so that
they are watched while names do not resolve; `name` says whose they are. What stands behind a building's router (desks,
guests, printers) is not reached from the data centre, and is no target.
"""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address
from typing import TypedDict

from inventory.model import Administration, Site

NODE, FRR = 9100, 9342  # the ports of node_exporter and frr_exporter, as their projects registered them
MAIL = 9154  # that of postfix_exporter; ours tells more (roles/mail)
ROUTER_MODULES = "if_mib,bgp4"


class Group(TypedDict):
    """Targets with what is the same of all of them."""

    targets: list[str]
    labels: dict[str, str]


Jobs = dict[str, list[Group]]


def targets(administration: Administration) -> Jobs:
    """By job: `node`, `frr`, `mail` ask hosts, `snmp` asks devices, `icmp` and `uplinks` are pinged from a bastion."""
    return {
        "node": list(_nodes(administration)),
        "frr": list(_routers(administration)),
        "mail": list(_mail(administration)),
        "snmp": list(_devices(administration)),
        "icmp": list(_answering(administration)),
        "uplinks": list(_uplinks(administration)),
    }


def _nodes(administration: Administration) -> Iterator[Group]:
    for machine in administration.machines.values():
        if machine.network is None or machine.network.vlan is None:
            labels = _labels(administration, machine.name, machine.site, "debian", ",".join(machine.runs) or "none")
            yield _group(machine.address, labels, NODE)


def _routers(administration: Administration) -> Iterator[Group]:
    for name, router in administration.routers.items():
        if router.entry.platform == "frr":
            labels = _labels(administration, name, router.site, "frr", "router")
            yield _group(administration.addresses[name], labels, FRR)


def _mail(administration: Administration) -> Iterator[Group]:
    for machine in administration.mail_servers:
        yield _group(machine.address, _labels(administration, machine.name, machine.site, "debian", "mail"), MAIL)


def _devices(administration: Administration) -> Iterator[Group]:
    """Through snmp_exporter, by SNMPv3; `__param_` labels are the module and the credentials that it is asked with."""
    for name, switch in administration.switches.items():
        labels = _labels(administration, name, switch.site, switch.entry.platform, f"switch-{switch.entry.tier}")
        yield _group(switch.entry.address, labels | _snmp(name, "if_mib"))
    for name, router in administration.routers.items():
        if router.entry.platform != "frr":
            labels = _labels(administration, name, router.site, router.entry.platform, "router")
            yield _group(administration.addresses[name], labels | _snmp(name, ROUTER_MODULES))


def _answering(administration: Administration) -> Iterator[Group]:
    """Whatever must answer a ping from a bastion, through blackbox_exporter."""
    for each in (*_nodes(administration), *_routers(administration), *_devices(administration)):
        if each["labels"]["platform"] == "frr":
            continue  # a router that is a Debian host is among them already
        labels = {name: value for name, value in each["labels"].items() if not name.startswith("__")}
        yield {"targets": [each["targets"][0].split(":")[0]], "labels": labels | {"__param_module": "icmp"}}


def _uplinks(administration: Administration) -> Iterator[Group]:
    """Our end of each link. The labels are its session's: an alert joins them to what the router says of `peer`."""
    resina = administration.platform.resina
    for name, router in administration.routers.items():
        for uplink in router.entry.uplinks:
            labels = _labels(administration, name, router.site, router.entry.platform, uplink.role)
            labels |= {"core": uplink.core, "peer": str(uplink.peer), "peer_as": str(resina.asn)}
            labels |= {"interface": uplink.interface, "__param_module": "icmp"}
            yield _group(uplink.address.ip, labels)


def _labels(administration: Administration, name: str, site: Site, platform: str, role: str) -> dict[str, str]:
    return {
        "name": name,
        "site": site.site,
        "institution": site.owner,
        "platform": platform,
        "role": role,
        "environment": administration.environment.environment,
    }


def _snmp(name: str, modules: str) -> dict[str, str]:
    return {"__param_module": modules, "__param_auth": name}  # each device has secrets of its own


def _group(address: IPv4Address, labels: Mapping[str, str], port: int | None = None) -> Group:
    return {"targets": [f"{address}:{port}" if port else str(address)], "labels": dict(labels)}
