"""Sites, VLANs, switches, routers and uplinks as one SVG: the same bytes for the same facts, read without colours too.

A site is a card. In it, what is nearer to RESINA stands higher; a cable is labelled where it arrives.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle

from netutils.interface import abbreviated_interface_name

from inventory.model import Administration
from inventory.model.messages import either
from inventory.model.site import Site, Switch
from roles.network.topology import Cable, Difference, cables

PAGE, PAD, GAP = 1760, 20, 28  # pixels: the widest page, inside a card, between boxes
BOX_W, BOX_H, MACHINE_H, ROW = 180, 62, 36, 88  # a device, a machine, and between two rows of devices
UPLINK_W, UPLINK_H = 150, 26
WIDEST_ROW, MOST_MACHINES = 8, 12
CARD_W = 2 * PAD + 2 * BOX_W + GAP
LETTER = 0.58  # of the size of a text: as wide as a letter is, on average

# Okabe and Ito's colours: told apart by the colour-blind as well.
PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00", "#56b4e9", "#5f5f5f")
BAD = "#c00000"
STYLE = """
text{font-family:"DejaVu Sans",Verdana,sans-serif;font-size:11px;fill:#1a1a1a}
.title{font-size:20px;font-weight:bold}.site{font-size:15px;font-weight:bold}.name{font-weight:bold}
.small{font-size:9px}.label{font-size:9px;paint-order:stroke;stroke:#fff;stroke-width:3px}.on{fill:#fff}
.card{fill:#fafafa;stroke:#b0b0b0}.device{fill:#fff;stroke:#333;stroke-width:1.5}.machine{fill:#fff;stroke:#999}
.router{fill:#fff7e0}.core{fill:#222}.cable{fill:none;stroke:#666;stroke-width:1.6}
.bad{stroke:#c00000;stroke-dasharray:5 3;stroke-width:2.4}.wrong{fill:#c00000}.unseen{stroke-dasharray:4 3}
"""


@dataclass(frozen=True)
class Live:
    """What was asked of the devices: where they differ, and those that could not say."""

    differences: Mapping[str, Sequence[Difference]]  # by site
    unseen: Mapping[str, str]  # why, by device


@dataclass
class _Box:
    """A device, placed."""

    name: str
    x: float
    y: float
    up: list[tuple[float, Cable]] = field(default_factory=list)  # cables by where their other end is
    down: list[tuple[float, Cable]] = field(default_factory=list)

    @property
    def middle(self) -> float:
        return self.x + BOX_W / 2

    def leaves(self, cable: Cable) -> float:
        """Where a cable is on the edge of the box: side by side, so that none hides another."""
        for edge in (self.up, self.down):
            order = [each for _, each in sorted(edge, key=lambda item: (item[0], str(item[1].one)))]
            if cable in order:
                return self.x + BOX_W * (order.index(cable) + 1) / (len(order) + 1)
        return self.middle


def drawing(administration: Administration, live: Live | None = None) -> str:
    """The whole picture."""
    colours = _colours(administration)
    cards = [_Card(administration, site, colours, live) for site in administration.sites.values()]
    shelves: list[list[_Card]] = [[]]
    for card in cards:
        if shelves[-1] and sum(other.width + GAP for other in shelves[-1]) + card.width > PAGE:
            shelves.append([])
        shelves[-1].append(card)
    width = max(sum(card.width + GAP for card in shelf) for shelf in shelves) + GAP
    root = _root(administration, live)
    y = _heading(root, administration, live, width)
    for shelf in shelves:
        x: float = GAP
        for card in shelf:
            card.draw(_sub(root, "g", transform=f"translate({_n(x)} {_n(y)})"))
            x += card.width + GAP
        y += max((card.height for card in shelf), default=0) + GAP
    for key, value in (("width", width), ("height", y), ("viewBox", f"0 0 {_n(width)} {_n(y)}")):
        root.set(key, value if isinstance(value, str) else _n(value))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"


def _root(administration: Administration, live: Live | None) -> ET.Element:
    root = ET.Element("svg", xmlns="http://www.w3.org/2000/svg", role="img")
    root.set("aria-labelledby", "title description")
    _sub(root, "title", _title(administration), id="title")
    _sub(root, "desc", " ".join(summary(administration, live)), id="description")
    _sub(root, "style", STYLE)
    _sub(root, "rect", width="100%", height="100%", fill="#fff")
    return root


def _title(administration: Administration) -> str:
    name, environment = administration.platform.administration, administration.environment.environment
    return either(f"Réseau : {name} ({environment})", f"Network: {name} ({environment})")


def summary(administration: Administration, live: Live | None = None) -> list[str]:
    """The picture in words, a line each."""
    sites = administration.sites.values()
    uplinks = sum(len(router.uplinks) for site in sites for router in site.routers.values())
    lines = [
        either(
            f"sites : {len(sites)} ; commutateurs : {len(administration.switches)} ; "
            f"routeurs : {len(administration.routers)} ; liens vers RESINA : {uplinks}",
            f"sites: {len(sites)}; switches: {len(administration.switches)}; "
            f"routers: {len(administration.routers)}; uplinks to RESINA: {uplinks}",
        )
    ]
    if live is None:
        return lines
    words: dict[str, str] = {
        "missing": either("manque", "missing"),
        "unexpected": either("inattendu", "unexpected"),
        "other_port": either("autre port", "other port"),
    }
    found = [f"{site} : {words[each.kind]} : {each.text}" for site, all_ in live.differences.items() for each in all_]
    unseen = [either(f"{name} : non vu : {why}", f"{name}: not seen: {why}") for name, why in live.unseen.items()]
    lines += found if either("fr", "en") == "fr" else [line.replace(" : ", ": ") for line in found]
    if not found and not unseen:
        lines.append(
            either("les équipements voient ce que dit l'inventaire", "the devices see what the inventory says")
        )
    return lines + unseen


def _heading(root: ET.Element, administration: Administration, live: Live | None, width: float) -> float:
    _sub(root, "text", _title(administration), x=GAP, y=36, **{"class": "title"})
    resina = administration.platform.resina
    served = {name: f" → {', '.join(core.serves)}" if core.serves else "" for name, core in resina.cores.items()}
    cores = ", ".join(f"{name} ({core.router_id}){served[name]}" for name, core in resina.cores.items())
    y = 58.0
    for line in (f"RESINA, AS {resina.asn} : {cores}", *summary(administration, live)):
        bad = live is not None and (any(live.differences.values()) or live.unseen) and y > 80
        _sub(root, "text", _fit(line, width - 2 * GAP, 11), x=GAP, y=_n(y), **{"class": "wrong" if bad else "plain"})
        y += 17
    return y + 6


class _Card:
    """One site: its VLANs, then its devices from RESINA downwards, then its machines."""

    def __init__(
        self, administration: Administration, site: Site, colours: Mapping[str, str], live: Live | None
    ) -> None:
        self.administration, self.site, self.colours = administration, site, colours
        self.differences = live.differences.get(site.site, ()) if live else ()
        self.unseen = live.unseen if live else {}
        self.cables = cables(site)
        self.machines = [
            name for name, machine in administration.machines.items() if machine.site == site and machine.network
        ]
        self.rows = _rows(site, self.cables)
        widths = [len(row) * (self._cell(row) + GAP) - GAP for row in self.rows]
        self.width = max(CARD_W, *(width + 2 * PAD for width in widths), 0) if widths else CARD_W
        self.height = 0.0
        self._draw(ET.Element("g"))  # where everything ends is known once it is drawn

    def draw(self, to: ET.Element) -> None:
        _sub(to, "rect", width=_n(self.width), height=_n(self.height), rx=8, **{"class": "card"})
        self._draw(to)

    def _draw(self, to: ET.Element) -> None:
        y = self._head(to)
        y = self._devices(to, y)
        self.height = self._machines(to, y) + PAD

    def _cell(self, row: Sequence[str]) -> float:
        uplinks = max((len(self.site.routers[name].uplinks) for name in row if name in self.site.routers), default=0)
        return max(BOX_W, uplinks * (UPLINK_W + 8) - 8)

    def _head(self, to: ET.Element) -> float:
        kind = {"datacentre": either("centre de données", "data centre"), "building": either("bâtiment", "building")}
        _sub(to, "text", _fit(self.site.name, self.width - 2 * PAD, 15), x=PAD, y=28, **{"class": "site"})
        where = f"{self.site.site} · {kind[self.site.kind]} · {self.site.owner}"
        _sub(to, "text", _fit(where, self.width - 2 * PAD, 11), x=PAD, y=45)
        x, y = float(PAD), 56.0
        for name, network in self.site.networks.items():
            text = f"{f'VLAN {network.vlan} ' if network.vlan else ''}{name} {network.prefix}"
            width = _width(text, 9) + 14
            if x > PAD and x + width > self.width - PAD:
                x, y = float(PAD), y + 22
            _sub(to, "rect", x=_n(x), y=_n(y), width=_n(width), height=17, rx=8, fill=self.colours[name])
            _sub(to, "text", text, x=_n(x + 7), y=_n(y + 12), **{"class": "small on"})
            x += width + 6
        return y + 17 + PAD

    def _devices(self, to: ET.Element, y: float) -> float:
        if not self.rows:
            return y
        if any(router.uplinks for router in self.site.routers.values()):
            y += UPLINK_H + 46
        boxes: dict[str, _Box] = {}
        levels: dict[str, int] = {}
        for level, row in enumerate(self.rows):
            cell = self._cell(row)
            x = (self.width - len(row) * (cell + GAP) + GAP) / 2
            for name in row:
                boxes[name], levels[name] = _Box(name, x + (cell - BOX_W) / 2, y), level
                x += cell + GAP
            y += BOX_H + ROW
        drawn = [cable for cable in self.cables if {cable.one.device, cable.other.device} <= boxes.keys()]
        for cable in drawn:
            one, other = boxes[cable.one.device], boxes[cable.other.device]
            for here, far in ((one, other), (other, one)):
                (here.up if levels[here.name] > levels[far.name] else here.down).append((far.middle, cable))
        for cable in drawn:
            self._cable(to, cable, boxes, levels)
        for name, box in boxes.items():
            if name in self.site.routers:
                self._uplinks(to, box)
            self._device(to, box)
        return y - ROW + PAD + (26 if any(self._level_cable(cable, levels) for cable in drawn) else 0)

    @staticmethod
    def _level_cable(cable: Cable, levels: Mapping[str, int]) -> bool:
        return levels[cable.one.device] == levels[cable.other.device]

    def _cable(self, to: ET.Element, cable: Cable, boxes: Mapping[str, _Box], levels: Mapping[str, int]) -> None:
        high, low = cable.one, cable.other
        if levels[high.device] > levels[low.device]:
            high, low = low, high
        above, below = boxes[high.device], boxes[low.device]
        start, end = above.leaves(cable), below.leaves(cable)
        bad = next((each for each in self.differences if each.cable == cable), None)
        group = _sub(to, "g")
        carries = ", ".join(cable.networks)
        _sub(group, "title", bad.text if bad else f"{high} – {low}{' : ' if carries else ''}{carries}")
        style = "cable bad" if bad else "cable"
        ports = [abbreviated_interface_name(end.port) if end.port else "" for end in (high, low)]
        if levels[high.device] == levels[low.device]:
            y = above.y + BOX_H
            path = f"M{_n(start)} {_n(y)}C{_n(start)} {_n(y + 34)} {_n(end)} {_n(y + 34)} {_n(end)} {_n(y)}"
            _sub(group, "path", d=path, **{"class": style})
            at, lines = ((start + end) / 2 - 30, y + 36), [" – ".join(filter(None, ports))]
        else:
            path = f"M{_n(start)} {_n(above.y + BOX_H)}L{_n(end)} {_n(below.y - 44)}V{_n(below.y)}"
            _sub(group, "path", d=path, **{"class": style})
            at, lines = (end + 5, below.y - 5), [port for port in ports if port]
        for number, line in enumerate(reversed(lines)):
            _sub(
                group,
                "text",
                line,
                x=_n(at[0]),
                y=_n(at[1] - 11 * number),
                **{"class": f"label{' wrong' if bad else ''}"},
            )
        for number, network in enumerate(cable.networks):
            x, y = at[0] + 9 * number, at[1] - 11 * len(lines) - 5
            _sub(group, "rect", x=_n(x), y=_n(y), width=7, height=7, fill=self.colours[network])

    def _uplinks(self, to: ET.Element, box: _Box) -> None:
        uplinks = self.site.routers[box.name].uplinks
        x = box.middle - (len(uplinks) * (UPLINK_W + 8) - 8) / 2
        y = box.y - UPLINK_H - 46
        for number, uplink in enumerate(uplinks):
            middle = x + UPLINK_W / 2
            end = box.x + BOX_W * (number + 1) / (len(uplinks) + 1)
            group = _sub(to, "g")
            _sub(group, "title", f"{box.name} {uplink.interface} – {uplink.core} : {uplink.address} → {uplink.peer}")
            _sub(group, "path", d=f"M{_n(middle)} {_n(y + UPLINK_H)}L{_n(end)} {_n(box.y)}", **{"class": "cable"})
            _sub(group, "rect", x=_n(x), y=_n(y), width=UPLINK_W, height=UPLINK_H, rx=13, **{"class": "core"})
            label = _fit(f"RESINA · {uplink.core}", UPLINK_W - 16, 11)
            _centred(group, label, middle, y + 17, "on")
            _centred(group, f"{uplink.interface} {uplink.address}", middle, y + UPLINK_H + 15, "label")
            x += UPLINK_W + 8

    def _device(self, to: ET.Element, box: _Box) -> None:
        router = box.name in self.site.routers
        group = _sub(to, "g")
        _sub(group, "title", self._about(box.name))
        unseen = " unseen" if box.name in self.unseen else ""
        shape = f"device router{unseen}" if router else f"device{unseen}"
        _sub(
            group,
            "rect",
            x=_n(box.x),
            y=_n(box.y),
            width=BOX_W,
            height=BOX_H,
            rx=20 if router else 3,
            **{"class": shape},
        )
        _centred(group, box.name, box.middle, box.y + 18, "name")
        _centred(group, self._second(box.name), box.middle, box.y + 33, "small")
        if not router:
            self._ports(group, self.site.switches[box.name], box)
        wrong = sum(each.device == box.name for each in self.differences)
        note = either("non vu", "not seen") if unseen else f"≠ {wrong}" if wrong else ""
        if note:
            _sub(
                group,
                "text",
                note,
                x=_n(box.x + BOX_W - 6 - _width(note, 11)),
                y=_n(box.y + 14),
                **{"class": "name wrong"},
            )

    def _about(self, name: str) -> str:
        said = [each.text for each in self.differences if each.device == name]
        return " ; ".join(
            [f"{name} {self._second(name)}", *said, *([self.unseen[name]] if name in self.unseen else [])]
        )

    def _second(self, name: str) -> str:
        if name in self.site.routers:
            return f"{self.site.routers[name].platform} · AS {self.site.routers[name].asn}"
        switch = self.site.switches[name]
        return f"{switch.platform} · {switch.address}"

    def _ports(self, group: ET.Element, switch: Switch, box: _Box) -> None:
        """How many access ports each network has."""
        counts = dict.fromkeys(self.site.networks, 0)
        for port in switch.ports.values():
            if port.access is not None:
                counts[port.access] += 1
        shown = {name: count for name, count in counts.items() if count}
        width = sum(_width(f"{name} {count}", 9) + 14 for name, count in shown.items())
        x = box.middle - width / 2
        if width > BOX_W - 8:  # too many networks for their names
            text = either(f"{sum(shown.values())} ports d'accès", f"{sum(shown.values())} access ports")
            _centred(group, text, box.middle, box.y + 51, "small")
            return
        for name, count in shown.items():
            _sub(group, "rect", x=_n(x), y=_n(box.y + 43), width=8, height=8, rx=1, fill=self.colours[name])
            _sub(group, "text", f"{name} {count}", x=_n(x + 11), y=_n(box.y + 51), **{"class": "small"})
            x += _width(f"{name} {count}", 9) + 14

    def _machines(self, to: ET.Element, y: float) -> float:
        columns = int((self.width - 2 * PAD + GAP) // (BOX_W + GAP))
        ends = {end.device: cable.one for cable in self.cables for end in (cable.other,)}
        for number, name in enumerate(self.machines[:MOST_MACHINES]):
            machine = self.administration.machines[name]
            row, column = divmod(number, columns)
            x, top = PAD + column * (BOX_W + GAP), y + row * (MACHINE_H + 10)
            group = _sub(to, "g")
            port = f" · {ends[name].device} {abbreviated_interface_name(ends[name].port)}" if name in ends else ""
            _sub(group, "title", f"{name} {machine.address}{port}")
            _sub(group, "rect", x=_n(x), y=_n(top), width=BOX_W, height=MACHINE_H, rx=3, **{"class": "machine"})
            label = _fit(f"{name} {', '.join(machine.runs)}", BOX_W - 12, 11)
            _sub(group, "text", label, x=_n(x + 8), y=_n(top + 15), **{"class": "name"})
            _sub(
                group,
                "text",
                _fit(f"{machine.address}{port}", BOX_W - 12, 9),
                x=_n(x + 8),
                y=_n(top + 28),
                **{"class": "small"},
            )
        shown = min(len(self.machines), MOST_MACHINES)
        y += -(-shown // columns) * (MACHINE_H + 10) - (10 if shown else 0)
        if more := len(self.machines) - shown:
            text = either(f"… et {more} autres machines", f"… and {more} more machines")
            _sub(to, "text", text, x=PAD, y=_n(y + 18))
            y += 22
        return y


def _rows(site: Site, known: Sequence[Cable]) -> list[list[str]]:
    """Routers, then what is next to them, and so on; at last what no cable leads to. A long row is broken."""
    near: dict[str, set[str]] = {name: set() for name in (*site.routers, *site.switches)}
    for cable in known:
        one, other = cable.one.device, cable.other.device
        if one in near and other in near:
            near[one].add(other)
            near[other].add(one)
    rows, placed = [], list(site.routers)
    row = list(site.routers)
    while row:
        rows.append(row)
        row = [name for name in near if name not in placed and not near[name].isdisjoint(row)]
        placed += row
    rows.append([name for name in near if name not in placed])
    return [row[at : at + WIDEST_ROW] for row in rows for at in range(0, len(row), WIDEST_ROW)]


def _colours(administration: Administration) -> dict[str, str]:
    """A colour for each name of a network, the same in every site."""
    names = dict.fromkeys(name for site in administration.sites.values() for name in site.networks)
    return dict(zip(names, cycle(PALETTE), strict=False))


def _sub(parent: ET.Element, tag: str, text: str = "", **attributes: object) -> ET.Element:
    found = ET.SubElement(parent, tag, {key: _clean(str(value)) for key, value in attributes.items()})
    if text:
        found.text = _clean(text)
    return found


def _centred(parent: ET.Element, text: str, x: float, y: float, style: str) -> None:
    _sub(parent, "text", text, x=_n(x), y=_n(y), **{"class": style, "text-anchor": "middle"})


def _clean(text: str) -> str:
    """What XML may hold: what a device says may be anything."""
    return re.sub("[^\\t\\n -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "?", text)


def _fit(text: str, width: float, size: int) -> str:
    most = int(width / (size * LETTER))
    return text if len(text) <= most else text[: most - 1] + "…"


def _width(text: str, size: int) -> float:
    return len(text) * size * LETTER


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
