"""Cisco IOS XE edge routers: what each line is about, and why it is sent."""

import re

from roles.network.routing import RouterRow, Step

WITHIN = " | "  # between the line that opens a section within a section, and the line in it
FAMILY = "address-family ipv4"
BGP = r"router bgp \d+"
SUB = r"interface (?P<interface>[A-Z]\w+[\d/]+\.\d+)"
PORT = r"interface (?P<interface>(?:FastEthernet|GigabitEthernet|TenGigabitEthernet)[\d/]+)"
ANY = rf"(?:{SUB}|{PORT.replace('interface>', 'port>')})"
INNER = re.escape(f"{FAMILY}{WITHIN}")
ROWS = (
    RouterRow(Step.GUARD, "archive", "path .*", "where it keeps the copy that it goes back to"),
    RouterRow(Step.GUARD, "archive", "maximum .*", "how many copies it keeps"),
    RouterRow(Step.IDENTITY, "", "hostname .*", "its name", stays_there=True),
    RouterRow(Step.IDENTITY, "", "banner login .*", "what is said to whoever comes"),
    RouterRow(Step.IDENTITY, "", "(no )?service pad", "X.25 is not in use", stays_there=True),
    RouterRow(Step.IDENTITY, "", "service tcp-keepalives-(in|out)", "a session whose other end is gone ends"),
    RouterRow(Step.IDENTITY, "", "service password-encryption", "passwords are not readable over a shoulder"),
    RouterRow(Step.IDENTITY, "", "no ip source-route", "nobody else says which way a packet goes", stays_there=True),
    RouterRow(Step.IDENTITY, "", "no cdp run", "it tells nobody what it is; LLDP does inside", stays_there=True),
    RouterRow(Step.IDENTITY, "", "lldp run", "its switch is checked against the inventory"),
    RouterRow(Step.IDENTITY, "", "no ip http (secure-)?server", "it is managed over SSH alone", stays_there=True),
    RouterRow(Step.IDENTITY, "", "ip bgp-community new-format", "communities are written 65000:200"),
    RouterRow(Step.IDENTITY, "", "ntp server .*", "the domain controllers have the time"),
    RouterRow(Step.IDENTITY, "", "logging host .*", "its log is kept elsewhere too"),
    RouterRow(Step.DHCP, "", "(ntp source|logging source-interface) .*", "an address that stays when a link is lost"),
    # Filters
    RouterRow(Step.LIST, "", r"ip prefix-list RESINA-IN seq \d+ deny .*", "a network of ours comes from inside only"),
    RouterRow(Step.LIST, "", r"ip prefix-list RESINA-IN seq \d+ permit .*", "what RESINA may announce to us"),
    RouterRow(Step.LIST, "", r"ip prefix-list RESINA-OUT seq \d+ permit .*", "a network that RESINA may know"),
    RouterRow(Step.LIST, "", r"ip prefix-list RESINA-OUT seq \d+ deny .*", "nothing else leaves: never a transit"),
    RouterRow(Step.LIST, "ip access-list standard BASTIONS", "permit .*", "a bastion: it may log in"),
    RouterRow(Step.LIST, "ip access-list extended SWITCHES", "permit udp .*", "it may ask a switch how it fares"),
    RouterRow(Step.LIST, "ip access-list extended SWITCHES", "permit .*", "a bastion reaches a switch"),
    RouterRow(Step.LIST, "ip access-list extended NOWHERE", "permit .*", "all that such a network may: an address"),
    RouterRow(Step.LIST, r"ip access-list extended MARK-\S+", "permit .*", "what is marked: HTTPS to its machine"),
    RouterRow(Step.LIST, "", "ip dhcp excluded-address .*", "addresses that are not given away"),
    RouterRow(Step.CLASS, r"route-map \S+ permit \d+", "no set .*", "no longer intended", rank=1, stays_there=True),
    RouterRow(
        Step.CLASS, r"route-map \S+ permit \d+", "set local-preference .*", "the highest is the way that is taken"
    ),
    RouterRow(Step.CLASS, r"route-map \S+ permit \d+", "set community .*", "tells RESINA which way it is to take"),
    RouterRow(Step.CLASS, r"route-map \S+ permit \d+", "set as-path .*", "the same, for whoever sees no communities"),
    RouterRow(Step.CLASS, r"class-map .*", "match .*", "what the class is"),
    RouterRow(Step.POLICY, r"policy-map .*", r"class class-default \| set dscp default", "all else leaves without"),
    RouterRow(Step.POLICY, r"policy-map .*", r"class .* \| set dscp .*", "its mark on the way to RESINA"),
    RouterRow(Step.POLICY, r"policy-map .*", r"class .* \| inspect", "what begins inside, and its answers"),
    RouterRow(Step.POLICY, r"policy-map .*", r"class .* \| drop", "nothing else"),
    RouterRow(Step.POLICY, r"policy-map .*", "class .*", "a class of the policy"),
    RouterRow(Step.ZONE, "", "zone security .*", "a network of its own: nothing passes unless a pair says so"),
    RouterRow(Step.PAIR, r"zone-pair security .* destination RESINA", ".*", "this network reaches RESINA"),
    RouterRow(Step.PAIR, r"zone-pair security .*", ".*", "bastions reach the switches"),
    # Of these, what is taken back as a whole
    RouterRow(Step.LIST, "", "ip access-list .*", "intended"),
    RouterRow(Step.CLASS, "", "(route|class)-map .*", "intended"),
    RouterRow(Step.POLICY, "", "policy-map .*", "intended"),
    RouterRow(Step.PAIR, "", "zone-pair .*", "intended"),
    RouterRow(Step.DHCP, "", "ip dhcp pool .*", "intended"),
    # Inside
    RouterRow(Step.LAN_GOES, "", f"no {SUB}", "no longer intended", stays_there=True),
    RouterRow(Step.LAN_GOES, SUB, "no ip address.*", "its network is elsewhere", rank=1, stays_there=True),
    RouterRow(Step.LAN, ANY, "description .*", "what is behind it", rank=1),
    RouterRow(Step.LAN, SUB, "encapsulation .*", "the VLAN, before it has an address", rank=2),
    RouterRow(Step.LAN, SUB, "zone-member .*", "who may reach whom, before it has an address", rank=3),
    RouterRow(Step.LAN, SUB, "ip access-group .*", "the network reaches nothing", rank=3),
    RouterRow(Step.LAN, SUB, "ip verify .*", "nobody sends with an address of others", rank=3),
    RouterRow(Step.LAN, SUB, "service-policy .*", "its marks, and none that a desk gave", rank=3),
    RouterRow(Step.LAN, SUB, "ip address .*", "the gateway of the network", rank=4),
    RouterRow(Step.LAN, ANY, "no ip (redirects|proxy-arp)", "it answers for nobody else", rank=3, stays_there=True),
    RouterRow(Step.LAN, ANY, "no shutdown", "in use", rank=7, stays_there=True),
    RouterRow(Step.LAN, ANY, "no lldp (transmit|receive)", "it tells RESINA nothing", rank=3, stays_there=True),
    RouterRow(Step.LAN, ANY, "no bfd echo", "signs of life at the pace that was agreed", rank=5, stays_there=True),
    RouterRow(Step.LAN, ANY, "no .*", "no longer intended", rank=6, stays_there=True),
    RouterRow(Step.LAN, ANY, "zone-member .*", "towards RESINA: only what a pair lets through", rank=3),
    RouterRow(Step.LAN, ANY, "ip address .*", "our address on the link", rank=4),
    RouterRow(Step.LAN, ANY, "bfd interval .*", "a link that dies in silence is left", rank=5),
    RouterRow(Step.LAN, ANY, ".*", "intended", rank=5),
    RouterRow(Step.DHCP, r"ip dhcp pool \S+", "network .*", "addresses for this network", rank=1),
    RouterRow(Step.DHCP, r"ip dhcp pool HOST-\S+", "host .*", "always the same address", rank=1),
    RouterRow(Step.DHCP, r"ip dhcp pool HOST-\S+", "client-identifier .*", "for this network card", rank=2),
    RouterRow(Step.DHCP, r"ip dhcp pool \S+", ".*", "what its hosts are told", rank=2),
    # RESINA
    RouterRow(Step.WAY, BGP, "bgp router-id .*", "how RESINA knows it", rank=1),
    RouterRow(Step.WAY, BGP, "no bgp default ipv4-unicast", "no session without its filters", rank=0, stays_there=True),
    RouterRow(Step.WAY, BGP, "bgp log-neighbor-changes", "a session that is lost is in the log", rank=1),
    RouterRow(Step.WAY, BGP, r"no neighbor (?P<peer>\S+) remote-as \d+", "nobody intends this session", rank=9),
    RouterRow(Step.WAY, BGP, r"neighbor (?P<peer>\S+) remote-as \d+", "a core of RESINA", rank=2),
    RouterRow(Step.WAY, BGP, r"neighbor (?P<peer>\S+) password .*", "the key of the session (MD5)", rank=3),
    RouterRow(Step.WAY, BGP, r"neighbor (?P<peer>\S+) ttl-security .*", "it is one hop long (RFC 5082)", rank=3),
    RouterRow(Step.WAY, BGP, r"neighbor (?P<peer>\S+) fall-over bfd", "lost as soon as the link is silent", rank=3),
    RouterRow(Step.WAY, BGP, r"neighbor (?P<peer>\S+) description .*", "which core it is", rank=3),
    RouterRow(Step.WAY, BGP, r"no neighbor (?P<peer>\S+) .*", "no longer intended", rank=8),
    RouterRow(Step.WAY, BGP, rf"{INNER}network .*", "announced", rank=4),
    RouterRow(Step.WAY, BGP, rf"no {INNER}network .*", "no longer announced", rank=8),
    RouterRow(Step.WAY, BGP, rf"{INNER}neighbor (?P<peer>\S+) prefix-list .*", "filters, before it begins", rank=5),
    RouterRow(Step.WAY, BGP, rf"{INNER}neighbor (?P<peer>\S+) route-map .*", "primary or backup", rank=5),
    RouterRow(Step.WAY, BGP, rf"{INNER}neighbor (?P<peer>\S+) maximum-prefix .*", "more is a mistake", rank=5),
    RouterRow(Step.WAY, BGP, rf"{INNER}neighbor (?P<peer>\S+) send-community", "communities go along", rank=5),
    RouterRow(Step.WAY, BGP, rf"{INNER}neighbor (?P<peer>\S+) activate", "filtered: it may begin", rank=6),
    RouterRow(Step.WAY, BGP, rf"no {INNER}neighbor (?P<peer>\S+) .*", "no longer intended", rank=8),
    # Who may log in
    RouterRow(Step.LOGIN, r"line (con|vty) .*", "exec-timeout .*", "a session that somebody forgot ends"),
    RouterRow(Step.LOGIN, r"line (con|vty) .*", "access-class .*", "only from the bastions"),
    RouterRow(Step.LOGIN, r"line (con|vty) .*", ".*", "who may log in"),
    RouterRow(Step.LOGIN, "", "aaa new-model", "who logs in is asked for a name and a password", rank=1),
    RouterRow(Step.LOGIN, "", "aaa .*", "its own users, so that it needs nobody else to let us in", rank=2),
    RouterRow(Step.LOGIN, "", "ip ssh .*", "who may log in", rank=3),
    RouterRow(Step.LOGIN, "", "login block-for .*", "whoever guesses passwords waits", rank=3),
)
