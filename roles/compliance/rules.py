"""The rules. Each asks the intent, free of vendors' words, and then what runs: by lines that must or must not be there.

Sources: DISA STIG "Cisco IOS Switch L2S" and "NDM" by id; CIS Cisco IOS by number where known. ANSSI's guide for access
switches (DAT-NT-25) inspired several; its numbers are not quoted, because we have not its numbered text. Ids of the NDM
list and numbers of CIS are from general knowledge, not held against the documents.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from roles.lan.intent import SwitchIntent, SwitchPort

ANSSI = "inspired by ANSSI DAT-NT-25"


class Result(StrEnum):
    FAIL = "fail"
    WAIVED = "waived"
    PASSED = "pass"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True)
class Audited:
    """What is held against the rules. `lacking`: the lines that would make what runs what is intended.

    `intent` is None of a router: its rules ask what runs, and what it lacks.
    """

    device: str
    site: str
    platform: str
    intent: SwitchIntent | None
    running: str
    lacking: tuple[str, ...]


Ask = Callable[[SwitchIntent], Iterable[str]]


@dataclass(frozen=True)
class Rule:
    """`ask` says what is wrong in the intent. `lines`: what a line of the remediation about it looks like.

    `present` and `absent` are patterns of whole lines of a platform: a rule of them alone holds only there.
    """

    id: str
    title: str
    source: str
    ask: Ask | None = None
    lines: str | None = None
    present: dict[str, tuple[str, ...]] = field(default_factory=dict)
    absent: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def found(self, audited: Audited) -> list[str] | None:
        """What is wrong; None where the rule says nothing about this platform."""
        known = audited.platform in self.present or audited.platform in self.absent
        if self.ask is None and not known:
            return None
        return list(self._wrong(audited))

    def _wrong(self, audited: Audited) -> Iterator[str]:
        if self.ask and audited.intent:
            yield from self.ask(audited.intent)
        if self.lines:
            missing = [line.strip() for line in audited.lacking if re.search(self.lines, line)]
            yield from (f"does not run: {line}" for line in dict.fromkeys(missing))
        running = audited.running.splitlines()
        for pattern in self.present.get(audited.platform, ()):
            if not any(re.fullmatch(pattern, line.strip()) for line in running):
                yield f"lacks: {pattern}"
        for pattern in self.absent.get(audited.platform, ()):
            # Only its first words: the rest may be a secret.
            said = [" ".join(line.split()[:2]) for line in running if re.fullmatch(pattern, line.strip())]
            yield from (f"has: {line} …" for line in dict.fromkeys(said))


def _each(ports: Callable[[SwitchIntent], Iterable[SwitchPort]], good: Callable[[SwitchPort], bool]) -> Ask:
    return lambda intent: (port.name for port in ports(intent) if not good(port))


def _desks(intent: SwitchIntent) -> Iterable[SwitchPort]:
    return (port for port in intent.ports if port.enabled and port.access is not None)


def _trunks(intent: SwitchIntent) -> Iterable[SwitchPort]:
    return (port for port in intent.ports if port.access is None)


def _unused(intent: SwitchIntent) -> Iterable[SwitchPort]:
    return (port for port in intent.ports if not port.enabled)


def _all(intent: SwitchIntent) -> Iterable[SwitchPort]:
    return intent.ports


def _watched(vlans: Callable[[SwitchIntent], tuple[int, ...]]) -> Ask:
    def ask(intent: SwitchIntent) -> Iterator[str]:
        used = {port.access for port in _desks(intent)} | {port.voice for port in _desks(intent) if port.voice}
        yield from (f"VLAN {vlan}" for vlan in sorted(vlan for vlan in used if vlan and vlan not in vlans(intent)))

    return ask


def _unless(good: Callable[[SwitchIntent], object], otherwise: str) -> Ask:
    return lambda intent: () if good(intent) else (otherwise,)


IOS = "cisco_ios"
RULES = (
    Rule(
        "dot1x",
        "who plugs in is recognized (802.1X)",
        "CISC-L2-000020",
        _each(_desks, lambda port: port.recognition is not None),
        r"dot1x|authentication (order|port-control|event)|\bmab$|radius|aaa .*(network|port-access)",
    ),
    Rule(
        "root-guard",
        "the root of the spanning tree is never behind a desk",
        "CISC-L2-000090",
        _each(_desks, lambda port: port.root_guard),
        r"guard root|root-protection|root-guard",
    ),
    Rule(
        "bpdu-guard",
        "a switch at a desk is shut out",
        "CISC-L2-000100",
        _each(_desks, lambda port: port.bpdu_guard),
        r"bpdu",
    ),
    Rule(
        "loop-guard",
        "a link that works one way only makes no loop",
        "CISC-L2-000110",
        present={IOS: ("spanning-tree loopguard default",)},
    ),
    Rule(
        "qos",
        "a mark is ours, and none that a desk gave itself",
        "CISC-L2-000040",
        _unless(lambda intent: intent.services.marks is not None, "no marks are declared (platform.yaml: resina)"),
        r"mls qos|traffic[ -](classifier|behavior|policy)|qos dscp",
    ),
    Rule(
        "dhcp-snooping",
        "DHCP servers are only behind trusted ports",
        "CISC-L2-000130",
        _watched(lambda intent: intent.snooped),
        r"dhcp.snooping",
    ),
    Rule(
        "dhcp-trust",
        "no desk is trusted as a DHCP server",
        "CISC-L2-000130",
        _each(_desks, lambda port: not port.trusted),
        r"snooping trust",
    ),
    Rule(
        "dhcp-rate",
        "few DHCP packets a second from a desk",
        ANSSI,
        _each(_desks, lambda port: port.dhcp_rate is not None),
        r"snooping limit",
    ),
    Rule(
        "arp-inspection",
        "nobody takes the address of somebody else",
        "CISC-L2-000150",
        _watched(lambda intent: intent.inspected),
        r"arp.(inspection|protect)|arp anti-attack",
    ),
    Rule(
        "storm-control",
        "a storm stays at its port",
        "CISC-L2-000160",
        _each(_desks, lambda port: port.storm is not None),
        r"storm-control|broadcast-limit",
    ),
    Rule(
        "spanning-tree", "the rapid spanning tree", "CISC-L2-000180", present={IOS: ("spanning-tree mode rapid-pvst",)}
    ),
    Rule(
        "static-trunks",
        "nobody negotiates a trunk",
        "CISC-L2-000200",
        lambda _intent: (),
        r"nonegotiate|link-type|switchport mode",
    ),
    Rule(
        "unused-shut",
        "unused ports are shut, in a VLAN of their own",
        "CISC-L2-000210",
        _each(_unused, lambda port: port.access is not None and port.access != 1),
        r"\bshutdown|disable$",
    ),
    Rule(
        "quarantine-apart",
        "nobody works in the quarantine VLAN",
        "CISC-L2-000210",
        lambda intent: (port.name for port in _desks(intent) if port.access == intent.quarantine),
    ),
    Rule(
        "no-vlan-1",
        "no port is in VLAN 1",
        "CISC-L2-000220",
        _each(_all, lambda port: port.access != 1),
        r"access vlan|default vlan|untagged vlan",
    ),
    Rule(
        "vlan-1-pruned",
        "no trunk carries VLAN 1",
        "CISC-L2-000230",
        _each(_trunks, lambda port: 1 not in port.vlans),
        r"allowed vlan|allow-pass",
    ),
    Rule(
        "management-apart",
        "management is not in VLAN 1",
        "CISC-L2-000240",
        _unless(lambda intent: intent.management_vlan != 1, "VLAN 1"),
    ),
    Rule(
        "management-no-desk",
        "no desk is in the management VLAN",
        ANSSI,
        lambda intent: (port.name for port in _desks(intent) if port.access == intent.management_vlan),
    ),
    Rule(
        "native-vlan",
        "the native VLAN of trunks is not VLAN 1",
        "CISC-L2-000260",
        _each(_trunks, lambda port: port.native not in (None, 1)),
        r"native vlan|pvid",
    ),
    Rule(
        "native-apart",
        "no desk is in the native VLAN of a trunk",
        "CISC-L2-000270",
        lambda intent: (
            p.name for p in _desks(intent) for t in _trunks(intent) if p.access == t.native and t.native not in t.vlans
        ),
    ),
    Rule(
        "port-security",
        "few MAC addresses at a desk",
        ANSSI,
        _each(_desks, lambda port: port.macs is not None or port.recognition is not None),
        r"port-security",
    ),
    Rule("silent-desks", "no LLDP at desks", "CIS 2.1.2; " + ANSSI, _each(_desks, lambda port: not port.lldp), r"lldp"),
    Rule("no-cdp", "no CDP", "CIS 2.1.2", present={IOS: ("no cdp run",)}),
    Rule("ssh-2", "SSH version 2", "CIS 2.1.1", present={IOS: ("ip ssh version 2",)}),
    Rule(
        "ssh-alone",
        "terminal lines take SSH alone",
        "CIS 1.2.2",
        present={IOS: ("transport input ssh",)},
        absent={IOS: ("transport input .*(telnet|all).*",)},
    ),
    Rule(
        "no-http", "no web server", "CISC-ND-000470", present={IOS: ("no ip http server", "no ip http secure-server")}
    ),
    Rule(
        "session-timeout",
        "a forgotten session ends",
        "CISC-ND-000720; CIS 1.2",
        present={IOS: (r"exec-timeout [1-9] 0",)},
        absent={IOS: ("exec-timeout 0 0",)},
    ),
    Rule("login-block", "whoever guesses passwords waits", "CISC-ND-000150", present={IOS: (r"login block-for .*",)}),
    Rule(
        "bastions-only",
        "only the bastions log in",
        "CISC-ND-000140; CIS 1.2.5",
        _unless(lambda intent: intent.services.bastions, "no bastion is declared (platform.yaml)"),
        r"access-class|ip access-list standard BASTIONS",
    ),
    Rule("banner", "a banner before the login", "CISC-ND-000160; CIS 1.3.2", present={IOS: (r"banner login .*",)}),
    Rule(
        "passwords-hidden",
        "passwords are not readable over a shoulder",
        "CIS 1.4.2",
        present={IOS: ("service password-encryption",)},
    ),
    Rule("no-pad", "no service that nobody uses", "CIS 2.1.8", present={IOS: ("no service pad", "no ip source-route")}),
    Rule(
        "time",
        "the time comes from the domain controllers",
        "CISC-ND-001030; CIS 2.3",
        _unless(lambda intent: intent.services.ntp, "no time server"),
        r"ntp",
    ),
    Rule(
        "remote-syslog",
        "the log is kept elsewhere too",
        "CISC-ND-001450; CIS 2.2.4",
        _unless(lambda intent: intent.services.syslog, "no syslog server is declared (environment)"),
        r"logging host",
    ),
    Rule(
        "snmpv3",
        "SNMP by one user who reads, with authentication (SHA) and privacy (AES)",
        "CISC-ND-001130, CISC-ND-001140; CIS 1.5",
        _unless(lambda intent: intent.snmp, "nobody is declared who may read (platform.yaml: bastions, monitors)"),
        r"snmp-server (user|group|view)|snmp-agent|snmpv3",
    ),
    Rule(
        "snmp-readers",
        "SNMP is answered to those who monitor alone",
        "CIS 1.5.5",
        _unless(lambda intent: intent.snmp and intent.snmp.readers, "anybody may ask"),
        r"ip access-list standard READERS|acl number 2097|authorized-managers .*snmp",
    ),
    Rule(
        "no-snmp-communities",
        "SNMP version 3, or none",
        "CISC-ND-001130; CIS 1.5.2",
        absent={
            IOS: (r"snmp-server community .*",),
            "huawei_vrp": (r"snmp-agent community .*", r"snmp-agent sys-info version .*(v1|v2c|all).*"),
            "hp_procurve": (r"snmp-server community .*",),
        },
    ),
)
IDS = tuple(rule.id for rule in RULES)
