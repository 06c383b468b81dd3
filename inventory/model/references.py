"""What one file says of another: every name exists, nothing is used twice, every address fits."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from ipaddress import IPv4Address, IPv4Network
from itertools import islice

from netutils.interface import canonical_interface_name

from inventory.model.administration import MAIL, MESSAGERIE, WEBMAIL, Administration
from inventory.model.application import Application
from inventory.model.base import Strict
from inventory.model.building import NEVER, Profile
from inventory.model.chassis import ROUTER_CHASSIS
from inventory.model.environment import Environment
from inventory.model.institution import AGENTS, FUNCTION, REFUSE, Functions, Institution, InstitutionFile
from inventory.model.messages import say
from inventory.model.platform import Platform
from inventory.model.ports import not_of_model
from inventory.model.prefixes import Prefixes
from inventory.model.problems import Problem
from inventory.model.site import MachineEntry, Network, Port, Router, Site
from inventory.model.source import Files, Path_, Source
from inventory.model.validate import listed, near

# What Active Directory, Samba and our own services already call theirs.
RESERVED_LOGINS = ("administrator", "guest", "krbtgt", "root", "postmaster", "abuse", REFUSE)
RESERVED_SHARES = ("global", "homes", "printers", "netlogon", "sysvol")
RESERVED_APPLICATIONS = ("postgres", "template0", "template1")  # an application's database has its name
FUNCTION_GROUPS = tuple(f"{FUNCTION}-{function}" for function in Functions.model_fields)  # of all institutions


@dataclass(frozen=True)
class Parsed:
    """Every file of the inventory with its model, by identifier."""

    platform: tuple[Source, Platform]
    environment: tuple[Source, Environment]
    institutions: dict[str, tuple[Files, Institution]]
    sites: dict[str, tuple[Source, Site]]
    applications: dict[str, tuple[Source, Application]]

    def administration(self) -> Administration:
        return Administration(
            environment=self.environment[1],
            platform=self.platform[1],
            institutions={name: model for name, (_, model) in self.institutions.items()},
            sites={name: model for name, (_, model) in self.sites.items()},
            applications={name: model for name, (_, model) in self.applications.items()},
        )


@dataclass
class Seen:
    """What was met so far, each with the place where it was said."""

    logins: dict[str, str] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)
    ids: dict[str, tuple[str, str]] = field(default_factory=dict)
    domains: dict[str, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=lambda: dict.fromkeys(FUNCTION_GROUPS, say("whole")))
    shares: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    macs: dict[str, str] = field(default_factory=dict)
    addresses: dict[IPv4Address, str] = field(default_factory=dict)
    networks: Prefixes = field(default_factory=Prefixes)
    blocks: Prefixes = field(default_factory=Prefixes)
    ports: dict[tuple[str, int], str] = field(default_factory=dict)


def check_references(parsed: Parsed, environments: Collection[str]) -> Iterator[Problem]:
    """Every mistake that one file alone cannot show. `environments` are the names of all of them."""
    seen = Seen()
    for core in parsed.platform[1].resina.cores:
        seen.names[core] = "platform.yaml"
    for source, site in parsed.sites.values():
        if any("webmail" in machine.runs for machine in site.machines.values()):
            seen.names[WEBMAIL] = str(source.path)
        if any(MAIL in machine.runs for machine in site.machines.values()):
            seen.names[MESSAGERIE] = str(source.path)
    yield from _active_mail(*parsed.platform, parsed)
    yield from _bastions(*parsed.platform, seen, parsed)
    for files, institution in parsed.institutions.values():
        yield from _institution(files, institution, seen, parsed.platform[1])
    yield from _between_people(parsed)
    for source, site in parsed.sites.values():
        yield from _site(source, site, seen, parsed)
        for name, entry in site.machines.items():
            if entry.only_in is not None and entry.only_in not in environments:
                path = ["machines", name, "only_in"]
                yield _missing(source, path, "environment", entry.only_in, environments)
    for source, application in parsed.applications.values():
        yield from _application(source, application, seen, parsed)
    yield from _platform(*parsed.platform, parsed)


def check_environment(parsed: Parsed) -> Iterator[Problem]:
    """The same, of what is particular to one environment."""
    source, environment = parsed.environment
    here = (None, environment.environment)
    machines = [
        name for _, site in parsed.sites.values() for name, entry in site.machines.items() if entry.only_in in here
    ]
    for key, name in (("journeys_from", environment.journeys_from), ("canary", environment.canary)):
        if name is not None and name not in machines:
            yield _missing(source, [key], "machine", name, machines)
    devices = [name for _, site in parsed.sites.values() for name in (*site.switches, *site.routers)]
    if environment.devices.canary not in (None, *devices):
        yield _missing(source, ["devices", "canary"], "device", str(environment.devices.canary), devices)
    yield from _world(source, environment, {*machines, *devices, *parsed.platform[1].resina.cores})


def _world(source: Source, environment: Environment, names: Collection[str]) -> Iterator[Problem]:
    """A world that is played is one machine beside those of ours, and answers at addresses of its own."""
    world = environment.world
    if world is None:
        return
    if world.machine in names:
        yield source.problem(["world", "machine"], say("world_machine", value=world.machine))
    if world.prefix.prefixlen > 24:
        yield source.problem(["world", "prefix"], say("world_prefix", value=world.prefix))
    for place, address in enumerate(world.resolvers):
        if address not in world.prefix:
            yield source.problem(
                ["world", "resolvers", place], say("world_resolver", value=address, prefix=world.prefix)
            )


def _missing(source: Source | Files, path: Path_, kind: str, value: str, known: Collection[str]) -> Problem:
    message = say("no_such", kind=say(kind), value=value, choices=listed(known), hint=near(value, known))
    return source.problem(path, message)


def _example(text: object) -> str:
    return say("example", example=text)


def _institution(files: Files, institution: Institution, seen: Seen, platform: Platform) -> Iterator[Problem]:
    yield from _mail_domain(files, institution, seen, platform)
    yield from _people(files, institution, seen)
    yield from _groups(files, institution, seen)
    yield from _shares(files, institution, seen)
    yield from _mail(files, institution, seen)


def _mail_domain(files: Files, institution: Institution, seen: Seen, platform: Platform) -> Iterator[Problem]:
    domain, suffixes = institution.mail_domain, platform.mail.domains_under
    shown = _example(f"mail_domain: {institution.institution}.{suffixes[0]}")
    if not any(domain.endswith(f".{suffix}") for suffix in suffixes):
        yield files.problem(
            ["mail_domain"], say("foreign_domain", value=domain, allowed=", ".join(suffixes), example=shown)
        )
    if f".{domain}".endswith(f".{platform.domain}") or f".{platform.domain}".endswith(f".{domain}"):
        yield files.problem(["mail_domain"], say("inner_domain", value=domain, example=shown))
    if domain in seen.domains:
        yield files.problem(["mail_domain"], say("already", value=domain, where=seen.domains[domain], example=shown))
    seen.domains.setdefault(domain, str(files.path_of("mail_domain")))


def _people(files: Files, institution: Institution, seen: Seen) -> Iterator[Problem]:
    where = str(files.path_of("people"))
    for index, person in enumerate(institution.people):
        path: list[str | int] = ["people", index, "login"]
        if person.login in RESERVED_LOGINS or person.login.startswith("svc-"):
            shown = _example("login: awa.exemple")
            yield files.problem(path, say("reserved", value=person.login, example=shown))
        if person.login in seen.logins:
            shown = _example(f"login: {person.login}2")
            message = say("person_twice", value=person.login, where=seen.logins[person.login], example=shown)
            yield files.problem(path, message)
        elif person.account in seen.accounts:
            other = seen.accounts[person.account]
            yield files.problem(path, say("account_twice", value=person.login, account=person.account, other=other))
        seen.logins.setdefault(person.login, where)
        for number, login in enumerate(person.formerly):
            if login in seen.logins:
                message = say("former_name", value=login, where=seen.logins[login])
                yield files.problem(["people", index, "formerly", number], message)
            seen.logins.setdefault(login, where)
        seen.accounts.setdefault(person.account, person.login)
        if person.id in seen.ids:
            other, place = seen.ids[person.id]
            message = say("id_twice", value=person.id, other=other, where=place)
            yield files.problem(["people", index, "id"], message)
        seen.ids.setdefault(person.id, (person.login, where))


def _between_people(parsed: Parsed) -> Iterator[Problem]:
    """Whom a person names: who runs their work, who gets their mail once they left."""
    managers = {p.login: p.manager for _, institution in parsed.institutions.values() for p in institution.people}
    circles = _circle_of_managers(managers)
    for files, institution in parsed.institutions.values():
        own = dict.fromkeys(person.login for person in institution.people)
        present = {person.login for person in institution.present}
        for index, person in enumerate(institution.people):
            path: list[str | int] = ["people", index]
            if person.manager is not None and person.manager not in managers:
                hint = near(person.manager, own)
                message = say("no_such", kind=say("person"), value=person.manager, hint=hint)
                yield files.problem([*path, "manager"], message)
            elif person.login in circles:
                message = say("manager_circle", value=person.login, way=circles[person.login])
                yield files.problem([*path, "manager"], message)
            if person.mail_after is None:
                continue
            path.append("mail_after")
            if person.left is None:
                yield files.problem(path, say("mail_after_alone"))
            elif person.mail_after not in own and person.mail_after != REFUSE:
                yield _missing(files, path, "person", person.mail_after, [REFUSE, *own])
            elif person.mail_after not in present and person.mail_after != REFUSE:
                yield files.problem(path, say("mail_after_left", value=person.mail_after))


def _circle_of_managers(managers: Mapping[str, str | None]) -> dict[str, str]:
    """One person of each circle, with the way round: « a → b → a »."""
    found, walked = {}, set[str]()
    for start in managers:
        way: dict[str, None] = {}
        place: str | None = start
        while place is not None and place not in walked and place not in way:
            way[place] = None
            place = managers.get(place)
        if place is not None and place in way:
            circle = list(way)[list(way).index(place) :]
            found[place] = " → ".join([*circle, place])
        walked.update(way)  # not |=: with the keys of a dict it would make a new set each time
    return found


def _groups(files: Files, institution: Institution, seen: Seen) -> Iterator[Problem]:
    logins = dict.fromkeys(person.login for person in institution.people)
    for function, holders in institution.functions.held.items():
        for index, login in enumerate(holders):
            if login not in logins:
                yield _missing(files, ["functions", function, index], "person", login, logins)
    for group in institution.all_groups:
        # a-b with c, and a with b-c, would be one group in the directory, with the rights of both.
        name, key = (
            f"{institution.institution}-{group}",
            "functions" if group in institution.functions.held else "groups",
        )
        if name in seen.groups:
            message = say("group_name", value=name, where=seen.groups[name])
            yield files.problem([key, group], message, on_key=True)
        seen.groups.setdefault(name, str(files.path_of(key)))
    known = {**logins, **institution.all_groups}
    for group, members in institution.groups.items():
        path: list[str | int] = ["groups", group]
        if group == AGENTS:
            shown = _example(f"{group}-rh")
            yield files.problem(path, say("reserved_group", value=group, example=shown), on_key=True)
        if group in Functions.model_fields:
            yield files.problem(path, say("function_group", value=group), on_key=True)
        if group in logins:
            yield files.problem(path, say("group_and_login", value=group), on_key=True)
        for index, member in enumerate(members):
            if member not in known:
                yield _missing(files, [*path, index], "member", member, known)
    for group, way in _circles(institution.groups):
        yield files.problem(["groups", group], say("group_circle", value=group, way=way), on_key=True)


def _circles(groups: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    """Each group that contains itself, with the shortest way: « a → b → a ». One circle is told once."""
    told: set[str] = set()
    for start in groups:
        ways = {start: [start]}
        queue = [] if start in told else [start]
        for place in queue:
            for entry in groups[place]:
                if entry == start:
                    told |= set(ways[place])
                    yield start, " → ".join([*ways[place], start])
                    queue.clear()
                    break
                if entry in groups and entry not in ways:
                    ways[entry] = [*ways[place], entry]
                    queue.append(entry)


def _shares(files: Files, institution: Institution, seen: Seen) -> Iterator[Problem]:
    groups = institution.all_groups
    for name, share in institution.shares.items():
        other = _example(f"{institution.institution}-{name}")
        if name in RESERVED_SHARES:
            yield files.problem(["shares", name], say("reserved", value=name, example=other), on_key=True)
        if name in seen.shares:
            message = say("already", value=name, where=seen.shares[name], example=other)
            yield files.problem(["shares", name], message, on_key=True)
        seen.shares.setdefault(name, str(files.path_of("shares")))
        for right, wanted in (("write", share.write), ("read", share.read)):
            for index, group in enumerate(wanted):
                if group not in groups:
                    yield _missing(files, ["shares", name, right, index], "group", group, groups)


def _mail(files: Files, institution: Institution, seen: Seen) -> Iterator[Problem]:
    logins = dict.fromkeys(person.login for person in institution.people)
    yield from _addresses(files, institution)
    for name, shared in institution.shared.items():
        for right, wanted in (("send", shared.send), ("read", shared.read)):
            for index, group in enumerate(wanted):
                if group not in institution.all_groups:
                    yield _missing(files, ["shared", name, right, index], "group", group, institution.all_groups)
    for kind, collections in (("calendars", institution.calendars), ("address_books", institution.address_books)):
        for name, each in collections.items():
            for right, wanted in (("write", each.write), ("read", each.read)):
                for index, group in enumerate(wanted):
                    if group not in institution.all_groups:
                        yield _missing(files, [kind, name, right, index], "group", group, institution.all_groups)
    for domain in institution.former_domains:
        if domain in seen.domains:
            message = say("already", value=domain, where=seen.domains[domain])
            yield files.problem(["former_domains", domain], message, on_key=True)
        seen.domains.setdefault(domain, str(files.path_of("former_domains")))
    if institution.journal:
        for index, key in enumerate(institution.journal.witness):
            if key in institution.journal.institution:
                yield files.problem(["journal", "witness", index], say("journal_alone"))
    known = {**logins, **institution.all_groups}
    for key in ("reach", "sending"):
        for name in getattr(institution, key):
            if name not in known:
                message = say("no_such", kind=say("member"), value=name, choices=listed(known), hint=near(name, known))
                yield files.problem([key, name], message, on_key=True)
    for login in institution.quotas_gib:
        if login not in logins:
            message = say("no_such", kind=say("person"), value=login, choices=listed(logins), hint=near(login, logins))
            yield files.problem(["quotas_gib", login], message, on_key=True)


def _addresses(files: Files, institution: Institution) -> Iterator[Problem]:
    """Each name before the @ is said once, and leads to somebody."""
    people = dict.fromkeys(name for person in institution.people for name in (person.login, *person.formerly))
    taken = {**dict.fromkeys(people, "people.yaml"), **dict.fromkeys(("postmaster", "abuse", "root"), "RFC 2142")}
    kinds: dict[str, Collection[str]] = {
        "aliases": institution.aliases,
        "lists": institution.lists,
        "shared": institution.shared,
    }
    known = {**dict.fromkeys(person.login for person in institution.people), **institution.all_groups}
    for kind, names in kinds.items():
        for name in names:
            if name in taken:
                yield files.problem([kind, name], say("already", value=name, where=taken[name]), on_key=True)
            taken.setdefault(name, kind)
            known.setdefault(name)
    written = [(["aliases", name], members) for name, members in institution.aliases.items()]
    written += [(["lists", name, "members"], each.members) for name, each in institution.lists.items()]
    for path, members in written:
        for index, member in enumerate(members):
            if member not in known:
                yield _missing(files, [*path, index], "member", member, known)
    ways = {**institution.aliases, **{name: each.members for name, each in institution.lists.items()}}
    inner = {
        name: [m for m in members if m in ways and m not in institution.all_groups] for name, members in ways.items()
    }
    for name, way in _circles(inner):
        kind = "lists" if name in institution.lists else "aliases"
        yield files.problem([kind, name], say("list_circle", value=name, way=way), on_key=True)


def _site(source: Source, site: Site, seen: Seen, parsed: Parsed) -> Iterator[Problem]:
    if site.owner not in parsed.institutions:
        yield _missing(source, ["owner"], "institution", site.owner, parsed.institutions)
    refused = list(_block(source, site.block, seen, parsed)) if site.block else []
    yield from refused
    misplaced: list[Problem] = []
    for name, network in site.networks.items():
        said_already = bool(refused and site.block and network.prefix.subnet_of(site.block))
        misplaced += _network(source, site, name, network, seen, parsed, said_already=said_already)
    yield from misplaced
    if site.block:
        seen.blocks.add(site.block, str(source.path))
    if refused:
        return  # what is in the block will move with it
    yield from _macs(source, site, seen)
    yield from () if misplaced else _pools(source, site)  # its pools will move with a network
    for name, entry in site.machines.items():
        path: list[str | int] = ["machines", name]
        yield from _name(source, path, name, seen)
        yield from _member(source, site, path, entry.network, entry.address, f"{site.site}/{name}", seen)
    for name, switch in site.switches.items():
        path = ["switches", name]
        yield from _name(source, path, name, seen)
        yield from _member(source, site, path, switch.network, switch.address, f"{site.site}/{name}", seen)
        for index, address in enumerate(switch.formerly):
            yield from _address(source, [*path, "formerly", index], address, f"{site.site}/{name}", seen)
    for name, router in site.routers.items():
        yield from _name(source, ["routers", name], name, seen)
        yield from _router(source, name, router, seen, parsed)
    ends: dict[str, str] = {}
    for name, switch in site.switches.items():
        for port_name, port in switch.ports.items():
            if not port.used:
                continue
            if port.authentication and switch.platform == "huawei_vrp":
                message = say("platform_dot1x", profile=port.profile, platform=switch.platform)
                yield source.problem(["switches", name, "ports", port_name], message, on_key=True)
            if switch.model is None:
                yield from _port_name(source, ["switches", name, "ports", port_name], port_name, switch.platform)
            yield from _port(source, site, ["switches", name, "ports", port_name], port)
            if port.to is None or port.to in site.switches:  # a switch has a cable to each of its neighbours
                continue
            if port.to in ends:
                message = say("already", value=port.to, where=ends[port.to])
                yield source.problem(["switches", name, "ports", port_name, "to"], message)
            ends.setdefault(port.to, f"{name} {port_name}")


def _block(source: Source, block: IPv4Network, seen: Seen, parsed: Parsed) -> Iterator[Problem]:
    """The block of a building is its own: no other site has a block or a network in it."""
    if not any(block.subnet_of(inside) for inside in parsed.platform[1].prefixes):
        shown = _example(f"block: {_first_subnet(parsed.platform[1].prefixes[0])}")
        yield source.problem(["block"], say("outside_administration", value=block, example=shown))
    if found := seen.blocks.overlapping(block) or seen.networks.overlapping(block):
        yield source.problem(["block"], say("block_overlap", value=block, other=found[0], where=found[1]))


def _network(
    source: Source, site: Site, name: str, network: Network, seen: Seen, parsed: Parsed, *, said_already: bool
) -> Iterator[Problem]:
    """`said_already`: what is wrong with its prefix was said of the block that it is in."""
    path = ["networks", name]
    if not said_already and not any(network.prefix.subnet_of(inside) for inside in parsed.platform[1].prefixes):
        shown = _example(f"prefix: {_first_subnet(parsed.platform[1].prefixes[0])}")
        yield source.problem([*path, "prefix"], say("outside_administration", value=network.prefix, example=shown))
    if found := seen.networks.overlapping(network.prefix):
        message = say("overlap", value=network.prefix, other=found[0], where=found[1])
        yield from () if said_already else [source.problem([*path, "prefix"], message)]
    elif found := seen.blocks.overlapping(network.prefix):
        message = say("in_a_block", value=network.prefix, other=found[0], where=found[1])
        yield from () if said_already else [source.problem([*path, "prefix"], message)]
    seen.networks.add(network.prefix, f"{source.path} {name}")
    if network.gateway not in network.prefix:
        shown = _example(f"gateway: {network.prefix[1] if network.prefix.num_addresses > 1 else network.prefix[0]}")
        message = say("outside_prefix", value=network.gateway, prefix=network.prefix, example=shown)
        yield source.problem([*path, "gateway"], message)
    seen.addresses[network.gateway] = f"{site.site}/{name}: gateway"
    if site.kind == "building" and network.vlan is None:
        yield source.problem(path, say("vlan_missing", example=_example(f"vlan: {_free_vlan(site)}")), on_key=True)
    for other_name, other in site.networks.items():
        if other_name == name:
            break
        if network.vlan is not None and network.vlan == other.vlan:
            shown = _example(f"vlan: {_free_vlan(site)}")
            yield source.problem(
                [*path, "vlan"], say("vlan_twice", value=network.vlan, other=other_name, example=shown)
            )
    if reason := _reserved(network.vlan, parsed.platform[1]):
        shown = _example(f"vlan: {_free_vlan(site)}")
        yield source.problem([*path, "vlan"], say("vlan_reserved", value=network.vlan, reason=reason, example=shown))


def _reserved(vlan: int | None, platform: Platform) -> str:
    """Why a VLAN may not be a network's, or nothing."""
    reserved = platform.reserved_vlans
    if vlan == reserved.quarantine:
        return say("quarantine")
    if vlan == reserved.native:
        return say("native")
    return say("cisco_keeps") if vlan in NEVER else ""


