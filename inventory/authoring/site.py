"""A building: its networks in one block of addresses, a switch, and the edge router with its link to RESINA."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Interface, IPv4Network

from inventory.authoring.addresses import NARROWEST, WIDEST, in_use, next_block, next_link, overlapping
from inventory.authoring.answers import Answers, Question, RefusedError, yes_or_no
from inventory.authoring.checks import existing, field, key, number, readable, typed, unused
from inventory.authoring.desk import Desk
from inventory.authoring.names import next_of
from inventory.authoring.writing import Line, document
from inventory.model.messages import either, say
from inventory.model.site import Site

VARIABLES = (
    "SITE", "NAME", "OWNER", "BLOCK", "VOICE", "SWITCH", "PORTS", "ROUTER", "ASN", "CORE", "LINK",
)  # fmt: skip
SWITCH_HOST = 11  # of the management network; the gateway is 1
FIRST_ASN = 65101
SIZES = ("8", "16", "24", "48")


@dataclass(frozen=True)
class Purpose:
    """A network of a building: its VLAN, which quarter of the block it takes, and whether RESINA reaches it."""

    name: str
    vlan: int
    quarter: int
    reaches: bool = True


USERS, VOICE, GUESTS, MANAGEMENT = (
    Purpose("users", 10, 0),
    Purpose("voice", 20, 1),
    Purpose("guests", 30, 2, reaches=False),
    Purpose("management", 99, 3),
)


def site(desk: Desk, answers: Answers) -> None:
    """Ask for a building."""
    administration = desk.administration
    text = either("Identifiant du site", "Identifier of the site")
    identifier = answers.ask(Question("SITE", text, "sante-siege", lambda answer: _identifier(desk, answer)))
    text = either("Nom du bâtiment", "Name of the building")
    name = answers.ask(Question("NAME", text, "Siège du ministère de la Santé", readable(Site, "name")))
    known = administration.institutions
    text = either(f"Institution responsable, parmi : {', '.join(known)}", f"Owner, among: {', '.join(known)}")
    owner = answers.ask(Question("OWNER", text, "sante", existing("institution", known)))
    text = either(
        "Bloc d'adresses ; proposé : le premier libre après les bâtiments",
        "Block of addresses; proposed: the first free one after the buildings",
    )
    proposed = str(next_block(administration) or "")
    block = answers.ask(Question("BLOCK", text, "10.20.128.0/20", lambda answer: _block(desk, answer), proposed))
    text = either("Téléphones dans leur propre réseau : oui ou non", "Telephones in a network of their own: yes or no")
    voice = answers.ask(Question("VOICE", text, "non", yes_or_no, either("non", "no")))
    purposes = [USERS, *([VOICE] if voice else []), GUESTS, MANAGEMENT]
    networks = {purpose.name: network(purpose, block) for purpose in purposes}
    switch = answers.ask(
        _device(desk, "SWITCH", either("Nom du commutateur", "Name of the switch"), "sw", "switches", {})
    )
    text = either(f"Nombre de ses ports : {', '.join(SIZES)}", f"Number of its ports: {', '.join(SIZES)}")
    size = int(answers.ask(Question("PORTS", text, "24", _size, "24")))
    text = either("Nom du routeur", "Name of the router")
    router = answers.ask(_device(desk, "ROUTER", text, "edge", "routers", {switch: "SWITCH"}))
    uplink, asn = _uplink(desk, answers, block)
    desk.create(
        f"sites/{identifier}.yaml",
        document(
            "../schema/site.json",
            {"site": identifier, "kind": "building", "name": name, "owner": owner},
            {"networks": networks},
            {"switches": {switch: _switch(block, list(networks), size, router)}},
            {"routers": {router: {"platform": "frr", "asn": asn, "lan": "lan0", "uplinks": [uplink]}}},
        ),
    )
    desk.notes.append(
        either(
            f"Adresses : {block} ; lien vers RESINA : à convenir avec son opérateur.",
            f"Addresses: {block}; the link to RESINA: to be agreed with its operator.",
        )
    )


def network(purpose: Purpose, block: IPv4Network) -> dict[str, object]:
    """A quarter of the block; management takes the first /24 of the last one, and the rest is in reserve."""
    quarter = list(block.subnets(2))[purpose.quarter]
    prefix = quarter if purpose is not MANAGEMENT or quarter.prefixlen >= 24 else next(quarter.subnets(new_prefix=24))
    found = {"vlan": purpose.vlan, "prefix": prefix, "gateway": prefix[1]}
    return found if purpose.reaches else {**found, "reaches": []}


def ports(networks: list[str], size: int, router: str) -> dict[str, Line]:
    """The last port goes to the router, the one before to visitors, two to telephones, the others to users."""
    ends: list[object] = [{"access": "guests"}, {"trunk": networks, "to": router}]
    phones: list[object] = [{"access": "voice"}] * 2 if "voice" in networks else []
    users: list[object] = [{"access": "users"}] * (size - len(phones) - len(ends))
    return {f"GigabitEthernet1/0/{number}": Line(port) for number, port in enumerate([*users, *phones, *ends], start=1)}


def _switch(block: IPv4Network, networks: list[str], size: int, router: str) -> dict[str, object]:
    management = list(block.subnets(2))[MANAGEMENT.quarter]
    return {
        "platform": "cisco_ios",
        "network": MANAGEMENT.name,
        "address": management[SWITCH_HOST],
        "ports": ports(networks, size, router),
    }


def _uplink(desk: Desk, answers: Answers, block: IPv4Network) -> tuple[Line, int]:
    routers, resina = desk.administration.routers, desk.administration.platform.resina
    asns = {router.entry.asn: name for name, router in routers.items()} | {resina.asn: "RESINA"}
    free = str(max((asn for asn in asns if asn != resina.asn), default=FIRST_ASN - 1) + 1)
    text = either("Numéro de système autonome (BGP)", "Autonomous system number (BGP)")
    asn = answers.ask(Question("ASN", text, free, lambda answer: _asn(answer, asns), free))
    cores = list(resina.cores)
    text = either(f"Cœur de RESINA, parmi : {', '.join(cores)}", f"Core of RESINA, among: {', '.join(cores)}")
    core = answers.ask(Question("CORE", text, cores[0], existing("core", cores), cores[0] if len(cores) == 1 else ""))
    text = either("Adresses du lien, données par RESINA", "Addresses of the link, which RESINA gives")
    proposed = str(next_link(desk.administration, core) or "")
    link = answers.ask(Question("LINK", text, "10.255.1.4/30", lambda answer: _link(desk, answer, block), proposed))
    peer, ours = list(link.hosts())
    address = IPv4Interface((ours, link.prefixlen))
    return Line({"interface": "wan0", "core": core, "address": address, "peer": peer}), asn


def _identifier(desk: Desk, answer: str) -> str:
    field(Site, "site")(answer)
    unused(answer, {name: desk.shown(f"sites/{name}.yaml") for name in desk.administration.sites})
    return answer


def _device(desk: Desk, variable: str, text: str, prefix: str, kind: str, taken: Mapping[str, str]) -> Question[str]:
    proposed = next_of(prefix, desk.names())

    def check(answer: str) -> str:
        key(Site, kind)(answer)
        if len(answer) > 15:
            raise RefusedError(say("name_too_long", value=answer))
        unused(answer, {**desk.names(), **taken})
        return answer

    return Question(variable, text, proposed, check, proposed)


def _size(answer: str) -> str:
    if answer not in SIZES:
        raise RefusedError(say("not_allowed", value=answer, allowed=", ".join(SIZES), hint=""))
    return answer


def _asn(answer: str, taken: dict[int, str]) -> int:
    found = number(Site, "routers", "edge", "asn")(answer)
    unused(found, taken)
    return found


def _prefix(answer: str) -> IPv4Network:
    typed(Site, ("networks", "users", "prefix"), answer)
    return IPv4Network(answer)


def _block(desk: Desk, answer: str) -> IPv4Network:
    block = _prefix(answer)
    if not WIDEST <= block.prefixlen <= NARROWEST:
        raise RefusedError(
            either(
                f"« {answer} » : un bâtiment prend un bloc de /{WIDEST} à /{NARROWEST} (ex. 10.20.128.0/20)",
                f"'{answer}': a building takes a block from /{WIDEST} to /{NARROWEST} (such as 10.20.128.0/20)",
            )
        )
    if not any(block.subnet_of(inside) for inside in desk.administration.platform.prefixes):
        raise RefusedError(say("outside_administration", value=block))
    _free(desk, block, {})
    return block


def _link(desk: Desk, answer: str, block: IPv4Network) -> IPv4Network:
    link = _prefix(answer)
    if link.prefixlen not in (30, 31):
        raise RefusedError(
            either(f"« {answer} » : un lien est un /30 ou un /31", f"'{answer}': a link is a /30 or a /31")
        )
    _free(desk, link, {block: "BLOCK"})
    return link


def _free(desk: Desk, wanted: IPv4Network, taken: dict[IPv4Network, str]) -> None:
    if found := overlapping(wanted, in_use(desk.administration) | taken):
        raise RefusedError(say("overlap", value=wanted, other=found[0], where=found[1]))
