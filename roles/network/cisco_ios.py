"""Cisco IOS access switches: what is ours, what replaces what, and in which order."""

from hier_config import HConfig
from hier_config.platforms.cisco_ios.driver import HConfigDriverCiscoIOS
from hier_config.platforms.driver_base import HConfigDriverRules
from netutils.vlan import vlanconfig_to_list, vlanlist_to_config

from roles.network.platform import Owned, Platform, ordered, replaces

ALLOWED = "switchport trunk allowed vlan "


class Driver(HConfigDriverCiscoIOS):
    """hier_config's driver, without the moments in which it cuts the path that carries the change."""

    @staticmethod
    def _instantiate_rules() -> HConfigDriverRules:
        rules = HConfigDriverCiscoIOS._instantiate_rules()
        rules.idempotent_commands.extend(
            [
                replaces("hostname "),
                replaces("ip default-gateway "),
                replaces("interface ", "switchport access vlan "),
                replaces("interface ", "switchport trunk native vlan "),
                replaces("interface ", ALLOWED),
            ]
        )
        rules.ordering.extend(
            [
                ordered(-20, "interface ", ALLOWED),  # before the port becomes a trunk, which would carry all VLANs
                ordered(50, "interface Vlan"),  # the address that carries the change, then its gateway
                ordered(60, "ip default-gateway "),
                ordered(70, r"no vlan \d"),  # after the ports that were in it have moved
            ]
        )
        rules.post_load_callbacks.append(_join_allowed_vlans)
        return rules


def _join_allowed_vlans(config: HConfig) -> None:
    """A long list is printed as several lines, `allowed vlan 10,20` then `allowed vlan add 30`: make it one."""
    for interface in config.get_children(startswith="interface "):
        lines = list(interface.get_children(startswith=ALLOWED))
        if not lines or lines[0].text.split()[-1] == "none":
            continue
        vlans = {vlan for line in lines for vlan in vlanconfig_to_list(line.text.split()[-1])}
        lines[0].text = ALLOWED + _list(vlans)
        for line in lines[1:]:
            line.delete()


def add_and_remove_vlans(running: HConfig, remediation: HConfig) -> None:
    """On a trunk that has a list of VLANs, name only those that come or go: the others never stop."""
    for interface in remediation.get_children(startswith="interface "):
        present = running.get_child(equals=interface.text)
        line = interface.get_child(startswith=ALLOWED)
        before = present.get_child(startswith=ALLOWED) if present else None
        if line is None or before is None or before.text.endswith("none"):
            continue
        had, wanted = (set(vlanconfig_to_list(child.text.split()[-1])) for child in (before, line))
        line.delete()
        if added := wanted - had:
            interface.add_child(f"{ALLOWED}add {_list(added)}")
        if removed := had - wanted:
            interface.add_child(f"{ALLOWED}remove {_list(removed)}")


def _list(vlans: set[int]) -> str:
    return vlanlist_to_config(sorted(vlans), first_line_len=10_000, other_line_len=10_000)[0]


CISCO_IOS = Platform(
    name="cisco_ios",
    netmiko="cisco_ios",
    driver=Driver,
    owned=(
        Owned(r"hostname \S+"),
        Owned(r"vlan (?!1$|100[2-5]$)\d+", lines=r"name ", removed=True),  # 1 and 1002-1005 cannot be removed
        Owned(
            r"interface (FastEthernet|GigabitEthernet|TenGigabitEthernet)\S+",
            lines=r"description |switchport |shutdown$|spanning-tree (portfast|bpduguard)",
        ),
        Owned(r"interface Vlan\d+", lines=r"description |ip address |shutdown$"),
        Owned(r"ip default-gateway \S+", removed=True),
    ),
    ordinary=r"(version|service|boot|vtp|spanning-tree mode|spanning-tree extend|no aaa|no ip http|no ip address) ?",
    # Warnings begin with % too.
    error=r"^(%(?!Warning:|Portfast has).*|Command rejected.*|Bad mask.*)$",
    startup="show startup-config",
    refine=add_and_remove_vlans,
)
