"""Who is cabled to whom: from the inventory, and where the devices themselves say otherwise."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from inventory.model.messages import either
from inventory.model.site import Site

Kind = Literal["missing", "unexpected", "other_port"]


@dataclass(frozen=True)
class End:
    """One end of a cable. The port is "" where nobody said which."""

    device: str
    port: str = ""

    def __str__(self) -> str:
        return f"{self.device} {self.port}".strip()


@dataclass(frozen=True)
class Cable:
    """A cable between two devices of a site, and the networks that it carries."""

    one: End
    other: End
    networks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Neighbour:
    """What a device hears on one of its ports ("" where it does not say which). `carries`: it is no desk."""

    port: str
    device: str
    device_port: str
    carries: bool


@dataclass(frozen=True)
class Difference:
    """Where what is heard is not what the inventory says; `cable` is the one that is not as it should be."""

    kind: Kind
    device: str
    text: str
    cable: Cable | None = None


Heard = Mapping[str, Sequence[Neighbour]]


def cables(site: Site) -> list[Cable]:
    """The cables of the switches of a site; one that both ends name is one cable."""
    found: list[Cable] = []
    for name, switch in site.switches.items():
        for port_name, port in switch.ports.items():
            if port.to is None:
                continue
            here, networks = End(name, port_name), tuple(port.carries)
            if any(c.one == End(port.to, port.far or "") and c.other == here for c in found):
                continue
            named = next((c for c in found if c.one.device == port.to and c.other == End(name)), None)
            if named:
                found[found.index(named)] = replace(named, other=here)
            else:
                far = End(port.to, site.routers[port.to].lan if port.to in site.routers else port.far or "")
                found.append(Cable(here, far, networks))
    return found


def differences(site: Site, heard: Heard) -> list[Difference]:
    """What the switches that were asked hear otherwise than the inventory says."""
    planned = cables(site)
    found = [difference for cable in planned if (difference := _of_cable(site, cable, heard))]
    return found + list(_unexpected(site, planned, heard))


def _of_cable(site: Site, cable: Cable, heard: Heard) -> Difference | None:
    """The first thing that is wrong with one cable, from either end. Desks need not speak."""
    for here, far in ((cable.one, cable.other), (cable.other, cable.one)):
        if here.device not in heard or far.device not in {*site.switches, *site.routers}:
            continue
        seen = [neighbour for neighbour in heard[here.device] if neighbour.device == far.device]
        on_port = next((neighbour for neighbour in seen if neighbour.port in ("", here.port)), None)
        if not seen:
            text = either(f"{here} ne voit pas {far.device}", f"{here} does not see {far.device}")
            return Difference("missing", here.device, text, cable)
        if on_port is None:
            ports = ", ".join(sorted(neighbour.port for neighbour in seen))
            text = either(
                f"{here.device} voit {far.device} sur {ports}, et non sur {here.port}",
                f"{here.device} sees {far.device} on {ports}, not on {here.port}",
            )
            return Difference("other_port", here.device, text, cable)
        if far.device in site.switches and far.port and on_port.device_port not in ("", far.port):
            text = either(
                f"{here} arrive sur {on_port.device_port} de {far.device}, et non sur {far.port}",
                f"{here} ends at {on_port.device_port} of {far.device}, not at {far.port}",
            )
            return Difference("other_port", here.device, text, cable)
    return None


def _unexpected(site: Site, planned: Collection[Cable], heard: Heard) -> Iterator[Difference]:
    """What should not be at the end of any cable of a device. One at the wrong port was said already."""
    ours = {*site.switches, *site.routers}
    for device, neighbours in heard.items():
        if device not in site.switches:
            continue
        expected = {end.device for cable in planned if device in _devices(cable) for end in (cable.one, cable.other)}
        for each in neighbours:
            if each.device not in expected and (each.carries or each.device in ours):
                here = End(device, each.port)
                text = either(
                    f"{here} voit {each.device}, que l'inventaire n'y attend pas",
                    f"{here} sees {each.device}, which the inventory does not expect there",
                )
                yield Difference("unexpected", device, text)


def _devices(cable: Cable) -> tuple[str, str]:
    return cable.one.device, cable.other.device
