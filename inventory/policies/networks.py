"""Networks: management and guests kept apart, and every building still reached when one thing fails."""

from collections.abc import Iterator

from inventory.model.messages import either
from inventory.model.problems import Problem
from inventory.model.references import Parsed
from inventory.model.site import Site

GUESTS = ("guest", "guests", "invites", "visiteurs", "visitors")


def management_is_for_devices(parsed: Parsed) -> Iterator[Problem]:
    """From a desk in the management network, every switch of the building answers."""
    for source, site in parsed.sites.values():
        management = {switch.network for switch in site.switches.values()}
        for name, switch in site.switches.items():
            for port_name, port in switch.ports.items():
                if port.access in management and port.to not in site.switches:
                    yield source.problem(
                        ["switches", name, "ports", port_name, "access"],
                        either(
                            f"« {port.access} » administre les commutateurs ; aucun poste n'y est branché",
                            f"'{port.access}' manages the switches; no workstation is in it",
                        ),
                    )


def guests_reach_nothing(parsed: Parsed) -> Iterator[Problem]:
    """A visitor's machine has no business in the administration's network."""
    for source, site in parsed.sites.values():
        for name, network in site.networks.items():
            if name in GUESTS and network.reaches:
                yield source.problem(
                    ["networks", name],
                    either(
                        f"« {name} » joindrait RESINA ; écrire « reaches: [] »",
                        f"'{name}' would reach RESINA; write 'reaches: []'",
                    ),
                    on_key=True,
                )


def switches_stay_reachable(parsed: Parsed) -> Iterator[Problem]:
    """A switch whose management network is on no trunk, or on none that leads to a router, is lost once it is so."""
    for source, site in parsed.sites.values():
        reached = _reached(site)
        for name, switch in site.switches.items():
            if not any(switch.network in port.carries for port in switch.ports.values() if port.trunk):
                yield source.problem(
                    ["switches", name, "ports"],
                    either(
                        f"aucun « trunk » ne porte « {switch.network} » : « {name} » deviendrait injoignable",
                        f"no 'trunk' carries '{switch.network}': '{name}' could no longer be reached",
                    ),
                    on_key=True,
                )
            elif switch.model is not None and site.routers and name not in reached:
                yield source.problem(
                    ["switches", name],
                    either(
                        f"aucun câble ne mène de « {name} » à un routeur ; dire où arrive un de ses ports : « to: … »",
                        f"no cable leads from '{name}' to a router; say where one of its ports ends: 'to: …'",
                    ),
                    on_key=True,
                )


def _reached(site: Site) -> set[str]:
    """The devices that a router reaches over cables that carry the management network."""
    cables: dict[str, set[str]] = {}
    for name, switch in site.switches.items():
        for port in switch.ports.values():
            if port.to is not None and switch.network in port.carries:
                cables.setdefault(name, set()).add(port.to)
                cables.setdefault(port.to, set()).add(name)
    reached, waiting = set(site.routers), list(site.routers)
    while waiting:
        beside = cables.get(waiting.pop(), set()) - reached
        reached |= beside
        waiting.extend(beside)
    return reached


def uplinks_are_redundant(parsed: Parsed) -> Iterator[Problem]:
    """Two uplinks of a building to one core fail together."""
    for source, site in parsed.sites.values():
        seen: dict[str, str] = {}
        for name, router in site.routers.items():
            for index, uplink in enumerate(router.uplinks):
                if uplink.core in seen:
                    yield source.problem(
                        ["routers", name, "uplinks", index],
                        either(
                            f"un second lien vers « {uplink.core} » ({seen[uplink.core]}) ; prendre un autre cœur",
                            f"a second link to '{uplink.core}' ({seen[uplink.core]}); take another core",
                        ),
                    )
                seen.setdefault(uplink.core, f"{name} {uplink.interface}")


def one_uplink_is_primary(parsed: Parsed) -> Iterator[Problem]:
    """RESINA must know which way to a building it is to take."""
    for source, site in parsed.sites.values():
        seen = ""
        for name, router in site.routers.items():
            for index, uplink in enumerate(router.uplinks):
                if uplink.role == "primary" and seen:
                    yield source.problem(
                        ["routers", name, "uplinks", index],
                        either(
                            f"un second lien principal (déjà : {seen}) ; écrire « role: backup »",
                            f"a second primary link (already: {seen}); write 'role: backup'",
                        ),
                    )
                elif uplink.role == "primary":
                    seen = f"{name} {uplink.interface}"
        for name, router in site.routers.items():
            if router.uplinks and not seen:
                yield source.problem(
                    ["routers", name, "uplinks"],
                    either(
                        "aucun lien n'est principal ; retirer « role: backup » de l'un d'eux",
                        "no link is the primary one; remove 'role: backup' from one of them",
                    ),
                    on_key=True,
                )
                break


def autonomous_systems_are_apart(parsed: Parsed) -> Iterator[Problem]:
    """BGP drops a route that comes back to its own number: sites that share one do not see each other."""
    seen = {parsed.platform[1].resina.asn: "RESINA"}
    for source, site in parsed.sites.values():
        for name, router in site.routers.items():
            where = seen.setdefault(router.asn, site.name)
            if where != site.name:
                yield source.problem(
                    ["routers", name, "asn"],
                    either(
                        f"le numéro {router.asn} est déjà celui de : {where} ; en prendre un autre",
                        f"the number {router.asn} is already that of: {where}; take another",
                    ),
                )
