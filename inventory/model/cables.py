"""Cables between the switches of a site: each has two ends that agree; one that is said once gets its other end."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from inventory.model.messages import say
from inventory.model.ports import not_of_model
from inventory.model.problems import Problem
from inventory.model.site import Port
from inventory.model.site_file import SwitchEntry
from inventory.model.source import Source

Ports = dict[str, Port]
End = tuple[str, str]  # switch, port

UNUSED = Port()  # a port that nobody names: shut, in the quarantine VLAN


def join(source: Source, switches: Mapping[str, SwitchEntry], ports: dict[str, Ports]) -> list[Problem]:
    """Fill in the far end of each cable, in `ports` by switch; the answer is what cannot be."""
    cables = _Cables(source, switches, ports)
    cables.join()
    return cables.problems


@dataclass(frozen=True)
class _Cable:
    """One end as it is written; `far` is the port at the other end where it is said."""

    here: End
    to: str
    far: str | None


@dataclass
class _Cables:
    source: Source
    switches: Mapping[str, SwitchEntry]
    ports: dict[str, Ports]
    problems: list[Problem] = field(default_factory=list)
    written: list[_Cable] = field(default_factory=list)
    taken: dict[End, End] = field(default_factory=dict)

    def join(self) -> None:
        self.written = list(self._written())
        for cable in self.written:
            if cable.far is not None:
                self._join(cable, (cable.to, cable.far))
        for cable in self.written:
            if cable.far is None and cable.here not in self.taken:
                self._find(cable)

    def _refuse(self, end: End, message: str) -> None:
        self.problems.append(self.source.problem(["switches", end[0], "ports", end[1], "to"], message))

    def _written(self) -> Iterator[_Cable]:
        for switch, entry in self.switches.items():
            for key, said in entry.ports.items():
                if said.to is None or key not in self.ports[switch] or self.ports[switch][key].to is None:
                    continue
                to, slash, far = said.to.partition("/")
                if to == switch:
                    self._refuse((switch, key), say("cable_to_itself", value=switch))
                elif to in self.switches:
                    yield _Cable((switch, key), to, far if slash else None)
                elif slash:
                    self._refuse((switch, key), say("cable_no_port", value=to, expected=to))

    def _find(self, cable: _Cable) -> None:
        """The far end of a cable where no port is said: the one port there that names us."""
        open_ones = [c for c in self.written if c.here not in self.taken]
        ours = [c for c in open_ones if c.here[0] == cable.here[0] and c.to == cable.to]
        theirs = [c for c in open_ones if c.here[0] == cable.to and c.to == cable.here[0]]
        if len(ours) == len(theirs) == 1:
            self._join(cable, theirs[0].here)
            return
        free = (p for p, port in self.ports[cable.to].items() if not port.used and (cable.to, p) not in self.taken)
        port = min(c.here for c in theirs)[1] if theirs else next(free, None)
        shown = say("example", example=f"to: {cable.to}/{port}") if port else ""
        self._refuse(cable.here, say("cable_other_end", value=cable.to, example=shown))

    def _join(self, cable: _Cable, far: End) -> None:
        if self.taken.get(cable.here) == far:
            return  # the other end said so
        if message := self._trouble(cable, far):
            self._refuse(cable.here, message)
            return
        self.taken[cable.here], self.taken[far] = far, cable.here
        here, there = self._port(cable.here), self._port(far)
        self.ports[cable.here[0]][cable.here[1]] = here.model_copy(update={"far": far[1]})
        mirrored = {"to": cable.here[0], "far": cable.here[1]}
        self.ports[far[0]][far[1]] = (there if there.used else here).model_copy(update=mirrored)

    def _port(self, end: End) -> Port:
        return self.ports[end[0]].get(end[1], UNUSED)

    def _trouble(self, cable: _Cable, far: End) -> str:
        """Why two ports cannot be the ends of one cable, or nothing."""
        here, there = self._port(cable.here), self._port(far)
        if unknown := not_of_model([far[1]], self.switches[far[0]].model or ""):
            return unknown
        for end in (far, cable.here):
            if end in self.taken:
                return say("cable_twice", port=end[1], value=end[0], where=" ".join(self.taken[end]))
        back = next((c for c in self.written if c.here == far), None)
        agrees = back is not None and back.to == cable.here[0] and back.far in (None, cable.here[1])
        if there.to is not None and not agrees:
            seen = f"{back.to}/{back.far}" if back and back.far else there.to
            return say("cable_disagrees", port=far[1], value=far[0], seen=seen, expected="/".join(cable.here))
        if not there.used and there.profile is not None:
            return say("cable_unused", port=far[1], value=far[0])
        if there.used and set(there.carries) != set(here.carries):
            words = [", ".join(end.carries) or say("nothing") for end in (here, there)]
            return say("cable_networks", here=words[0], port=far[1], value=far[0], there=words[1])
        return ""
