"""Whether a switch does what it must, by what it shows of itself."""

from collections.abc import Iterable

from roles.lan.intent import SwitchIntent, SwitchPort
from roles.network.shown import Membership, Shown


def problems(wanted: SwitchIntent, shown: Shown) -> list[str]:
    """What is wrong with the VLANs and with the membership of the ports."""
    found = [
        f"VLAN {vlan.number} {vlan.name} is {shown.vlans.get(vlan.number, 'absent')}"
        for vlan in wanted.vlans
        if shown.vlans.get(vlan.number) != vlan.name
    ]
    for port in wanted.ports:
        present = shown.ports.get(port.name)
        if present is None or not _is(present, port):
            is_now = "absent" if present is None else _words(present)
            found.append(f"{port.name} is {is_now}, not {_words(_wanted(port))}")
    return found


def _is(present: Membership, wanted: SwitchPort) -> bool:
    """Telephones, and what a trunk has without tag, not every platform shows."""
    if wanted.access is None:
        untagged = {present.access} & {*wanted.vlans}
        return present.trunk and present.tagged | untagged == {*wanted.vlans}
    return present.access == wanted.access and present.tagged <= {wanted.voice}


def _wanted(port: SwitchPort) -> Membership:
    if port.access is None:
        return Membership(trunk=True, tagged=frozenset(port.vlans))
    return Membership(trunk=False, access=port.access)


def _words(port: Membership) -> str:
    return f"trunk {_list(port.tagged)}" if port.trunk else f"access {port.access}"


def _list(vlans: Iterable[int]) -> str:
    return ",".join(map(str, sorted(vlans)))
