"""A building: its block of addresses, what its networks are for, a switch, and the router with its links to RESINA."""

from collections.abc import Mapping
from ipaddress import IPv4Interface, IPv4Network

from inventory.authoring.addresses import WIDEST, in_use, next_block, next_link, overlapping
from inventory.authoring.answers import Answers, Question, RefusedError
from inventory.authoring.checks import existing, field, key, number, readable, several, typed, unused
from inventory.authoring.desk import Desk
from inventory.authoring.names import next_of
from inventory.authoring.writing import Line, document
from inventory.model.building import MANAGEMENT, plan_for
from inventory.model.chassis import CHASSIS
from inventory.model.messages import either, say
from inventory.model.platform import Platform
from inventory.model.site_file import SiteFile

VARIABLES = (
    "SITE", "NAME", "OWNER", "BLOCK", "PURPOSES", "SWITCH", "MODEL", "ROUTER", "ASN", "CORE", "LINK", "BACKUP",
    "BACKUP_LINK",
)  # fmt: skip
USUAL = ("users", "guests", MANAGEMENT)
FIRST_ASN = 65101


def site(desk: Desk, answers: Answers) -> None:
    """Ask for a building."""
    administration = desk.administration
    text = either("Identifiant du site", "Identifier of the site")
    identifier = answers.ask(Question("SITE", text, "sante-siege", lambda answer: _identifier(desk, answer)))
    text = either("Nom du bâtiment", "Name of the building")
    name = answers.ask(Question("NAME", text, "Siège du ministère de la Santé", readable(SiteFile, "name")))
    known = administration.institutions
    text = either(f"Institution responsable, parmi : {', '.join(known)}", f"Owner, among: {', '.join(known)}")
    owner = answers.ask(Question("OWNER", text, "sante", existing("institution", known)))
    text = either(
        "Bloc d'adresses ; proposé : le premier libre après les bâtiments",
        "Block of addresses; proposed: the first free one after the buildings",
    )
    proposed = str(next_block(administration) or "")
    block = answers.ask(Question("BLOCK", text, "10.20.128.0/20", lambda answer: _block(desk, answer), proposed))
    purposes = _purposes(administration.platform, answers, block)
    text = either("Nom du commutateur", "Name of the switch")
    switch = answers.ask(_device(desk, "SWITCH", text, "sw", "switches", {}))
    models = list(CHASSIS)
    text = either(f"Son modèle, parmi : {', '.join(models)}", f"Its model, among: {', '.join(models)}")
    model = answers.ask(Question("MODEL", text, models[1], existing("model", models), models[1]))
    text = either("Nom du routeur", "Name of the router")
    router = answers.ask(_device(desk, "ROUTER", text, "edge", "routers", {switch: "SWITCH"}))
    asn, uplinks = _number(desk, answers), _uplinks(desk, answers, block)
    about = {"model": model, "number": 1, "ports": ports(administration.platform, purposes, model, router)}
    desk.create(
        f"sites/{identifier}.yaml",
        document(
            "../schema/site.json",
            {
                "site": identifier,
                "kind": "building",
                "name": name,
                "owner": owner,
                "block": block,
                "purposes": purposes,
            },
            {"switches": {switch: about}},
            {"routers": {router: {"platform": "frr", "asn": asn, "lan": "lan0", "uplinks": uplinks}}},
        ),
    )
    desk.notes.append(
        either(
            f"Adresses : {block} ; lien vers RESINA : à convenir avec son opérateur.",
            f"Addresses: {block}; the link to RESINA: to be agreed with its operator.",
        )
    )


def _purposes(platform: Platform, answers: Answers, block: IPv4Network) -> list[str]:
    plan = plan_for(platform.plans, block)
    known = [name for name in platform.purposes if plan and name in plan.places]

    def check(answer: str) -> list[str]:
        found = several(existing("purpose", known))(answer)
        return found if MANAGEMENT in found else [*found, MANAGEMENT]

    text = either(
        f"Usages des réseaux, parmi : {', '.join(known)}", f"Purposes of its networks, among: {', '.join(known)}"
    )
    usual = ", ".join(name for name in USUAL if name in known)
    return answers.ask(Question("PURPOSES", text, usual, check, usual))


def ports(platform: Platform, purposes: list[str], model: str, router: str) -> dict[str, Line]:
    """The last port goes to the router, the one before to visitors where there are any, the others to users."""
    names = CHASSIS[model].ports
    found = {names[-1]: Line({**_trunk(platform, purposes), "to": router})}
    rest = names[:-1]
    if "guests" in purposes:
        found = {rest[-1]: Line(_access(platform, "guests")), **found}
        rest = rest[:-1]
    if "users" in purposes:
        number = rest[-1].removeprefix(rest[0][:-1])  # GigabitEthernet1/0/1-22
        found = {f"{rest[0]}-{number}": Line(_access(platform, "users")), **found}
    return found


def _access(platform: Platform, network: str) -> dict[str, object]:
    """The first profile of desks in a network; without one, the port in full."""
    fits = [
        name for name, profile in platform.profiles.items() if (profile.mode, profile.network) == ("access", network)
    ]
    return {"profile": fits[0]} if fits else {"access": network}


