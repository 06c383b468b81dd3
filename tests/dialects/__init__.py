"""Any pair of configurations, of any platform: what must be true of every plan. Each platform says how it writes them.

The switch is the lab's, without Open vSwitch. Its management path is a model in the switch, not in the planner.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from hier_config import get_hconfig
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from roles.network.plan import Plan, plan
from roles.network.planner import Line, Part
from roles.network.platform import Platform
from roles.network.shown import Host
from roles.played.switch.files.switch.machine import Switch
from roles.played.switch.files.switch.management import reached
from roles.played.switch.files.switch.personality import Personality, Session
from tests.played import Plane

MANY = os.environ.get("EXAMPLES")  # thousands, other ones each time; without it the same ones in each run
EXAMPLES = int(MANY or 100)
NUMBERS = (10, 20, 30)  # VLANs of users
MANAGEMENT = {98: "10.20.98.", 99: "10.20.99.", 97: "10.20.99."}  # 97 and 99 have the same network


@dataclass(frozen=True)
class Wish:
    """One configuration, as the inventory or a person would make it: `text` as the device would print it.

    `management`: the VLAN of its `address`. `access`: whether the door carries only that one, without tags.
    """

    text: str
    management: int
    address: str
    vlans: frozenset[int]
    access: bool


@dataclass(frozen=True)
class Dialect:
    """How one platform writes configurations, and how its command line is spoken."""

    platform: Platform
    personality: Personality
    door: str  # the port behind which we are
    wishes: Callable[[bool], st.SearchStrategy[Wish]]  # True: as found in the field, not only as we would write it
    enter: str  # the command that begins to configure
    foreign: str  # lines that nobody intends, with which each switch begins, and that stay
    vlan: Callable[[int], str]  # the lines that keep a VLAN
    answers: Mapping[str, str] = field(default_factory=dict)  # to questions, by how their prompt ends
    asked: Callable[[str], tuple[str, str | None]] = lambda line: (line, None)  # what is typed, and a password then


def property_of(dialect: Dialect) -> Callable[[Path], None]:
    """The test of a platform: a plan, typed line by line, ends at the intention, and the switch stays within reach."""

    @settings(
        max_examples=EXAMPLES,
        derandomize=not MANY,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
        phases=[Phase.generate, Phase.shrink],
    )
    @given(
        before=dialect.wishes(True),
        after=dialect.wishes(False),
        behind=st.sets(st.sampled_from(NUMBERS), max_size=1),
    )
    def test(tmp_path: Path, before: Wish, after: Wish, behind: set[int]) -> None:
        Trial(dialect, tmp_path).run(before, after, behind)

    return test


@dataclass(frozen=True)
class Trial:
    """One pair, on one switch."""

    dialect: Dialect
    folder: Path

    def run(self, before: Wish, after: Wish, behind: Iterable[int]) -> None:
        session = self.switched(f"{before.text}\n{self.dialect.foreign}")
        assert before.address in self.reached(session)
        hosts = [self.gateway(before), *(Host(vlan, "02000a140a15", self.dialect.door) for vlan in behind)]
        hosts = [host for host in hosts if host.vlan in before.vlans]
        wanted, planned = after, self.planned(session, after, hosts)
        if planned.refused and (left_behind := {host.vlan for host in hosts} - after.vlans):
            event("refused: hosts live in a VLAN that goes")
            keeping = "".join(f"\n{self.dialect.vlan(vlan)}" for vlan in left_behind)
            wanted = replace(after, text=after.text + keeping)
            planned = self.planned(session, wanted, hosts)  # the documented way: it goes once they have gone
        if planned.refused:
            event("refused: the port cannot carry both VLANs, or would change the tag of ours")
            assert before.management != after.management or before.access != after.access, planned.refused
            assert before.access or after.access, planned.refused
            return
        event(f"the address moves in one write: {planned.part(Part.MOVE) != ()}")
        event(
            f"other lines go in one write: {any(line.at_once and line.part is not Part.MOVE for line in planned.lines)}"
        )
        self.typed(session, planned, before, after)
        if wanted is not after:
            planned = self.planned(session, after, [self.gateway(after)])
            assert planned.refused is None
            self.typed(session, planned, after, after)
        self.ended(session, after)

    def switched(self, text: str) -> Session:
        """A session with a switch on which a configuration was typed."""
        switch = Switch(Plane(self.dialect.personality), self.folder / "startup-config", self.dialect.personality)
        session = self.dialect.personality.session(switch)
        session.feed(self.dialect.enter)
        for line in text.splitlines():
            self.told(session, line)
        session.end()
        return session

    def told(self, session: Session, line: str) -> None:
        """Type a line, which is not refused, and answer what it asks."""
        typed, password = self.dialect.asked(line.strip())
        answer = session.feed(typed)
        while password and session.prompt.endswith("Password:"):
            answer += session.feed(password)
        while reply := next((r for end, r in self.dialect.answers.items() if session.prompt.endswith(end)), None):
            answer += session.feed(reply)
        assert not self.dialect.personality.refuses(answer), (line, answer)

    def planned(self, session: Session, wish: Wish, hosts: list[Host]) -> Plan:
        return plan(self.dialect.platform, self.running(session), wish.text, lambda: hosts)

    def running(self, session: Session) -> str:
        """What it runs, also what it does not show with the rest."""
        text, unsaid = session.feed(self.dialect.platform.running), self.dialect.platform.unsaid
        return "\n".join([text, *unsaid.lines(session.feed(unsaid.command)), ""]) if unsaid else text

    def typed(self, session: Session, planned: Plan, before: Wish, after: Wish) -> None:
        """Type a plan; after each line one of the two addresses answers, but for what goes in one write."""
        session.feed(self.dialect.enter)
        for line, following in zip(planned.lines, [*planned.lines[1:], None], strict=True):
            self.told(session, line.text)
            if not _within(line, following):
                answers = self.reached(session)
                assert answers & {before.address, after.address}, (line, answers)
                assert line.part <= Part.MOVE or after.address in answers, line
        session.end()

    def ended(self, session: Session, after: Wish) -> None:
        """The switch is what was intended, and what nobody intends is still there."""
        assert self.planned(session, after, [self.gateway(after)]).lines == ()
        ideal = self.switched(f"{after.text}\n{self.dialect.foreign}")
        assert self.configuration(session) == self.configuration(ideal)
        assert self.reached(session) == self.reached(ideal) >= {after.address}

    def configuration(self, session: Session) -> set[tuple[str, ...]]:
        text = self.running(session)
        return {tuple(line.path()) for line in get_hconfig(self.dialect.platform.driver(), text).all_children()}

    def reached(self, session: Session) -> set[str]:
        return reached(switch_of(session).config, self.dialect.door)

    def gateway(self, wish: Wish) -> Host:
        """What the switch learns of us: our session comes from there."""
        return Host(wish.management, "00005e000101", self.dialect.door)


def _within(line: Line, following: Line | None) -> bool:
    """Whether a line and the next one go in one write: nobody looks between them."""
    return bool(line.at_once and following and following.at_once and following.part is line.part)


def switch_of(session: Session) -> Switch:
    """The switch of a session: every personality's session has one, and `Session` does not say so."""
    switch: Switch = vars(session)["switch"]
    return switch
