"""A port of a switch: the network of what is plugged into it."""

import re

from netutils.interface import canonical_interface_name

from inventory.authoring.answers import Answers, Question, RefusedError
from inventory.authoring.checks import existing, key, or_nothing, unused
from inventory.authoring.desk import Desk
from inventory.authoring.editing import add_key
from inventory.model import Placed, Switch
from inventory.model.messages import either, say
from inventory.model.site_file import SiteFile

VARIABLES = ("SWITCH", "PORT", "PROFILE", "NETWORK", "TO")


def port(desk: Desk, answers: Answers) -> None:
    """Ask for an access port."""
    switches = desk.administration.switches
    text = either(f"Commutateur, parmi : {', '.join(switches)}", f"Switch, among: {', '.join(switches)}")
    switch = switches[answers.ask(Question("SWITCH", text, next(iter(switches), ""), existing("device", switches)))]
    text, proposed = either("Port, nom complet", "Port, full name"), _next(switch.entry)
    name = answers.ask(Question("PORT", text, "GigabitEthernet1/0/3", lambda answer: _name(switch, answer), proposed))
    wanted = _wanted(desk, switch, answers)
    text = either("Machine ou équipement du site au bout du câble", "Machine or device of the site at its end")
    example = next(iter(_ends(switch)), "")
    end = answers.ask(Question("TO", text, example, or_nothing(lambda answer: _end(switch, answer)), optional=True))
    wanted |= {"to": end} if end else {}
    path = ("switches", switch.name, "ports")
    desk.edit(f"sites/{switch.site.site}.yaml", lambda text: add_key(text, path, name, wanted, order=_numbers))


def _wanted(desk: Desk, switch: Placed[Switch], answers: Answers) -> dict[str, object]:
    """A profile; of a switch whose model nobody said, or where a network was given, the network."""
    networks = switch.site.networks
    profiles = [
        name
        for name, profile in desk.administration.platform.profiles.items()
        if profile.mode == "access" and profile.network in networks
    ]
    if switch.entry.model and profiles and "NETWORK" not in answers.given:
        text = either(f"Profil, parmi : {', '.join(profiles)}", f"Profile, among: {', '.join(profiles)}")
        return {"profile": answers.ask(Question("PROFILE", text, profiles[0], existing("profile", profiles)))}
    text = either(f"Réseau du poste, parmi : {', '.join(networks)}", f"Network, among: {', '.join(networks)}")
    return {"access": answers.ask(Question("NETWORK", text, next(iter(networks)), existing("network", networks)))}


def _next(switch: Switch) -> str:
    """The first port that is not used; of an unknown model, the first number that no port has."""
    if switch.model:
        return next((name for name, port in switch.ports.items() if not port.used), "")
    first = next(iter(switch.ports), "GigabitEthernet1/0/1")
    stem = first[: len(first) - len(re.split(r"[^0-9]", first)[-1])]
    return next(f"{stem}{number}" for number in range(1, 1000) if f"{stem}{number}" not in switch.ports)


def _name(switch: Placed[Switch], answer: str) -> str:
    full = canonical_interface_name(answer) if switch.entry.platform == "cisco_ios" else answer
    if full != answer:
        raise RefusedError(say("port_name", value=answer, expected=full))
    key(SiteFile, "switches", switch.name, "ports")(answer)
    ports = list(switch.entry.ports)
    if switch.entry.model and answer not in ports:
        words = {"model": switch.entry.model, "value": answer, "first": ports[0], "last": ports[-1]}
        raise RefusedError(say("port_of_model", **words))
    unused(answer, dict.fromkeys(switch.entry.used_ports, switch.name))
    return answer


def _ends(switch: Placed[Switch]) -> list[str]:
    return [*switch.site.machines, *switch.site.switches, *switch.site.routers]


def _end(switch: Placed[Switch], answer: str) -> str:
    """One cable a device: what is plugged in somewhere else already is a mistake."""
    existing("device", _ends(switch))(answer)
    cabled = {
        port.to: f"{name} {title}"
        for name, other in switch.site.switches.items()
        for title, port in other.ports.items()
        if port.to
    }
    unused(answer, cabled)
    return answer


def _numbers(name: str) -> tuple[str, list[int]]:
    """Ports in the order of their numbers: 1/0/2 comes before 1/0/10."""
    return re.split(r"[0-9]", name)[0], [int(number) for number in re.findall(r"[0-9]+", name)]
