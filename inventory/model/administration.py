"""The whole administration, and what follows from its parts: machines, people, groups, names."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Address, IPv4Interface
from typing import Generic, TypeVar

from inventory.model.application import Application
from inventory.model.environment import Environment
from inventory.model.institution import FUNCTION, Institution, Person
from inventory.model.platform import Platform
from inventory.model.site import Network, Router, Site, Switch

T = TypeVar("T")
WEBMAIL = "courriel"  # the name of the webmail, as people type it
MESSAGERIE = "messagerie"  # what mail programs are told: the mail server that people use, whichever that is
MAIL, STANDBY = "mail", "mailstandby"  # the capabilities of the mail server that people use, and of those beside it
DAV, DAV_ID = "dav", 4009  # calendars: the capability, and the account of its programs with its number
MTA_STS, AUTOCONFIG, AUTODISCOVER = "mta-sts", "autoconfig", "autodiscover"  # RFC 8461; of Thunderbird; of Outlook
DOORS = (MTA_STS, AUTOCONFIG, AUTODISCOVER)  # in each mail domain: what is asked over HTTPS before mail itself


@dataclass(frozen=True)
class Placed(Generic[T]):
    """A device, with its name and the site where it stands."""

    name: str
    site: Site
    entry: T


@dataclass(frozen=True)
class Machine:
    """A Debian host. `network` is None for a router, which has several."""

    name: str
    fqdn: str
    site: Site
    network: Network | None
    address: IPv4Address
    runs: tuple[str, ...]
    mac: str | None = None  # where DHCP gives it its address


@dataclass(frozen=True)
class Reservation:
    """The address that DHCP always gives a machine, in its network, by the MAC address of its card."""

    machine: str
    mac: str  # 02:00:5e:10:00:01
    address: IPv4Interface


@dataclass(frozen=True)
class Group:
    """A group of the directory, by its full name; `institution` is "" for those of the whole administration."""

    name: str
    institution: str
    members: tuple[str, ...]  # logins: everybody who is in it, by whatever way
    people: tuple[str, ...]  # logins: those whom it names
    groups: tuple[str, ...]  # full names of the groups that it holds


@dataclass(frozen=True)
class Administration:
    """Institutions, sites and applications by identifier, in one environment."""

    environment: Environment
    platform: Platform
    institutions: dict[str, Institution]
    sites: dict[str, Site]
    applications: dict[str, Application]

    def __repr__(self) -> str:
        return f"<administration: {self.environment.environment}>"

    @cached_property
    def machines(self) -> dict[str, Machine]:
        """Every Debian host of this environment, edge routers included."""
        here = (None, self.environment.environment)
        hosts = [
            Machine(
                name=name,
                fqdn=self.fqdn(name),
                site=site,
                network=site.networks[entry.network],
                address=entry.address,
                runs=self._runs(name, entry.runs),
                mac=entry.mac,
            )
            for site in self.sites.values()
            for name, entry in site.machines.items()
            if entry.only_in in here
        ]
        routers = [
            Machine(
                name=router.name,
                fqdn=self.fqdn(router.name),
                site=router.site,
                network=None,
                address=router.entry.by_preference[0].address.ip,
                runs=("router", "dhcp") if any(n.pool for n in router.site.networks.values()) else ("router",),
            )
            for router in self.routers.values()
            if router.entry.platform == "frr"
        ]
        return {machine.name: machine for machine in [*hosts, *routers]}

    @cached_property
    def switches(self) -> dict[str, Placed[Switch]]:
        return {n: Placed(n, site, s) for site in self.sites.values() for n, s in site.switches.items()}

    @cached_property
    def routers(self) -> dict[str, Placed[Router]]:
        return {n: Placed(n, site, r) for site in self.sites.values() for n, r in site.routers.items()}

    @cached_property
    def groups(self) -> dict[str, Group]:
        """Every group of the directory by its full name, such as mtdpce-agents. Who left is in none."""
        found: dict[str, Group] = {}
        functions: dict[str, list[str]] = {}
        for institution in self.institutions.values():
            found |= {group.name: group for group in _groups_of(institution)}
            for function in institution.functions.held:
                functions.setdefault(f"{FUNCTION}-{function}", []).append(f"{institution.institution}-{function}")
        for name, held in functions.items():
            members = dict.fromkeys(login for group in held for login in found[group].members)
            found[name] = Group(name, "", tuple(members), (), tuple(held))
        return found

    @cached_property
    def addresses(self) -> dict[str, IPv4Address]:
        """Every name of the domain's zone, and its address: machines, devices, applications."""
        machines = {machine.name: machine.address for machine in self.machines.values()}
        switches = {name: switch.entry.address for name, switch in self.switches.items()}
        routers = {
            name: router.entry.by_preference[0].address.ip
            for name, router in self.routers.items()
            if name not in machines
        }
        applications = {name: machines[application.host] for name, application in self.applications.items()}
        webmail = dict.fromkeys([WEBMAIL], self.running("webmail")[0].address) if self.running("webmail") else {}
        messagerie = dict.fromkeys([MESSAGERIE], machines[self.active_mail]) if self.active_mail else {}
        return machines | switches | routers | applications | webmail | messagerie

    @cached_property
    def second_names(self) -> frozenset[str]:
        """The names of what machines serve: their addresses are those of machines."""
        services = {WEBMAIL: self.running("webmail"), MESSAGERIE: self.running(MAIL)}
        return frozenset([*self.applications, *(name for name, servers in services.items() if servers)])

    @property
    def resolvers(self) -> tuple[IPv4Address, ...]:
        """Who gives mail the names of the world: those of the played one where it is played."""
        world = self.environment.world
        return tuple(world.resolvers if world else self.platform.mail.resolvers)

    @property
    def mail_domains(self) -> tuple[str, ...]:
        """Every domain whose mail is served."""
        return tuple(institution.mail_domain for institution in self.institutions.values())

    def machine(self, name: str) -> Machine:
        return self.machines[name]

    def running(self, capability: str) -> list[Machine]:
        """The machines that have a capability."""
        return [machine for machine in self.machines.values() if capability in machine.runs]

    @cached_property
    def active_mail(self) -> str | None:
        """The mail server that people use: the one that platform.yaml names, else the first."""
        here = (None, self.environment.environment)
        able = [
            name
            for site in self.sites.values()
            for name, entry in site.machines.items()
            if MAIL in entry.runs and entry.only_in in here
        ]
        named = self.platform.mail.active
        return named if named in able else next(iter(able), None)

    @property
    def standing_by(self) -> list[Machine]:
        """The other mail servers: they take mail in too, and have a copy of every mailbox."""
        return self.running(STANDBY)

    @property
    def mail_servers(self) -> list[Machine]:
        """Every mail server: first the one that people use."""
        return [*self.running(MAIL), *self.standing_by]

    def _runs(self, name: str, written: Iterable[str]) -> tuple[str, ...]:
        """What a machine runs: one mail server is the one that people use, any other stands by."""
        other = STANDBY if name != self.active_mail else MAIL
        return tuple(other if capability == MAIL else capability for capability in written)

    def reservations(self, network: Network) -> tuple[Reservation, ...]:
        """What the DHCP of a network keeps for its machines; nothing where it gives no address."""
        return tuple(
            Reservation(each.name, each.mac, network.interface(each.address))
            for each in self.machines.values()
            if network.pool and each.network is network and each.mac
        )

    def fqdn(self, name: str) -> str:
        return f"{name}.{self.platform.domain}"

    def people(self) -> Iterator[tuple[Institution, Person]]:
        for institution in self.institutions.values():
            for person in institution.people:
                yield institution, person

    def retention_days(self, institution: Institution) -> int:
        """How long the data of somebody who left an institution are kept."""
        return institution.retention_days or self.platform.retention_days

    def reader_groups(self, application: Application) -> list[str]:
        """The directory names of the groups that an application admits."""
        return [reader.replace("/", "-", 1) for reader in application.readers]

    def served_by(self, machine: Machine) -> list[Application]:
        """The applications that a machine serves."""
        return [a for a in self.applications.values() if a.host == machine.name]

    def application_name(self, application: Application) -> str:
        """The name under which an application is served."""
        return self.fqdn(application.application)

    def certificate_names(self, machine: Machine) -> list[str]:
        """The names that a machine's certificate holds: its own first, then those of what it serves."""
        names = [machine.fqdn, *(self.application_name(a) for a in self.served_by(machine))]
        if "directory" in machine.runs:
            names.append(self.platform.domain)  # clients ask for the domain itself
        if {MAIL, STANDBY}.intersection(machine.runs):
            names.append(self.fqdn(MESSAGERIE))  # any may become the one that people use
        if "webmail" in machine.runs:
            names.append(self.fqdn(WEBMAIL))
            names += [f"{door}.{domain}" for domain in self.mail_domains for door in DOORS]
        return names


def _groups_of(institution: Institution) -> Iterator[Group]:
    present = {person.login for person in institution.present}
    written = institution.all_groups

    def full(name: str) -> str:
        return f"{institution.institution}-{name}"

    def everybody(name: str, seen: dict[str, None]) -> Iterator[str]:
        seen[name] = None
        for entry in written[name]:
            if entry in present:
                yield entry
            elif entry in written and entry not in seen:
                yield from everybody(entry, seen)

    for name, entries in written.items():
        yield Group(
            name=full(name),
            institution=institution.institution,
            members=tuple(dict.fromkeys(everybody(name, {}))),
            people=tuple(entry for entry in entries if entry in present),
            groups=tuple(full(entry) for entry in entries if entry in written),
        )
