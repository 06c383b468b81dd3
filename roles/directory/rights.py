"""Who may do what to the accounts of a unit: entries of its access control list, in SDDL (MS-DTYP 2.5.1.1).

The help desk of an institution holds three rights over the people of its own unit, and nothing anywhere else. What
others have granted is left as it is, and said by `make compliance`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from roles.directory.ldif import Entries
from roles.directory.objects import Desired

FUNCTION = "assistance"
USER = "bf967aba-0de6-11d0-a285-00aa003049e2"  # the class: computers and groups of the unit are not meant

# OA: about one right or attribute; CIIO: of what is in the unit, not of the unit itself (MS-ADTS 5.1.3.2)
RIGHTS = {
    "reset passwords": f"(OA;CIIO;CR;00299570-246d-11d0-a768-00aa006e0529;{USER};{{}})",  # User-Force-Change-Password
    "force a change at next logon": f"(OA;CIIO;WP;bf967a0a-0de6-11d0-a285-00aa003049e2;{USER};{{}})",  # pwdLastSet
    "unlock": f"(OA;CIIO;WP;28630ebf-41d5-11d1-a9c1-0000f80367c1;{USER};{{}})",  # lockoutTime
}
# What the schema gives to every unit (defaultSecurityDescriptor of Organizational-Unit, MS-ADSC 2.219).
BY_DEFAULT = frozenset(
    ace.casefold()
    for ace in (
        *(f"(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;{who})" for who in ("SY", "DA")),
        *(f"(A;;LCRPLORC;;;{who})" for who in ("AU", "ED")),
        *(
            f"(OA;;CCDC;{kind};;AO)"
            for kind in (
                *("bf967a86-0de6-11d0-a285-00aa003049e2", USER, "bf967a9c-0de6-11d0-a285-00aa003049e2"),
                "4828cc14-1437-45bc-9b07-ad6f015e5f28",
            )
        ),
        "(OA;;CCDC;bf967aa8-0de6-11d0-a285-00aa003049e2;;PO)",
    )
)


@dataclass(frozen=True)
class Delegation:
    """A group that assists the people of a unit."""

    institution: str
    unit: str  # DN
    group: str  # DN


@dataclass(frozen=True)
class Grant:
    """What a delegation lacks: names of RIGHTS."""

    delegation: Delegation
    rights: tuple[str, ...]

    def says(self) -> str:
        name = self.delegation.group.split(",")[0].removeprefix("CN=")
        return f"unit {self.delegation.institution}: {name} may {', '.join(self.rights)}"


def delegations(desired: Desired) -> tuple[Delegation, ...]:
    """One for each institution that has a help desk."""
    return tuple(
        Delegation(group.institution, f"OU={group.institution},OU=Institutions,{desired.base_dn}", group.dn)
        for group in desired.groups
        if group.institution and group.name == f"{group.institution}-{FUNCTION}"
    )


def missing(wanted: Sequence[Delegation], entries: Entries) -> list[Grant]:
    """What must be granted. `entries`: units with their nTSecurityDescriptor in SDDL, groups with their objectSid."""
    found = {dn.casefold(): attributes for dn, attributes in entries.items()}
    grants = []
    for each in wanted:
        sid = next(iter(found.get(each.group.casefold(), {}).get("objectSid", [])), None)
        held = set(aces(next(iter(found.get(each.unit.casefold(), {}).get("nTSecurityDescriptor", [])), "")))
        lacking = tuple(says for says, ace in RIGHTS.items() if sid is None or ace.format(sid).casefold() not in held)
        if lacking:
            grants.append(Grant(each, lacking))
    return grants


def foreign(wanted: Sequence[Delegation], entries: Entries) -> Iterator[tuple[str, str]]:
    """The (DN of the unit, entry) that neither the schema nor the inventory gave to units of institutions."""
    found = {dn.casefold(): attributes for dn, attributes in entries.items()}
    ours = set()
    for each in wanted:
        for sid in found.get(each.group.casefold(), {}).get("objectSid", []):
            ours |= {(each.unit.casefold(), ace.format(sid).casefold()) for ace in RIGHTS.values()}
    for dn, attributes in entries.items():
        if ",ou=institutions," in f",{dn}".casefold():
            for ace in aces(next(iter(attributes.get("nTSecurityDescriptor", [])), "")):
                if ace not in BY_DEFAULT and (dn.casefold(), ace) not in ours:
                    yield dn, ace


def aces(sddl: str) -> list[str]:
    """The entries of the list of an SDDL text that are its own (ID: inherited), in lower case."""
    _, _, dacl = sddl.partition("D:")
    found = re.findall(r"\([^()]*\)", dacl.partition("S:")[0])
    return [ace.casefold() for ace in found if "ID" not in re.findall("..", ace.split(";")[1])]
