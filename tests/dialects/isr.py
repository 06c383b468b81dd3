"""Cisco IOS XE edge routers: any pair of intentions, and what must be true of every plan between them.

The router is the played one, with cores of RESINA that know each session of either intention. Whether somebody behind
RESINA reaches it is a model in the cores, not in the planner.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from pathlib import Path

from hier_config import get_hconfig
from hypothesis import event
from hypothesis import strategies as st

from inventory.model import Reservation
from inventory.model.platform import Bfd
from inventory.secrets import Secret
from roles.network.cisco_router import CISCO_ROUTER
from roles.network.credentials import Snmp
from roles.network.plan import Plan, plan
from roles.network.planner import Line, Part
from roles.played.switch.files.switch.isr.cli import Session
from roles.played.switch.files.switch.isr.cores import Cabled, Core, answers, sent
from roles.played.switch.files.switch.isr.personality import ROUTER
from roles.played.switch.files.switch.machine import Switch
from roles.rendering import render
from roles.uplinks.device import DeviceIntent, Lan, Marked
from roles.uplinks.intent import DEFAULT, Neighbor, RoutedInterface, RouterIntent, Way
from tests.dialects import MANY

EXAMPLES = int(MANY or 60)
PORTS = tuple(f"GigabitEthernet0/0/{number}" for number in range(3))
TRUNK = PORTS[2]
VLANS = {10: "users", 20: "voice", 30: "guests", 99: "management"}
PREFIXES = [IPv4Network(f"10.20.{number}.0/24") for number in (10, 20, 30, 99, 100)]
LINKS = [IPv4Network(f"10.255.1.{number}/30") for number in (0, 4, 8, 12)]
THEIRS = (DEFAULT, IPv4Network("10.10.10.0/24"))
FOREIGN = """
ip domain name example.org
snmp-server contact nobody
interface Loopback0
ip address 10.99.0.1 255.255.255.255
"""
THEIR_BGP = "router bgp 65101\nneighbor 10.9.9.9 remote-as 64999\nneighbor 10.9.9.9 description theirs\n"
LACKED = (
    " zone-member ",
    " description ",
    " ip verify ",
    " service-policy input ",
    " bfd interval ",
    "ip dhcp excluded",
    "login ",
)
FLAT = {" no bgp default ipv4-unicast\n", " address-family ipv4\n"}


@dataclass(frozen=True)
class Wish:
    """One intention, and its text as the template prints it.

    As found in the field: `flat`, with a BGP that does not name its one address family; `lacks`, beginnings of lines
    that nobody typed; `more`, sessions that nobody intends.
    """

    router: RouterIntent
    device: DeviceIntent
    flat: bool = False
    lacks: tuple[str, ...] = ()
    more: bool = False

    @property
    def text(self) -> str:
        return render("uplinks/cisco_ios.j2", router=self.router, device=self.device)

    @property
    def typed(self) -> str:
        """What a person would type to have it."""
        lines = self.text.splitlines(keepends=True)
        if self.flat:
            lines = [line for line in lines if line not in FLAT and not line.endswith(" activate\n")]
        text = "".join(line for line in lines if not line.startswith(self.lacks))
        up = "".join(f"interface {port}\nno shutdown\n" for port in PORTS if port not in self.device.unused)
        return f"username netadmin privilege 15 secret 9 made-up\n{text}{up}{THEIR_BGP if self.more else ''}{FOREIGN}"

    @property
    def links(self) -> dict[str, tuple[IPv4Interface, IPv4Address]]:
        """By interface, our address and the core's."""
        addresses = {each.name: each.address for each in self.router.interfaces}
        return {
            name: (address, neighbor.address)
            for name, address in addresses.items()
            for neighbor in self.router.neighbors
            if neighbor.address in address.network
        }


