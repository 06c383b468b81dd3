"""What differs between two inventories, as facts about people, groups, shares, sites and applications.

Both sides are typed models: a comment, an order or a layout that changes in a file is no change here. A field that
this module has no word for is still told, by its name: nothing that differs goes unsaid.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from itertools import groupby
from typing import Any, TypeVar

from deploys.review.words import Listed, Value, names, quoted
from inventory.model import (
    Application,
    Environment,
    Institution,
    Network,
    Person,
    Platform,
    Port,
    Router,
    Share,
    Site,
    Switch,
    Uplink,
)
from inventory.model.base import Strict
from inventory.model.institution import REFUSE

M = TypeVar("M")


class Section(IntEnum):
    """In the order in which they are read."""

    INSTITUTION, PEOPLE, GROUPS, SHARES, SITES, APPLICATIONS, PLATFORM = range(7)


@dataclass(frozen=True)
class Change:
    """One fact. `owner` is the institution whose it is, or nothing for the platform; `key` names its phrase.

    `count` is how many things it is about: ports that change alike are one fact.
    """

    owner: str
    section: Section
    key: str
    values: Mapping[str, Value] = field(default_factory=dict)
    count: int = 1


@dataclass(frozen=True)
class Content:
    """What one side says, in the units that may differ."""

    platform: Platform | None = None
    institutions: Mapping[str, Institution] = field(default_factory=dict)
    sites: Mapping[str, Site] = field(default_factory=dict)
    applications: Mapping[str, Application] = field(default_factory=dict)
    environments: Mapping[str, Environment] = field(default_factory=dict)


def compare(before: Content, after: Content) -> list[Change]:
    """Every difference, grouped by institution, then by section; the platform comes last."""
    found = [
        *_institutions(before.institutions, after.institutions),
        *(c for _, a, b in _pairs(before.sites, after.sites) for c in _site(a, b)),
        *(c for _, a, b in _pairs(before.applications, after.applications) for c in _application(a, b)),
        *_platform(before.platform, after.platform),
        *(
            change
            for name, a, b in _pairs(before.environments, after.environments)
            for change in _settings("", Section.PLATFORM, a, b, place=f"{name}.yaml")
        ),
    ]
    return sorted(found, key=lambda change: (not change.owner, change.owner, change.section))


def _platform(a: Platform | None, b: Platform | None) -> Iterator[Change]:
    """What is said of one purpose or profile is said with its name."""
    yield from _settings("", Section.PLATFORM, a, b, known={"purposes", "profiles"})
    for key in ("purposes", "profiles"):
        for name, old, new in _pairs(getattr(a, key, {}), getattr(b, key, {})):
            yield from _settings("", Section.PLATFORM, old, new, place=f"{key} {name}")


# Institutions


def _institutions(before: Mapping[str, Institution], after: Mapping[str, Institution]) -> Iterator[Change]:
    was = {person.id: institution for institution in before.values() for person in institution.people}
    now = {person.id: institution for institution in after.values() for person in institution.people}
    for name, a, b in _pairs(before, after):
        if b is None and a is not None:
            yield Change(name, Section.INSTITUTION, "institution_removed", {"name": a.name, "id": name})
        elif a is None and b is not None:
            values: dict[str, Value] = {"name": b.name, "id": name, "domain": b.mail_domain}
            yield Change(name, Section.INSTITUTION, "institution_created", values)
        elif a is not None and b is not None:
            yield from _institution(a, b)
        yield from _people(name, a, b, was, now)
        yield from _groups(name, a, b)
        yield from _shares(name, a, b)


def _institution(a: Institution, b: Institution) -> Iterator[Change]:
    if a.mail_domain != b.mail_domain:
        values: dict[str, Value] = {"old": a.mail_domain, "new": b.mail_domain, "n": len(b.people)}
        yield Change(b.institution, Section.INSTITUTION, "mail_domain", values)
    known = {"institution", "mail_domain", "people", "functions", "groups", "shares"}
    yield from _settings(b.institution, Section.INSTITUTION, a, b, known=known)


def _people(
    owner: str,
    a: Institution | None,
    b: Institution | None,
    was: Mapping[str, Institution],
    now: Mapping[str, Institution],
) -> Iterator[Change]:
    """People are known by their id, whatever they are called and wherever they work."""
    old = {person.id: person for person in (a.people if a else [])}
    new = {person.id: person for person in (b.people if b else [])}
    if old == new:
        return
    for id_, person in new.items():
        about = _about(person) | {"address": b.address_of(person) if b else ""}
        if id_ in old:
            yield from _person(owner, old[id_], person, about)
        elif id_ in was:
            yield Change(owner, Section.PEOPLE, "moves_in", about | {"other": was[id_].name})
        elif person.left is None:
            yield Change(owner, Section.PEOPLE, "arrives", about)
    for id_, person in old.items():
        if id_ in new:
            continue
        if id_ in now:
            yield Change(owner, Section.PEOPLE, "moves_out", _about(person) | {"other": now[id_].name})
        elif person.left is None:
            yield Change(owner, Section.PEOPLE, "leaves", _about(person))
        else:
            yield Change(owner, Section.PEOPLE, "forgotten", _about(person))


def _person(owner: str, a: Person, b: Person, about: Mapping[str, Value]) -> Iterator[Change]:
    known = {"login", "given", "family"}
    if a.left is None and b.left is not None:
        heir = b.mail_after if b.mail_after != REFUSE else None
        key = "leaves" if heir is None else "leaves_mail"
        yield Change(owner, Section.PEOPLE, key, {**about, "heir": heir or ""})
        known |= {"left", "mail_after"}
    elif a.left is not None and b.left is None:
        yield Change(owner, Section.PEOPLE, "returns", about)
        known |= {"left", "mail_after"}
    if a.display_name != b.display_name:
        values: dict[str, Value] = {"old": a.display_name, "new": b.display_name, "login": b.login}
        yield Change(owner, Section.PEOPLE, "renamed", values)
    if a.login != b.login:
        key = "login_changed" if a.login in b.formerly else "login_dropped"
        yield Change(owner, Section.PEOPLE, key, {**about, "old": a.login, "new": b.login})
        known |= {"formerly"}
    place = f"{b.display_name} ({b.login})"
    yield from _settings(owner, Section.PEOPLE, a, b, place=place, known=known)


def _about(person: Person) -> dict[str, Value]:
    return {"name": person.display_name, "login": person.login}


def _groups(owner: str, a: Institution | None, b: Institution | None) -> Iterator[Change]:
    people = {p.login: p.display_name for side in (a, b) if side for p in side.people}

    def called(logins: list[str]) -> Listed:
        return names(people.get(login, login) for login in logins)

    logins = {p.id: p.login for p in (b.people if b else [])}
    renamed = {p.login: logins.get(p.id, p.login) for p in (a.people if a else [])}  # they neither join nor leave
    written = [{**side.functions.held, **side.groups} if side else {} for side in (a, b)]
    for name, before, new in _pairs(*written):
        old = None if before is None else [renamed.get(login, login) for login in before]
        about: dict[str, Value] = {"group": name}
        if old is None and new is not None:
            members = called(new)
            key = "group_created" if new else "group_created_empty"
            yield Change(owner, Section.GROUPS, key, about | {"members": members, "n": len(members)})
        elif new is None:
            yield Change(owner, Section.GROUPS, "group_removed", about)
        elif old is not None:
            joins = called([login for login in new if login not in old])
            leaves = called([login for login in old if login not in new])
            if joins:
                yield Change(owner, Section.GROUPS, "group_joined", about | {"members": joins, "n": len(joins)})
            if leaves:
                yield Change(owner, Section.GROUPS, "group_left", about | {"members": leaves, "n": len(leaves)})


def _shares(owner: str, a: Institution | None, b: Institution | None) -> Iterator[Change]:
    for name, old, new in _pairs(a.shares if a else {}, b.shares if b else {}):
        about: dict[str, Value] = {"share": name}
        if new is None:
            yield Change(owner, Section.SHARES, "share_removed", about)
            continue
        if old is None:
            values = about | {"description": new.description}
            yield Change(owner, Section.SHARES, "share_created", values)
        elif old.description != new.description:
            yield Change(owner, Section.SHARES, "share_described", about | {"description": new.description})
        yield from _rights(owner, about, old or Share(description=new.description), new)
        known = {"description", "write", "read"}
        yield from _settings(owner, Section.SHARES, old, new, place=name, known=known) if old else ()


def _rights(owner: str, about: dict[str, Value], a: Share, b: Share) -> Iterator[Change]:
    """Who may write also reads: a group in both lists writes."""
    could = {**dict.fromkeys(a.read, "read"), **dict.fromkeys(a.write, "write")}
    can = {**dict.fromkeys(b.read, "read"), **dict.fromkeys(b.write, "write")}
    kinds = {
        "share_opened_write": [g for g in can if can[g] == "write" and could.get(g) != "write"],
        "share_opened_read": [g for g in can if can[g] == "read" and g not in could],
        "share_only_read": [g for g in can if can[g] == "read" and could.get(g) == "write"],
        "share_closed": [g for g in could if g not in can],
    }
    for key, groups in kinds.items():
        if groups:
            yield Change(owner, Section.SHARES, key, about | {"groups": quoted(groups), "n": len(groups)})


# Sites


def _site(a: Site | None, b: Site | None) -> Iterator[Change]:
    site = b or a
    if site is None:
        return
    about: dict[str, Value] = {"site": site.name, "id": site.site}
    if b is None:
        yield Change(site.owner, Section.SITES, "site_removed", about)
        return
    if a is None:
        yield Change(site.owner, Section.SITES, "site_created", about)
    else:
        if a.owner != b.owner:
            yield Change(a.owner, Section.SITES, "site_handed_over", about | {"other": b.owner})
        known = {"site", "networks", "machines", "switches", "routers"}
        yield from _settings(site.owner, Section.SITES, a, b, place=site.name, known=known)
    for name, old, new in _pairs(a.networks if a else {}, b.networks):
        yield from _network(site, name, old, new)
    for name, old_switch, new_switch in _pairs(a.switches if a else {}, b.switches):
        yield from _switch(site, name, old_switch, new_switch)
    for name, old_router, new_router in _pairs(a.routers if a else {}, b.routers):
        yield from _router(site, name, old_router, new_router)
    for name, old_machine, new_machine in _pairs(a.machines if a else {}, b.machines):
        yield from _thing(site, "machine", name, old_machine, new_machine, detail=_machine_detail(new_machine))


def _machine_detail(machine: Any) -> dict[str, Value]:
    if machine is None:
        return {}
    return {"address": str(machine.address), "network": machine.network, "runs": ", ".join(machine.runs) or "-"}


def _network(site: Site, name: str, a: Network | None, b: Network | None) -> Iterator[Change]:
    detail: dict[str, Value] = {}
    if b is not None:
        detail = {"prefix": str(b.prefix), "gateway": str(b.gateway), "vlan": str(b.vlan or "")}
    kind = "network" if b is None or b.vlan is None else "vlan"
    # The purpose is the name of the network; its pool is told in a phrase of its own.
    yield from _thing(site, kind, name, a, b, detail=detail, known={"purpose", "pool"})
    if a is not None and b is not None and a.pool != b.pool:
        about: dict[str, Value] = {"site": site.name, "name": name}
        if b.pool is None:
            yield Change(site.owner, Section.SITES, "pool_removed", about)
        else:
            about |= {"first": str(b.pool.first), "last": str(b.pool.last), "hours": b.pool.lease_hours}
            yield Change(site.owner, Section.SITES, "pool", about)


def _switch(site: Site, name: str, a: Switch | None, b: Switch | None) -> Iterator[Change]:
    detail: dict[str, Value] = {"address": str(b.address), "platform": b.model or b.platform} if b else {}
    # The VLANs of unused ports and of trunks are the platform's, and told there.
    yield from _thing(site, "switch", name, a, b, detail=detail, known={"ports", "quarantine", "native"})
    if b is None:
        return
    pairs = list(_pairs(a.ports if a else {}, b.ports))
    for _, series in groupby(_numbered(site, name, pairs), key=lambda each: each[0]):
        _, ports = zip(*series, strict=True)
        _, old, new = ports[0]
        label = ports[0][0] if len(ports) == 1 else f"{ports[0][0]}-{_parts(ports[-1][0])[1]}"
        for change in _port(site, {"port": label, "switch": name}, old, new):
            yield replace(change, count=len(ports))


Pair = tuple[str, Port | None, Port | None]


def _numbered(site: Site, switch: str, pairs: list[Pair]) -> Iterator[tuple[int, Pair]]:
    """The ports, each with the number of its series: ports that follow one another and change alike."""
    series, last, told = 0, ("", -1), list[Change]()
    for pair in pairs:
        stem, number = _parts(pair[0])
        changes = list(_port(site, {"port": "", "switch": switch}, pair[1], pair[2]))
        if not changes or changes != told or (stem, number - 1) != last:
            series += 1
        last, told = (stem, number), changes
        yield series, pair


def _parts(port: str) -> tuple[str, int]:
    """The name of a port without its last number, and that number."""
    stem = port.rstrip("0123456789")
    return stem, int(port[len(stem) :] or 0)


# What a port has from its profile; what a profile is, is the platform's, and told there.
OF_PROFILE = {"maximum_macs", "protections", "trusted", "native"}


def _port(site: Site, about: dict[str, Value], a: Port | None, b: Port | None) -> Iterator[Change]:
    """Two ports; one that is not used is as if it were not there."""

    def said(key: str, **values: Value) -> Change:
        return Change(site.owner, Section.SITES, key, about | values)

    a = a if a is not None and a.used else None
    if b is None:
        yield from [said("port_removed")] if a else []
        return
    if not b.used:
        yield from [said("port_shut")] if a else []
        return
    if a is not None and a.profile and b.profile and a.profile != b.profile:
        yield said("port_profile", old=a.profile, new=b.profile)
    if a is None or (a.access is None) != (b.access is None):
        if b.access and b.profile and a is None:
            yield said("port_opened", profile=b.profile, network=b.access)
        elif b.access:
            yield said("port_access", network=b.access)
        else:
            yield said("port_trunk", networks=quoted(b.trunk or []), n=len(b.trunk or []))
    elif b.access and a.access and a.access != b.access:
        yield said("port_moved", old=a.access, new=b.access)
    else:
        more = [network for network in b.trunk or [] if network not in (a.trunk or [])]
        fewer = [network for network in a.trunk or [] if network not in (b.trunk or [])]
        if more:
            yield said("trunk_more", networks=quoted(more), n=len(more))
        if fewer:
            yield said("trunk_fewer", networks=quoted(fewer), n=len(fewer))
    if a is not None and a.voice != b.voice:
        yield said("port_voice", network=b.voice) if b.voice else said("port_no_voice")
    if (_end(a) if a else "") != _end(b):
        yield said("port_to", to=_end(b)) if b.to else said("port_to_nothing")
    if a is not None:
        known = {"access", "trunk", "to", "far", "voice"}
        if bool(a.profile) == bool(b.profile):  # where neither has a profile, the rest follows from access or trunk
            known |= {"profile", *OF_PROFILE}
        place = f"{about['switch']} {about['port']}"
        yield from _settings(site.owner, Section.SITES, a, b, place=place, known=known)


def _end(port: Port) -> str:
    """What is at the end of the cable, with its port where it has one."""
    return " ".join(filter(None, (port.to, port.far)))


def _router(site: Site, name: str, a: Router | None, b: Router | None) -> Iterator[Change]:
    detail: dict[str, Value] = {"asn": str(b.asn), "platform": b.platform} if b else {}
    yield from _thing(site, "router", name, a, b, detail=detail, known={"uplinks"})
    if b is None:
        return
    for interface, old, new in _pairs(_by_interface(a), _by_interface(b)):
        link: dict[str, Value] = {"router": name, "interface": interface}
        if new is None:
            yield Change(site.owner, Section.SITES, "uplink_removed", link)
        elif old is None:
            link |= {"core": new.core, "address": str(new.address), "peer": str(new.peer)}
            yield Change(site.owner, Section.SITES, "uplink_created", link)
        else:
            place = f"{name} {interface}"
            yield from _settings(site.owner, Section.SITES, old, new, place=place, known={"interface"})


def _by_interface(router: Router | None) -> dict[str, Uplink]:
    return {uplink.interface: uplink for uplink in router.uplinks} if router else {}


def _thing(
    site: Site,
    kind: str,
    name: str,
    a: Strict | None,
    b: Strict | None,
    *,
    detail: dict[str, Value],
    known: set[str] | None = None,
) -> Iterator[Change]:
    """A part of a site that comes, goes, or whose settings change."""
    about: dict[str, Value] = {"name": name, "site": site.name}
    if b is None:
        yield Change(site.owner, Section.SITES, f"{kind}_removed", about)
    elif a is None:
        yield Change(site.owner, Section.SITES, f"{kind}_created", about | detail)
    else:
        yield from _settings(site.owner, Section.SITES, a, b, place=f"{site.site} {name}", known=known or set())


# Applications


def _application(a: Application | None, b: Application | None) -> Iterator[Change]:
    application = b or a
    if application is None:
        return
    owner = application.owner
    about: dict[str, Value] = {"application": application.name, "id": application.application}
    if b is None:
        yield Change(owner, Section.APPLICATIONS, "application_removed", about)
        return
    if a is None:
        place: dict[str, Value] = {"host": b.host, "database": b.database, "version": b.artifact.version}
        yield Change(owner, Section.APPLICATIONS, "application_created", about | place)
    elif a.artifact.version != b.artifact.version:
        versions: dict[str, Value] = {"old": a.artifact.version, "new": b.artifact.version}
        yield Change(owner, Section.APPLICATIONS, "application_version", about | versions)
    if a is not None and a.owner != owner:
        yield Change(a.owner, Section.APPLICATIONS, "application_handed_over", about | {"other": owner})
    opened = [reader for reader in b.readers if a is None or reader not in a.readers]
    closed = [reader for reader in (a.readers if a else []) if reader not in b.readers]
    for key, readers in (("application_opened", opened), ("application_closed", closed)):
        if readers:
            yield Change(owner, Section.APPLICATIONS, key, about | {"groups": quoted(readers), "n": len(readers)})
    known = {"application", "readers", "artifact.version"}
    yield from _settings(owner, Section.APPLICATIONS, a, b, place=application.name, known=known) if a else ()


# Settings: what has no word of its own


UNITS = {"_mib": "Mio", "_gib": "Gio"}


def _settings(
    owner: str,
    section: Section,
    a: Strict | None,
    b: Strict | None,
    *,
    place: str = "",
    known: set[str] | None = None,
) -> Iterator[Change]:
    """Each value that differs, by its path in the file. `known` are the paths that are told elsewhere."""
    old, new = _leaves(a, known or set()), _leaves(b, known or set())
    for path in [*old, *(path for path in new if path not in old)]:
        values: dict[str, Value] = {"place": place, "path": path}
        was, now = old.get(path), new.get(path)
        unit = next((unit for suffix, unit in UNITS.items() if path.endswith(suffix)), "")
        if was == now:
            continue
        if isinstance(was, int) and isinstance(now, int) and unit:
            key = "size_raised" if now > was else "size_lowered"
            values |= {"old": was, "new": now, "unit": unit}
        elif isinstance(was, list) and isinstance(now, list):
            yield from _list(owner, section, values, was, now)
            continue
        else:
            key = (
                "setting_changed" if path in old and path in new else "setting_set" if path in new else "setting_unset"
            )
            values |= {"old": _text(was), "new": _text(now)}
        yield Change(owner, section, key, values)


def _list(owner: str, section: Section, about: dict[str, Value], was: list[str], now: list[str]) -> Iterator[Change]:
    more, fewer = [value for value in now if value not in was], [value for value in was if value not in now]
    if more:
        yield Change(owner, section, "list_more", about | {"values": names(more), "n": len(more)})
    if fewer:
        yield Change(owner, section, "list_fewer", about | {"values": names(fewer), "n": len(fewer)})
    if not more and not fewer:
        yield Change(owner, section, "list_reordered", about | {"values": names(now)})


def _text(value: Any) -> str:
    return ", ".join(value) or "-" if isinstance(value, list) else str(value)


def _leaves(model: Strict | None, known: set[str]) -> dict[str, Any]:
    """The values of a model by their dotted path; a list of plain values is one value."""
    if model is None:
        return {}
    found: dict[str, Any] = {}

    def walk(path: str, value: Any) -> None:
        if path in known or value is None:
            return
        if isinstance(value, dict):
            for key, inner in value.items():
                walk(f"{path}.{key}" if path else str(key), inner)
        elif isinstance(value, list) and any(isinstance(inner, dict | list) for inner in value):
            for index, inner in enumerate(value):
                walk(f"{path}.{index + 1}", inner)
        elif isinstance(value, list):
            found[path] = [str(inner) for inner in value]
        else:
            found[path] = value if isinstance(value, int) and not isinstance(value, bool) else str(value)

    walk("", model.model_dump(mode="json"))
    return found


def _pairs(before: Mapping[str, M], after: Mapping[str, M]) -> Iterator[tuple[str, M | None, M | None]]:
    """Both sides of each name where they differ: what was there first in its order, then what is new."""
    for name in [*before, *(name for name in after if name not in before)]:
        a, b = before.get(name), after.get(name)
        if a is not b and a != b:
            yield name, a, b