def _trunk(platform: Platform, networks: list[str]) -> dict[str, object]:
    """The same, of a port that carries every network."""
    fits = [name for name, profile in platform.profiles.items() if profile.mode == "trunk" and not profile.networks]
    return {"profile": fits[0]} if fits else {"trunk": networks}


def _number(desk: Desk, answers: Answers) -> int:
    routers, resina = desk.administration.routers, desk.administration.platform.resina
    asns = {router.entry.asn: name for name, router in routers.items()} | {resina.asn: "RESINA"}
    free = str(max((asn for asn in asns if asn != resina.asn), default=FIRST_ASN - 1) + 1)
    text = either("Numéro de système autonome (BGP)", "Autonomous system number (BGP)")
    return answers.ask(Question("ASN", text, free, lambda answer: _asn(answer, asns), free))


def _uplinks(desk: Desk, answers: Answers, block: IPv4Network) -> list[Line]:
    """The link to one core; and where RESINA has several, one more to another, for when the first is lost."""
    cores = list(desk.administration.platform.resina.cores)
    text = either(f"Cœur de RESINA, parmi : {', '.join(cores)}", f"Core of RESINA, among: {', '.join(cores)}")
    core = answers.ask(Question("CORE", text, cores[0], existing("core", cores), cores[0]))
    text = either("Adresses du lien, données par RESINA", "Addresses of the link, which RESINA gives")
    link = _link_to(desk, answers, "LINK", text, core, {block: "BLOCK"})
    found = [_line("wan0", core, link)]
    others = [name for name in cores if name != core]
    if not others:
        return found
    text = either(
        f"Cœur du lien de secours, parmi : {', '.join(others)}", f"Core of the backup link, among: {', '.join(others)}"
    )
    spare = answers.ask(Question("BACKUP", text, others[0], existing("core", others), others[0]))
    text = either("Adresses du lien de secours", "Addresses of the backup link")
    second = _link_to(desk, answers, "BACKUP_LINK", text, spare, {block: "BLOCK", link: "LINK"})
    return [*found, _line("wan1", spare, second, role="backup")]


def _link_to(
    desk: Desk, answers: Answers, variable: str, text: str, core: str, taken: dict[IPv4Network, str]
) -> IPv4Network:
    proposed = str(next_link(desk.administration, core, taken) or "")
    return answers.ask(Question(variable, text, "10.255.1.4/30", lambda answer: _link(desk, answer, taken), proposed))


def _line(interface: str, core: str, link: IPv4Network, **more: str) -> Line:
    peer, ours = list(link.hosts())
    return Line(
        {"interface": interface, "core": core, "address": IPv4Interface((ours, link.prefixlen)), "peer": peer, **more}
    )


def _identifier(desk: Desk, answer: str) -> str:
    field(SiteFile, "site")(answer)
    unused(answer, {name: desk.shown(f"sites/{name}.yaml") for name in desk.administration.sites})
    return answer


def _device(desk: Desk, variable: str, text: str, prefix: str, kind: str, taken: Mapping[str, str]) -> Question[str]:
    proposed = next_of(prefix, desk.names())

    def check(answer: str) -> str:
        key(SiteFile, kind)(answer)
        if len(answer) > 15:
            raise RefusedError(say("name_too_long", value=answer))
        unused(answer, {**desk.names(), **taken})
        return answer

    return Question(variable, text, proposed, check, proposed)


def _asn(answer: str, taken: dict[int, str]) -> int:
    found = number(SiteFile, "routers", "edge", "asn")(answer)
    unused(found, taken)
    return found


def _prefix(answer: str) -> IPv4Network:
    typed(SiteFile, ("networks", "users", "prefix"), answer)
    return IPv4Network(answer)


def _block(desk: Desk, answer: str) -> IPv4Network:
    block = _prefix(answer)
    narrowest = max((plan.size for plan in desk.administration.platform.plans), default=WIDEST)
    if not WIDEST <= block.prefixlen <= narrowest:
        raise RefusedError(
            either(
                f"« {answer} » : un bâtiment prend un bloc de /{WIDEST} à /{narrowest} (ex. 10.20.128.0/20)",
                f"'{answer}': a building takes a block from /{WIDEST} to /{narrowest} (such as 10.20.128.0/20)",
            )
        )
    if not any(block.subnet_of(inside) for inside in desk.administration.platform.prefixes):
        raise RefusedError(say("outside_administration", value=block))
    _free(desk, block, {})
    return block


def _link(desk: Desk, answer: str, taken: dict[IPv4Network, str]) -> IPv4Network:
    link = _prefix(answer)
    if link.prefixlen not in (30, 31):
        raise RefusedError(
            either(f"« {answer} » : un lien est un /30 ou un /31", f"'{answer}': a link is a /30 or a /31")
        )
    _free(desk, link, taken)
    return link


def _free(desk: Desk, wanted: IPv4Network, taken: dict[IPv4Network, str]) -> None:
    if found := overlapping(wanted, in_use(desk.administration) | taken):
        raise RefusedError(say("overlap", value=wanted, other=found[0], where=found[1]))