def _free_vlan(site: Site) -> int:
    taken = {network.vlan for network in site.networks.values()}
    return next(number for number in range(10, 4094, 10) if number not in taken)


def _free_address(site: Site, network: str) -> str:
    """« ; ex. : address: … », the first address of a network that nobody has."""
    machines, switches = site.machines.values(), site.switches.values()
    taken = {site.networks[network].gateway, *(m.address for m in machines), *(s.address for s in switches)}
    free = next((host for host in islice(site.networks[network].prefix.hosts(), 1000) if host not in taken), None)
    return _example(f"address: {free}") if free else ""


def _first_subnet(prefix: IPv4Network) -> IPv4Network:
    """The first /24 of a prefix, as an example of what is inside it."""
    return next(prefix.subnets(new_prefix=24)) if prefix.prefixlen < 24 else prefix


def _name(source: Source, path: list[str | int], name: str, seen: Seen) -> Iterator[Problem]:
    if name in seen.names:
        yield source.problem(path, say("already", value=name, where=seen.names[name]), on_key=True)
    seen.names.setdefault(name, str(source.path))
    if len(name) > 15:
        message = say("name_too_long", value=name, example=_example(name[:15].rstrip("-")))
        yield source.problem(path, message, on_key=True)


def _member(
    source: Source, site: Site, path: list[str | int], network: str, address: IPv4Address, who: str, seen: Seen
) -> Iterator[Problem]:
    if network not in site.networks:
        yield _missing(source, [*path, "network"], "network", network, site.networks)
    elif address not in site.networks[network].prefix:
        prefix = site.networks[network].prefix
        message = say("outside_prefix", value=address, prefix=prefix, example=_free_address(site, network))
        yield source.problem([*path, "address"], message)
    if address in seen.addresses:
        shown = _free_address(site, network) if network in site.networks else ""
        message = say("already", value=address, where=seen.addresses[address], example=shown)
        yield source.problem([*path, "address"], message)
    seen.addresses.setdefault(address, who)


