"""The rules of edge routers that are devices: by lines that must, or must not, be in what they run.

Sources: DISA STIG "Cisco IOS XE Router RTR" by id, from general knowledge, not held against the document; what routers
have in common with switches is taken from there.
"""

from dataclasses import replace

from roles.compliance.rules import IOS, RULES, Rule

ROUTER = "cisco_ios_router"
COMMON = (
    *("no-cdp", "ssh-2", "ssh-alone", "no-http", "session-timeout", "login-block", "banner", "passwords-hidden"),
    *("no-pad", "no-snmp-communities"),
)


def _of_routers(rule: Rule) -> Rule:
    """A rule for every device of Cisco, as it is for routers."""
    present, absent = ({ROUTER: lines[IOS]} if IOS in lines else {} for lines in (rule.present, rule.absent))
    return replace(rule, ask=None, lines=None, present=present, absent=absent)


def _rule(identifier: str, title: str, source: str, lines: str, *present: str) -> Rule:
    return Rule(identifier, title, source, lines=lines, present={ROUTER: present})


ROUTER_RULES = (
    *(_of_routers(rule) for rule in RULES if rule.id in COMMON),
    _rule("time", "the time comes from the domain controllers", "CISC-ND-001030", "ntp", r"ntp server .*"),
    _rule("remote-syslog", "the log is kept elsewhere too", "CISC-ND-001450", "logging", r"logging host .*"),
    _rule("bastions-only", "only the bastions log in", "CISC-ND-000140", "BASTIONS", "access-class BASTIONS in"),
    _rule("local-users", "its own users let in", "CISC-ND-000490", "aaa", "aaa authentication login .*local"),
    _rule("bgp-one-hop", "sessions are one hop long", "CISC-RT-000470", "ttl-sec", r"neighbor \S+ ttl-security .*"),
    _rule("bgp-keys", "each session has a key", "CISC-RT-000480", "password", r"neighbor \S+ password .*"),
    _rule(
        "bgp-own-networks",
        "our own networks are never learned from outside",
        "CISC-RT-000500",
        "RESINA-IN",
        r"ip prefix-list RESINA-IN seq \d+ deny .*",
        r"neighbor \S+ prefix-list RESINA-IN in",
    ),
    _rule(
        "bgp-no-transit",
        "only our own networks leave",
        "CISC-RT-000510",
        "RESINA-OUT",
        r"ip prefix-list RESINA-OUT seq 1000 deny 0\.0\.0\.0/0 le 32",
        r"neighbor \S+ prefix-list RESINA-OUT out",
    ),
    _rule("bgp-maximum", "a flood of prefixes ends", "CISC-RT-000560", "maximum", r"neighbor \S+ maximum-prefix .*"),
    _rule("bfd", "a silent link is left", "platform.yaml", "bfd", r"neighbor \S+ fall-over bfd", r"bfd interval .*"),
    _rule("zones", "between networks nothing passes", "CISC-RT-000120", "zone|inspect", r"zone-member security .*"),
    _rule("spoofing", "nobody takes addresses of others", "CISC-RT-000310", "ip verify", r"ip verify unicast .* rx"),
    _rule("no-redirects", "it sends nobody elsewhere", "CISC-RT-000190", "ip redirects", "no ip redirects"),
    _rule("no-proxy-arp", "it answers for nobody else", "CISC-RT-000380", "ip proxy-arp", "no ip proxy-arp"),
    _rule("silent-uplinks", "no LLDP to RESINA", "CISC-RT-000360", "lldp", "no lldp transmit", "no lldp receive"),
    _rule("unused-shut", "interfaces that are for nothing are shut", "CISC-RT-000060", r"\bshutdown"),
)
