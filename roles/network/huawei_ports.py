"""The VLANs of a VRP port: lists that only add, a VLAN 1 that is there unless it is taken out, and kinds of ports.

A port changes its kind only once it is as the factory made it: VRP refuses (`Please renew the default configurations`).
"""

from collections.abc import Iterator, Sequence

from hier_config import HConfig
from hier_config.child import HConfigChild

from roles.network.huawei_vlans import lines, parsed, written
from roles.network.platform import PortView

KIND = "port link-type "
DEFAULT = "port default vlan "
PVID = "port trunk pvid vlan "
ALLOW = "port trunk allow-pass vlan"
EXACTLY = f"{ALLOW} exactly"  # ours, never sent: the whole set of a trunk in one line
TAGGED, UNTAGGED, HYBRID_PVID = "port hybrid tagged vlan", "port hybrid untagged vlan", "port hybrid pvid vlan "
SWITCHING = ("port default ", "port trunk ", "port hybrid ")


def as_sets(config: HConfig) -> None:
    """However it is written: what a trunk carries is one line, and each VLAN of a hybrid port is one."""
    for port in config.get_children(startswith="interface "):
        for line in [*port.get_children(startswith=TAGGED), *port.get_children(startswith=UNTAGGED)]:
            if len(vlans := parsed(line.text.partition(" vlan ")[2])) > 1:
                line.delete()
                port.add_children(f"{line.text.partition(' vlan ')[0]} vlan {vlan}" for vlan in sorted(vlans))
        if _value(_texts(port), KIND) != "trunk" or port.get_child(startswith=EXACTLY) is not None:
            continue
        carried = _trunk(_texts(port))
        for line in [*port.get_children(startswith=ALLOW), *port.get_children(startswith=f"undo {ALLOW}")]:
            line.delete()
        port.add_child(f"{EXACTLY} {written(carried)}".rstrip())


def in_order(running: HConfig, remediation: HConfig) -> None:
    """Lines that VRP takes: only the VLANs that come or go; a port that changes its kind is emptied first."""
    for port in list(remediation.get_children(startswith="interface ")):
        found = running.get_child(equals=port.text)
        before, proposed = _texts(found) if found else [], _texts(port)
        after = _wanted(before, proposed)
        again = [line for line in port.children if _again(line.text, proposed)]
        for line in again:  # it changes its tag, and does not go
            line.delete()
        if [_value(before, KIND), _value(before, EXACTLY)] == [_value(after, KIND), _value(after, EXACTLY)]:
            continue
        was, will = _trunk(before), _trunk(after)
        if _value(before, KIND) == _value(after, KIND):
            sets = [*lines(ALLOW, will - was), *lines(f"undo {ALLOW}", was - will)]
            wanted = [line for line in proposed if EXACTLY not in line] + sets
        else:
            wanted = _changing(before, proposed, will)
        for line in list(port.children):
            line.delete()
        port.add_children(wanted)


def carries(texts: Sequence[str], protected: bool = False) -> PortView:
    """What a port carries. VRP's own kind, without a line for it, is VLAN 1 without tags.

    `protected`: the switch shuts edge ports behind which a switch speaks.
    """
    kind = _value(texts, KIND)
    tagged, untagged = _list(texts, TAGGED), _list(texts, UNTAGGED)
    trunk = kind == "trunk" or len(tagged) > 1  # one is for the telephones at a desk
    shuts = (protected and "stp edged-port enable" in texts) or "stp root-protection" in texts
    if "shutdown" in texts or any(line.startswith("eth-trunk ") for line in texts):
        return PortView(trunk, frozenset())  # a member of a bundle carries only through the bundle
    if kind == "trunk":
        return PortView(trunk, _trunk(texts), native=int(_value(texts, PVID) or 1), shuts=shuts)
    if kind == "access":
        return PortView(trunk, frozenset({int(_value(texts, DEFAULT) or 1)}), shuts=shuts)
    left_out = _list(texts, "undo port hybrid vlan")
    return PortView(trunk, tagged | untagged | (frozenset({1}) - left_out), shuts=shuts)


def _changing(before: Sequence[str], proposed: Sequence[str], will: frozenset[int]) -> list[str]:
    """The whole section of a port that changes its kind, in the order in which VRP takes it."""
    kind = [line for line in proposed if line.removeprefix("undo ").startswith(KIND.rstrip())]
    others = [line for line in proposed if line not in kind and not line.removeprefix("undo ").startswith(SWITCHING)]
    others.sort(key=lambda line: line == "undo shutdown")
    new = [line for line in proposed if _of(kind[0], line) and EXACTLY not in line]
    first = [line for line in others if line == "shutdown" or line.startswith(("description ", "undo description"))]
    if kind == [f"{KIND}trunk"]:
        new += [*(lines(f"undo {ALLOW}", {1} - will)), *lines(ALLOW, will - {1})]
    return [*first, *_emptied(before), *kind, *new, *(line for line in others if line not in first)]


def _of(kind: str, line: str) -> bool:
    """Whether a line is about the VLANs of a port of this kind."""
    beginnings = {f"{KIND}access": DEFAULT, f"{KIND}trunk": "port trunk "}
    hybrid = line.startswith((TAGGED, UNTAGGED, HYBRID_PVID)) or line == "undo port hybrid vlan 1"
    return line.startswith(beginnings[kind]) if kind in beginnings else hybrid


def _emptied(texts: Sequence[str]) -> Iterator[str]:
    """What makes a port's VLANs those of the factory."""
    for setting in (DEFAULT, PVID, HYBRID_PVID):
        if _value(texts, setting) is not None:
            yield f"undo {setting.rstrip()}"
    carried = _trunk(texts) if _value(texts, KIND) == "trunk" else frozenset({1})
    yield from lines(ALLOW, {1} - carried)
    yield from lines(f"undo {ALLOW}", carried - {1})
    yield from lines(UNTAGGED, _list(texts, "undo port hybrid vlan") & {1})
    yield from lines("undo port hybrid vlan", (_list(texts, TAGGED) | _list(texts, UNTAGGED)) - {1})


def _again(line: str, proposed: Sequence[str]) -> bool:
    """Whether a VLAN that would be taken from a hybrid port is put there by another line."""
    vlan = line.removeprefix("undo port hybrid vlan ")
    return vlan != line and any(f"{how} {vlan}" in proposed for how in (TAGGED, UNTAGGED))


def _wanted(before: Sequence[str], proposed: Sequence[str]) -> list[str]:
    """What the section will be, as far as its kind and its VLANs go."""
    gone = {line.removeprefix("undo ") for line in proposed if line.startswith("undo ")}
    kept = [line for line in before if line not in gone and not (line.startswith(KIND) and KIND.rstrip() in gone)]
    return [line for line in proposed if not line.startswith("undo ")] + kept  # the first one found is what counts


def _trunk(texts: Sequence[str]) -> frozenset[int]:
    """What a trunk carries, as the device says it or as we do."""
    if (exactly := _value(texts, EXACTLY)) is not None:
        return parsed(exactly)
    return (frozenset({1}) | _list(texts, ALLOW)) - _list(texts, f"undo {ALLOW}")


def _list(texts: Sequence[str], beginning: str) -> frozenset[int]:
    return frozenset().union(*(parsed(line.removeprefix(beginning)) for line in texts if line.startswith(beginning)))


def _value(texts: Sequence[str], beginning: str) -> str | None:
    return next((line.removeprefix(beginning).strip() for line in texts if line.startswith(beginning)), None)


def _texts(section: HConfig | HConfigChild) -> list[str]:
    return [line.text for line in section.children]