def _macs(source: Source, site: Site, seen: Seen) -> Iterator[Problem]:
    """A MAC address is one machine's, in a network where DHCP gives addresses."""
    for name, entry in site.machines.items():
        path = ["machines", name, "mac"]
        if entry.mac is None:
            continue
        if entry.network in site.networks and site.networks[entry.network].pool is None:
            yield source.problem(path, say("mac_unserved", network=entry.network))
        if entry.mac in seen.macs:
            yield source.problem(path, say("already", value=entry.mac, where=seen.macs[entry.mac]))
        seen.macs.setdefault(entry.mac, f"{site.site}/{name}")


def _pools(source: Source, site: Site) -> Iterator[Problem]:
    """What has an address of its own has none that DHCP gives to others: gateways, switches, machines without a MAC."""
    fixed: list[tuple[Path_, str, IPv4Address]] = [
        *((["networks", name, "gateway"], name, network.gateway) for name, network in site.networks.items()),
        *((["machines", n, "address"], e.network, e.address) for n, e in site.machines.items() if e.mac is None),
        *((["switches", name, "address"], switch.network, switch.address) for name, switch in site.switches.items()),
    ]
    for path, name, address in fixed:
        pool = site.networks[name].pool if name in site.networks else None
        if pool and address in pool:
            example = "" if address == site.networks[name].gateway else _free_address(site, name)
            message = say("in_a_pool", value=address, first=pool.first, last=pool.last, example=example)
            yield source.problem(path, message)