@st.composite
def wishes(draw: st.DrawFn, bare: bool = False) -> Wish:
    vlans = sorted(draw(st.sets(st.sampled_from(list(VLANS)), min_size=1)))
    prefixes = draw(st.permutations(PREFIXES))
    outward = {vlan for vlan in vlans if draw(st.booleans())}
    lans = tuple(draw(_lan(vlan, prefix, vlan in outward)) for vlan, prefix in zip(vlans, prefixes, strict=False))
    links = draw(st.permutations(LINKS))
    ports = draw(st.sampled_from([PORTS[:2], PORTS[:2], PORTS[:1], PORTS[1:2]]))
    roles = draw(st.sampled_from([("primary", "backup"), ("backup", "primary")])) if len(ports) > 1 else ("primary",)
    uplinks = [
        RoutedInterface(port, "core", IPv4Interface((link[2], 30))) for port, link in zip(ports, links, strict=False)
    ]
    neighbors = [
        Neighbor(f"resina{number}", link[1], 65000, THEIRS, draw(_way(role)), Secret(draw(st.sampled_from(KEYS))))
        for number, (role, link) in enumerate(zip(roles, links, strict=False), start=1)
    ]
    router = RouterIntent(
        asn=65101,
        router_id=uplinks[0].address.ip,
        interfaces=(*(RoutedInterface(lan.interface, lan.name, lan.gateway) for lan in lans), *uplinks),
        neighbors=tuple(neighbors),
        own=tuple(lan.gateway.network for lan in lans),
        announced=tuple(lan.gateway.network for lan in lans if lan.outward),
        accepted=(IPv4Network("10.0.0.0/8"),),
        bfd=Bfd(interval_ms=draw(st.sampled_from([50, 100])), multiplier=3),
    )
    bastions = draw(st.sampled_from([HOSTS[:1], HOSTS[:2], HOSTS[1:], HOSTS[:3]]))
    device = DeviceIntent(
        hostname=draw(st.sampled_from(["edge1", "edge2"])),
        administration=draw(st.sampled_from(["Exemple", ""])),
        domain="intra.example",
        lan=TRUNK,
        lans=lans,
        uplinks=tuple(ports),
        unused=tuple(port for port in PORTS[:2] if port not in ports),
        marked=tuple(
            Marked(name, draw(st.sampled_from(HOSTS)), draw(st.sampled_from(["af31", "af21"])))
            for name in sorted(draw(st.sets(st.sampled_from(["e-cm", "cim"]))))
        ),
        bastions=tuple(bastions),
        readers=tuple(bastions),
        controllers=tuple(draw(st.lists(st.sampled_from(HOSTS), max_size=2, unique=True))),
        syslog=(),
        snmp=Snmp(draw(st.sampled_from(USERS)), Secret(KEYS[0]), Secret(KEYS[1]), tuple(bastions)),
        stays=next((lan.interface for lan in lans if lan.outward), None),
    )
    if not bare:
        return Wish(router, device)
    lacks = draw(st.lists(st.sampled_from(LACKED), max_size=3, unique=True))
    return Wish(router, device, draw(st.booleans()), tuple(lacks), draw(st.booleans()))


USERS = ["supervision-1", "supervision-2"]
KEYS = ["first-key", "other-key"]
HOSTS = [IPv4Address(f"10.10.10.{number}") for number in (10, 11, 12)]


@st.composite
def _lan(draw: st.DrawFn, vlan: int, prefix: IPv4Network, outward: bool) -> Lan:
    pool = draw(st.booleans())
    switches = draw(st.sets(st.sampled_from([prefix[11], prefix[12]]), max_size=2)) if vlan == 99 else set()
    return Lan(
        name=VLANS[vlan],
        vlan=vlan,
        interface=f"{TRUNK}.{vlan}",
        gateway=IPv4Interface((prefix[draw(st.sampled_from([1, 254]))], 24)),
        outward=outward,
        mark=draw(st.sampled_from([None, "ef", "af41"])),
        pool=pool,
        kept=((prefix[1], prefix[99]), (prefix[200], prefix[254])) if pool else (),
        switches=tuple(sorted(switches)),
        lease=draw(st.sampled_from([(1, 0), (0, 4)])),
        reservations=tuple(
            Reservation(name, "02:00:5e:10:00:01", IPv4Interface((prefix[draw(st.sampled_from([21, 22]))], 24)))
            for name in draw(st.sampled_from([[], [f"ws{vlan}"]]))
        )
        if pool
        else (),
    )


@st.composite
def _way(draw: st.DrawFn, role: str) -> Way:
    return Way(
        role=role,
        local_preference={"primary": 200, "backup": 100}[role],
        community=draw(st.sampled_from([None, "65000:200", "65000:100"])),
        prepended=(65101,) * draw(st.integers(0, 2)),
    )


