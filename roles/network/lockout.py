"""What is refused before anything is sent: a change after which nobody reaches the device, or that cuts people off."""

from collections.abc import Iterator, Sequence

from roles.network.planner import Paths
from roles.network.platform import View
from roles.network.shown import Host


def refusal(paths: Paths, hosts: Sequence[Host], removed: Sequence[int]) -> str | None:
    """Why a change must not be made; None where it may. `removed` are the VLANs that go."""
    return next(_reasons(paths, hosts, removed), None)


def _reasons(paths: Paths, hosts: Sequence[Host], removed: Sequence[int]) -> Iterator[str]:
    before, after = paths.before, paths.after
    if before.users and not after.users:
        yield "it would remove the last local user; name one that stays"
    if before.admits and not after.admits:
        yield "it would close the last way to log in; leave one terminal line open to SSH"
    if after.local and not before.local and not after.users:
        yield "whoever logs in would have to be a local user (aaa new-model), and there is none; make one first"
    if before.paths:
        yield from _cut(paths, hosts)
    for vlan in removed:
        if left := [name for name, port in after.ports.items() if vlan in port.members]:
            yield f"VLAN {vlan} would go, and port {left[0]} is in it, which the inventory does not name; name it first"
        # The gateway of a VLAN is always in it, and leaves with it; not so where it is what answers us.
        people = [host for host in hosts if not host.ours or vlan in before.paths]
        if live := [host for host in people if host.vlan == vlan and not _moves_along(paths, host)]:
            shown = f"{live[0].mac} on {live[0].port}" + (f" and {len(live) - 1} more" if len(live) > 1 else "")
            yield f"VLAN {vlan} would go, and hosts live in it ({shown}); move them or unplug them first"


def _cut(paths: Paths, hosts: Sequence[Host]) -> Iterator[str]:
    """Why the management path would be cut for good."""
    before, after = paths.before, paths.after
    now = ", ".join(f"VLAN {vlan}" for vlan in sorted(before.paths))
    if not after.paths:
        yield f"it would cut the management path ({now}) for good: no address would be left in a VLAN with a port"
        return
    if before.gateway and not after.gateway:
        yield "it would remove the default gateway, through which the bastion is answered"
    if after.gateway and not any(after.gateway in address.network for address in after.paths.values()):
        yield f"the default gateway {after.gateway} is in no network that the switch would have"
    used = _used(before, hosts)
    problems = {port: why for port in used or _carriers(before) if (why := _lost(paths, port, now))}
    # Where nobody is seen behind any port we do not know which is ours: one that stays is enough.
    if problems and (used or len(problems) == len(_carriers(before))):
        yield problems[min(problems)]


def _lost(paths: Paths, port: str, now: str) -> str | None:
    """How a port would lose our session."""
    if port not in _carriers(paths.after):
        return f"it would cut the management path: {port} carries it ({now}) and would no longer"
    if paths.lets_go(port) and not _bridges(paths, port):
        return f"{port} cannot carry the old and the new management VLAN at once: make it a trunk of both first"
    was, will_be = paths.before.ports[port], paths.after.ports[port]
    if will_be.asks and not was.asks:
        return f"it would ask who is behind {port}, which carries the management path ({now}): a link does not say"
    if will_be.shuts and not was.shuts:
        return f"it would shut {port}, which carries the management path ({now}), once a switch behind it speaks"
    if was.mixed and any(
        (was.untagged == vlan) != (will_be.untagged == vlan)
        for vlan in was.carries & will_be.carries & paths.before.paths.keys() & paths.after.paths.keys()
    ):
        return f"it would change whether the management path ({now}) is tagged on {port}, and its other end would not"
    untagged = {view.native if view.trunk else None for view in (was, will_be)} & paths.before.paths.keys()
    if was.trunk and will_be.trunk and was.native != will_be.native and untagged & paths.after.paths.keys():
        return f"it would change whether the management path ({now}) is tagged on {port}, and its other end would not"
    return None


def _used(view: View, hosts: Sequence[Host]) -> frozenset[str]:
    """The ports that our session may come through: hosts of the management VLAN are behind them. Trunks, if any are."""
    ports = {host.port for host in hosts if host.vlan in view.paths and host.port in view.carriers(host.vlan)}
    return frozenset({port for port in ports if view.ports[port].trunk} or ports)


def _carriers(view: View) -> frozenset[str]:
    return frozenset(port for vlan in view.paths for port in view.carriers(vlan))


def _bridges(paths: Paths, port: str) -> bool:
    """Whether the port carries both management VLANs while they change: as it is, or as a trunk that gains first."""
    already = any(port in paths.before.carriers(vlan) for vlan in paths.after.paths)
    both_trunks = paths.before.ports[port].trunk and paths.after.ports[port].trunk and not paths.after.ports[port].mixed
    return already or both_trunks or paths.bridged_by_tag(port) or paths.bridged_without_tag(port)


def _moves_along(paths: Paths, host: Host) -> bool:
    """Whether a host is on an access port that changes its VLAN: it is not left behind."""
    before, after = paths.before.ports.get(host.port), paths.after.ports.get(host.port)
    return bool(before and after and not before.trunk and after.carries and host.vlan not in after.carries)