def _address(source: Source, path: list[str | int], address: IPv4Address, who: str, seen: Seen) -> Iterator[Problem]:
    if address in seen.addresses:
        yield source.problem(path, say("already", value=address, where=seen.addresses[address]))
    seen.addresses.setdefault(address, who)


@cache
def _full_name(port: str) -> str:
    """The name that the device itself gives to a port."""
    return canonical_interface_name(port)


def _port_name(source: Source, path: list[str], name: str, platform: str) -> Iterator[Problem]:
    full = _full_name(name) if platform == "cisco_ios" else name
    if full != name:
        yield source.problem(path, say("port_name", value=name, expected=full), on_key=True)


def _port(source: Source, site: Site, path: list[str], port: Port) -> Iterator[Problem]:
    if port.access is not None and port.access not in site.networks:
        yield _missing(source, [*path, "access"], "network", port.access, site.networks)
    for index, network in enumerate(port.trunk or []):
        if network not in site.networks:
            yield _missing(source, [*path, "trunk", index], "network", network, site.networks)
    ends = {**site.machines, **site.switches, **site.routers}
    if port.to is None:
        return
    end = ends.get(port.to)
    if end is None:
        yield _missing(source, [*path, "to"], "device", port.to, ends)
    elif isinstance(end, MachineEntry) and port.access is not None and end.network != port.access:
        message = say("wrong_network", value=port.to, expected=end.network, seen=port.access)
        yield source.problem([*path, "access"], message)


