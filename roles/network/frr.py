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


REASONS = (
    (r"ip prefix-list RESINA-IN seq \d+ deny .*", "a network of its own never comes from RESINA"),
    (r"ip prefix-list RESINA-IN seq \d+ permit 0\.0\.0\.0/0", "the default route is taken"),
    (r"ip prefix-list RESINA-IN seq \d+ permit .*", "networks that are taken from RESINA"),
    (r"ip prefix-list RESINA-OUT seq \d+ permit .*", "a network of its own may be announced"),
    (r"ip prefix-list RESINA-OUT seq \d+ deny any", "nothing else is: no transit through a building"),
    (r"set local-preference .*", "which uplink its own traffic takes: the higher"),
    (r"set as-path prepend .*", "the way back looks longer over this uplink"),
    (r"set community .*", "tells RESINA which uplink this is"),
    (r"(no )?detect-multiplier .*", "how many signs of life may be missed"),
    (r"(no )?(transmit|receive)-interval .*", "milliseconds between two signs of life"),
    (r"description .*", "what is at its other end"),
    (r"ip address .*", "its address there"),
    (r"bgp router-id .*", "its name among routers"),
    (r"neighbor \S+ remote-as .*", "a core of RESINA"),
    (r"neighbor \S+ description .*", "which core that is"),
    (r"neighbor \S+ password .*", "nobody else speaks in its name"),
    (r"neighbor \S+ bfd( profile .*)?", "a silent loss is seen in a fraction of a second"),
    (r"neighbor \S+ timers connect .*", "a session that was refused is soon tried again"),
    (r"network .*", "announced to RESINA"),
    (r"neighbor \S+ prefix-list \S+ in", "only what a building is to hear is taken"),
    (r"neighbor \S+ prefix-list \S+ out", "only its own networks are announced"),
    (r"neighbor \S+ route-map \S+ in", "primary or backup, for its own traffic"),
    (r"neighbor \S+ route-map \S+ out", "primary or backup, for the way back"),
    (r"neighbor \S+ maximum-prefix .*", "more than that is a leak: the session ends"),
)

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
    reasons=REASONS,
    guard=RouterGuard(),
)
