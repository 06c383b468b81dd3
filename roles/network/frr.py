"""FRR routers, through vtysh: what is ours, what replaces what, and in which order."""

from hier_config import HConfig
from hier_config.models import MatchRule, PerLineSubRule, SectionalExitingRule
from hier_config.platforms.driver_base import HConfigDriverBase, HConfigDriverRules

from roles.network.dialogue import Dialogue
from roles.network.guard import RouterGuard
from roles.network.ios_session import IosSession
from roles.network.platform import Owned, Platform, ordered, replaces

BGP, FAMILY = r"router bgp ", r"address-family "


class Driver(HConfigDriverBase):
    """vtysh's integrated configuration. An interface holds several addresses: a new one replaces none."""

    @staticmethod
    def _instantiate_rules() -> HConfigDriverRules:
        return HConfigDriverRules(
            indentation=1,
            per_line_sub=[
                PerLineSubRule(search=pattern, replace="")
                for pattern in (
                    r"^(Building configuration|Current configuration).*",
                    r"^\s*!.*",
                    r"^\s*(exit|exit-address-family|end)$",
                )
            ],
            sectional_exiting=[
                SectionalExitingRule(
                    match_rules=(MatchRule(startswith="router bgp "), MatchRule(startswith="address-family ")),
                    exit_text="exit-address-family",
                )
            ],
            idempotent_commands=[
                replaces(r"ip prefix-list (\S+) seq (\d+) "),
                replaces(r"interface ", r"description "),
                replaces(BGP, r"bgp router-id "),
                replaces(BGP, r"neighbor (\S+) remote-as "),
                replaces(BGP, r"neighbor (\S+) description "),
                replaces(BGP, r"neighbor (\S+) password "),
                replaces(BGP, r"neighbor (\S+) bfd profile "),
                replaces(BGP, r"neighbor (\S+) timers connect "),
                replaces(BGP, FAMILY, r"neighbor (\S+) route-map \S+ (in|out)"),
                replaces(r"route-map ", r"set (local-preference|community|as-path prepend) "),
                replaces(r"bfd$", r"profile ", r"(detect-multiplier|transmit-interval|receive-interval) "),
                replaces(BGP, FAMILY, r"neighbor (\S+) prefix-list \S+ (in|out)"),
                replaces(BGP, FAMILY, r"neighbor (\S+) maximum-prefix "),
            ],
            ordering=[
                ordered(-20, r"ip prefix-list "),  # a filter exists before a session uses it
                ordered(-15, r"route-map "),
                ordered(-15, r"bfd$"),
                ordered(50, r"interface ", r"no ip address "),  # after the address that takes its place
                ordered(50, BGP, r"no neighbor \S+ remote-as "),  # the other lines of a neighbour go with it
                ordered(60, r"no (ip prefix-list|route-map) "),
            ],
        )


def _nothing(_running: HConfig, _remediation: HConfig) -> None:
    """The rules say all of it."""


FRR = Platform(
    name="frr",
    netmiko="cisco_ios",  # netmiko has no driver for vtysh, which behaves like IOS
    session=IosSession,
    driver=Driver,
    owned=(
        Owned(r"ip prefix-list RESINA-(IN|OUT) .*", removed=True),
        Owned(
            r"route-map RESINA-\S+ permit \d+", lines=r"set (local-preference|community|as-path prepend) ", removed=True
        ),
        Owned(r"bfd", lines=r"profile RESINA$"),
        Owned(r"interface \S+", lines=r"description |ip address "),
        Owned(r"router bgp \d+", lines=r"bgp router-id |neighbor |address-family ipv4 unicast"),
    ),
    ordinary=r"(frr version|frr defaults|hostname|log|service integrated-vtysh-config|no ipv6 forwarding)",
    error=r"^%.*$",
    running="show running-config",
    startup=None,  # vtysh has the command, and it prints nothing
    save=Dialogue("write memory", r"\[OK\]"),
    refine=_nothing,
    guard=RouterGuard(),
)