def _router(source: Source, name: str, router: Router, seen: Seen, parsed: Parsed) -> Iterator[Problem]:
    yield from _chassis(source, name, router)
    used = {router.lan: "lan"}
    for index, uplink in enumerate(router.uplinks):
        path: list[str | int] = ["routers", name, "uplinks", index]
        if uplink.core not in parsed.platform[1].resina.cores:
            yield _missing(source, [*path, "core"], "core", uplink.core, parsed.platform[1].resina.cores)
        if uplink.interface in used:
            message = say("already", value=uplink.interface, where=used[uplink.interface])
            yield source.problem([*path, "interface"], message)
        used.setdefault(uplink.interface, f"uplink {index + 1}")
        if uplink.peer not in uplink.address.network:
            shown = _example(f"peer: {next(uplink.address.network.hosts())}")
            message = say("outside_prefix", value=uplink.peer, prefix=uplink.address.network, example=shown)
            yield source.problem([*path, "peer"], message)
        yield from _address(source, [*path, "address"], uplink.address.ip, f"{name} {uplink.interface}", seen)
        yield from _address(source, [*path, "peer"], uplink.peer, f"{uplink.core}, {name}", seen)


def _chassis(source: Source, name: str, router: Router) -> Iterator[Problem]:
    """A device has a model, which we know, and its interfaces are those of the model."""
    path: list[str | int] = ["routers", name]
    if router.model is None:
        if router.platform != "frr":
            shown = _example(f"model: {next(iter(ROUTER_CHASSIS))}")
            yield source.problem(path, say("missing", key="model", example=shown), on_key=True)
        return
    chassis = ROUTER_CHASSIS.get(router.model)
    if router.platform == "frr":
        yield source.problem([*path, "model"], say("model_of_host", platform=router.platform))
    elif chassis is None:
        yield _missing(source, [*path, "model"], "model", router.model, ROUTER_CHASSIS)
    elif chassis.platform != router.platform:
        message = say("platform_of_router", value=router.platform, model=router.model, expected=chassis.platform)
        yield source.problem([*path, "platform"], message)
    else:
        yield from _interfaces(source, path, router, router.model)


