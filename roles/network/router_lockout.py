"""What is refused before anything is sent to an edge router: a change after which nobody reaches it."""

from collections.abc import Iterator

from roles.network.router_planner import Ways
from roles.network.routing import RouterView


def refusal(ways: Ways) -> str | None:
    """Why a change must not be made; None where it may."""
    return next(_reasons(ways.before, ways.after), None)


def _reasons(before: RouterView, after: RouterView) -> Iterator[str]:
    if before.users and not after.users:
        yield "it would remove the last local user; name one that stays"
    if after.asks_local and not before.asks_local and not before.users:
        yield "it would ask for users of its own, and it has none; make one first: username … secret …"
    if before.admits and not after.admits:
        yield "it would close the last way to log in; leave one terminal line open to SSH"
    if after.bastions is not None and not after.bastions:
        yield "it would let nobody log in: no bastion is declared"
    elif before.bastions and after.bastions and not before.bastions & after.bastions:
        yield f"it would shut out every bastion that may log in now ({', '.join(sorted(before.bastions))}); add first"
    if before.asns and before.asns != after.asns:
        was, now = (", ".join(map(str, sorted(some))) or "none" for some in (before.asns, after.asns - before.asns))
        yield f"its AS number would change from {was} to {now}, which ends every session: do that at its console"
    if before.leading:
        yield from _cut(before, after)


def _cut(before: RouterView, after: RouterView) -> Iterator[str]:
    """Why the management path would be cut for good, or could not be changed from afar."""
    now = ", ".join(f"{name} to {way.peer}" for name, way in sorted(before.leading.items()))
    if not any(name in after.addresses for name in before.ways.keys() | after.ways.keys()):
        yield f"it would cut the management path ({now}) for good: no uplink would have an address"
        return
    if not after.ways:
        yield f"it would cut the management path ({now}) for good: no session with a core of RESINA would be left"
        return
    if not after.leading:
        yield "it would no longer learn the default route, through which the bastion is answered"
    for name, way in before.ways.items():
        for other, address in after.addresses.items():
            if other != name and address.network.overlaps(way.address.network):
                yield f"the link to {way.peer} would move from {name} to {other}: a cable moves too, so do it there"
    lost = sorted(
        (network, switch)
        for network in before.announced - after.announced
        for switch in before.switches & after.switches
        if switch in network and not any(switch in other for other in after.announced)
    )
    if lost:
        network, switch = lost[0]
        yield f"{network} would no longer be announced, and the bastions reach switches there ({switch})"