@dataclass(frozen=True)
class Trial:
    """One pair, on one router."""

    folder: Path

    def run(self, before: Wish, after: Wish) -> None:
        session = self.routed(before, before, after)
        assert answers(session.switch.config, session.switch.plane) == {str(a.ip) for a, _ in before.links.values()}
        planned = plan(CISCO_ROUTER, _running(session), after.text)
        if planned.refused:
            event(f"refused: {_kind(planned.refused)}")
            assert _must_be_refused(before, after), planned.refused
            return
        event(f"in one write: {any(line.at_once for line in planned.lines)}")
        self.typed(session, planned, before, after)
        self.ended(session, before, after)

    def routed(self, wish: Wish, *both: Wish) -> Session:
        """A session with a router that was told all of an intention."""
        keys = frozenset(KEYS)
        peers = {neighbor.address for each in both for neighbor in each.router.neighbors}
        plane = Cabled(*(Core(peer, 65000, keys, THEIRS) for peer in peers))
        session = ROUTER.session(Switch(plane, self.folder / "startup-config", ROUTER))
        session.feed("configure terminal")
        for line in wish.typed.splitlines():
            _told(session, line)
        session.end()
        return session

    def typed(self, session: Session, planned: Plan, before: Wish, after: Wish) -> None:
        """Type a plan; after each line somebody behind RESINA is answered, and nothing is told that must not be."""
        said = {network for wish in (before, after) for network in wish.router.announced}
        switch = session.switch
        session.feed("configure terminal")
        for line, following in zip(planned.lines, [*planned.lines[1:], None], strict=False):
            _told(session, line.text)
            for peer, _ in switch.config.neighbours():
                assert set(sent(switch.config, peer)) <= said, (line, peer)
            for name in switch.config.up():
                where = switch.config.sections[f"interface {name}"]
                apart = "zone-member security" in where or " zone-member " in before.lacks
                assert name.startswith("Loopback") or apart, (line, name)
            if not _within(line, following):
                found = answers(switch.config, switch.plane)
                assert found, line
                assert line.part <= Part.MOVE or found == {str(a.ip) for a, _ in after.links.values()}, (line, found)
        session.end()

    def ended(self, session: Session, before: Wish, after: Wish) -> None:
        """The router is what was intended, and what nobody intends is still there."""
        running = _running(session)
        assert plan(CISCO_ROUTER, running, after.text).lines == ()
        ideal = self.routed(Wish(after.router, after.device), before, after)
        assert _lines(running) == _lines(_running(ideal))


def _running(session: Session) -> str:
    """What it runs, also what no configuration shows."""
    assert CISCO_ROUTER.unsaid is not None
    unsaid = CISCO_ROUTER.unsaid.lines(session.feed(CISCO_ROUTER.unsaid.command))
    return "\n".join([session.feed(CISCO_ROUTER.running), *unsaid])


def _told(session: Session, line: str) -> None:
    answer = session.feed(line.strip())
    assert not ROUTER.refuses(answer), (line, answer)


def _within(line: Line, following: Line | None) -> bool:
    """Whether a line and the next one go in one write: nobody looks between them."""
    return bool(line.at_once and following and following.at_once and following.part is line.part)


def _lines(running: str) -> set[tuple[str, ...]]:
    return {tuple(line.path()) for line in get_hconfig(CISCO_ROUTER.driver(), running).all_children()}


def _kind(refused: str) -> str:
    return next(
        (word for word in ("bastion that may", "would move", "no longer be announced") if word in refused), refused
    )


def _must_be_refused(before: Wish, after: Wish) -> bool:
    """Said without the planner: nobody who may log in stays, a cable moves, or switches are lost."""
    moved = any(
        name != other and address.network == elsewhere.network
        for name, (address, _) in before.links.items()
        for other, (elsewhere, _) in after.links.items()
    )
    return moved or not set(before.device.bastions) & set(after.device.bastions) or bool(_lost(before, after))


def _lost(before: Wish, after: Wish) -> set[IPv4Address]:
    """Switches that are reached before, are there afterwards, and are not reached then."""
    return _reached(before) & _there(after) - _reached(after)


def _there(wish: Wish) -> set[IPv4Address]:
    return {switch for lan in wish.device.lans for switch in lan.switches}


def _reached(wish: Wish) -> set[IPv4Address]:
    return {s for s in _there(wish) if any(s in network for network in wish.router.announced)}