def _interfaces(source: Source, path: list[str | int], router: Router, model: str) -> Iterator[Problem]:
    named: list[tuple[list[str | int], str]] = [(["lan"], router.lan)]
    named += [(["uplinks", index, "interface"], uplink.interface) for index, uplink in enumerate(router.uplinks)]
    for key, interface in named:
        if message := not_of_model([interface], model, ROUTER_CHASSIS):
            yield source.problem([*path, *key], message)


def _active_mail(source: Source, platform: Platform, parsed: Parsed) -> Iterator[Problem]:
    """The mail server that people use is one of those that there are."""
    machines = {name: entry for _, site in parsed.sites.values() for name, entry in site.machines.items()}
    able = [name for name, entry in machines.items() if MAIL in entry.runs]
    if (name := platform.mail.active) is None or name in able:
        return
    if name not in machines:
        yield _missing(source, ["mail", "active"], "machine", name, able)
    else:
        message = say("not_running", value=name, capability=MAIL, choices=listed(able))
        yield source.problem(["mail", "active"], message)


def _application(source: Source, application: Application, seen: Seen, parsed: Parsed) -> Iterator[Problem]:
    if application.owner not in parsed.institutions:
        yield _missing(source, ["owner"], "institution", application.owner, parsed.institutions)
    if application.application in RESERVED_APPLICATIONS:
        shown = _example(f"{application.owner}-{application.application}")
        yield source.problem(["application"], say("reserved", value=application.application, example=shown))
    if application.application in seen.names:  # both would be the same name in DNS
        where = seen.names[application.application]
        yield source.problem(["application"], say("already", value=application.application, where=where))
    machines = {name: entry for _, site in parsed.sites.values() for name, entry in site.machines.items()}
    for key, name, capability in (
        ("host", application.host, "applications"),
        ("database", application.database, "database"),
    ):
        if name not in machines:
            yield _missing(source, [key], "machine", name, machines)
        elif capability not in machines[name].runs:
            able = [other for other, entry in machines.items() if capability in entry.runs]
            message = say("not_running", value=name, capability=capability, choices=listed(able))
            yield source.problem([key], message)
    taken = (application.host, application.port)
    if taken in seen.ports:
        used = {port for host, port in seen.ports if host == application.host}
        shown = _example(f"port: {next(port for port in range(8101, 65536) if port not in used)}")
        yield source.problem(["port"], say("already", value=application.port, where=seen.ports[taken], example=shown))
    seen.ports.setdefault(taken, application.application)
    for index, reader in enumerate(application.readers):
        institution, group = reader.split("/", 1)
        if institution not in parsed.institutions:
            yield _missing(source, ["readers", index], "institution", institution, parsed.institutions)
            continue
        groups = parsed.institutions[institution][1].all_groups
        if group not in groups:
            yield _missing(source, ["readers", index], "group", group, groups)


def _platform(source: Source, platform: Platform, parsed: Parsed) -> Iterator[Problem]:
    for core_name, core in platform.resina.cores.items():
        for index, site in enumerate(core.serves):
            if site not in parsed.sites:
                yield _missing(source, ["resina", "cores", core_name, "serves", index], "site", site, parsed.sites)
    networks = dict.fromkeys(
        [*platform.purposes, *(name for _, site in parsed.sites.values() for name in site.networks)]
    )
    for name in platform.resina.marks.networks:
        if name not in networks:
            message = say(
                "no_such", kind=say("network"), value=name, choices=listed(networks), hint=near(name, networks)
            )
            yield source.problem(["resina", "marks", "networks", name], message, on_key=True)
    for name in platform.resina.marks.applications:
        if name not in parsed.applications:
            path: list[str | int] = ["resina", "marks", "applications", name]
            hint = near(name, parsed.applications)
            message = say(
                "no_such", kind=say("application"), value=name, choices=listed(parsed.applications), hint=hint
            )
            yield source.problem(path, message, on_key=True)


def _bastions(source: Source, platform: Platform, seen: Seen, parsed: Parsed) -> Iterator[Problem]:
    """Each stands in a network of a data centre: RESINA leads from there to the buildings."""
    sites = [site for _, site in parsed.sites.values() if site.kind == "datacentre"]
    prefixes = [network.prefix for site in sites for network in site.networks.values()]
    for kind, entries in (
        ("bastions", platform.bastions),
        ("monitors", platform.monitors),
        ("radius", platform.radius),
    ):
        for name, address in entries.items():
            if not any(address in prefix for prefix in prefixes):
                shown = ", ".join(map(str, prefixes))
                yield source.problem([kind, name], say("outside_prefix", value=address, prefix=shown))
    for name, address in platform.bastions.items():  # a monitor may be one of the machines
        yield from _name(source, ["bastions", name], name, seen)
        yield from _address(source, ["bastions", name], address, name, seen)


def check_platform(source: Source, platform: Platform) -> Iterator[Problem]:
    """What platform.yaml says of buildings agrees with itself."""
    purposes, numbers = platform.purposes, dict[int, str]()
    for name, purpose in purposes.items():
        path: list[str | int] = ["purposes", name, "vlan"]
        if reason := _reserved(purpose.vlan, platform):
            yield source.problem(path, say("vlan_reserved", value=purpose.vlan, reason=reason))
        if purpose.vlan in numbers:
            yield source.problem(path, say("purpose_vlan_twice", value=purpose.vlan, other=numbers[purpose.vlan]))
        numbers.setdefault(purpose.vlan, name)
    for index, plan in enumerate(platform.plans):
        if plan.size in (other.size for other in platform.plans[:index]):
            yield source.problem(["plans", index, "size"], say("plan_twice", value=plan.size))
        whole, seen = IPv4Network((0, plan.size)), Prefixes()
        for name, place in plan.places.items():
            path = ["plans", index, "places", name]
            if name not in purposes:
                yield _missing(source, path, "purpose", name, purposes)
            if not place.subnet_of(whole):
                yield source.problem(path, say("plan_outside", value=place, size=plan.size))
            elif found := seen.overlapping(place):
                yield source.problem(path, say("plan_overlap", value=name, other=found[1]))
            seen.add(place, name)
    for name, profile in platform.profiles.items():
        yield from _profile(source, ["profiles", name], profile, platform)


def _authentication(source: Source, path: list[str | int], profile: Profile, platform: Platform) -> Iterator[Problem]:
    if profile.fallback is not None:
        if profile.authentication is None:
            yield source.problem([*path, "fallback"], say("profile_fallback"))
        elif profile.fallback not in platform.purposes:
            yield _missing(source, [*path, "fallback"], "purpose", profile.fallback, platform.purposes)
    if profile.authentication is None:
        return
    if profile.mode != "access":
        yield source.problem([*path, "authentication"], say("profile_authentication", key="authentication"))
    elif not platform.radius:
        yield source.problem([*path, "authentication"], say("profile_radius"))


def _profile(source: Source, path: list[str | int], profile: Profile, platform: Platform) -> Iterator[Problem]:
    allowed = {"access": ("network", "voice"), "trunk": ("networks", "native"), "unused": ()}[profile.mode]
    said = {"network": profile.network, "voice": profile.voice, "networks": profile.networks, "native": profile.native}
    if profile.mode == "access" and profile.network is None:
        shown = _example(f"network: {next(iter(platform.purposes), 'users')}")
        yield source.problem(path, say("profile_needs", mode=profile.mode, key="network", example=shown), on_key=True)
    yield from _authentication(source, path, profile, platform)
    for key, value in said.items():
        if value and key not in allowed:
            yield source.problem([*path, key], say("profile_without", key=key, mode=profile.mode))
            continue
        for index, name in enumerate(value if isinstance(value, list) else [value] if value else []):
            if name not in platform.purposes:
                where = [*path, key, index] if isinstance(value, list) else [*path, key]
                yield _missing(source, where, "purpose", name, platform.purposes)


def check_file_name(source: Source, key: str, model: Strict) -> Iterator[Problem]:
    """The identifier in a file equals the name of the file (or of its folder), so that each is found by the other."""
    in_folder = isinstance(model, InstitutionFile)
    value, expected = getattr(model, key), source.path.parent.name if in_folder else source.path.stem
    if value != expected:
        yield source.problem([key], say("folder_name" if in_folder else "file_name", value=value, expected=expected))
