"""The rules of what a domain holds: points of ANSSI's list for Active Directory, by id.

The list ("Points de contrôle Active Directory", CERT-FR) is public. Each point is re-stated as what we check of it; the
ids are from general knowledge, not held against the document. Points about what is not here (certificate services,
read-only controllers, trusts, SYSVOL over FRS, Windows updates) have no rule.
"""

from collections.abc import Callable, Iterable, Iterator

from roles.compliance import domain as d
from roles.compliance.domain import Content, Controller, Entry
from roles.compliance.domain_settings import Ask, DomainRule, kdc_is_lax
from roles.directory.privileged import SETTINGS
from roles.directory.rights import aces, foreign

YEAR = 365
ADMINISTRATORS = 5  # at most: ANSSI asks for few, and says no number
RC4_AND_DES, AES = 0x7, 0x18  # msDS-SupportedEncryptionTypes (MS-KILE 2.2.7)
REPLICATION = "1131f6ad-9c07-11d1-f79f-00c04fc2dcd2"  # DS-Replication-Get-Changes-All: every key of the domain
REPLICATES = {"dd", "ed", "ba", "sy"}  # controllers, of the forest too, administrators, the system
OWNERS = ("-500", "-512", "-518", "-519", "-32-544", "-1-5-18")


def _of(content: Callable[[Content], Iterable[str]]) -> Ask:
    return lambda controller: None if controller.content is None else content(controller.content)


def _accounts(which: Callable[[Content], Iterable[Entry]], wrong: Callable[[Content, Entry], object]) -> Ask:
    return _of(lambda content: (entry.name for entry in which(content) if wrong(content, entry)))


def _flagged(flag: int) -> Ask:
    return _accounts(lambda content: content.accounts, lambda _, entry: entry.has(flag))


def _levels(content: Content) -> Iterator[str]:
    for entry in (content.head, *content.of("crossRefContainer")):
        if entry.number("msDS-Behavior-Version") < 7:
            yield f"{entry.name}: {entry.number('msDS-Behavior-Version')}"


def _quota(content: Content) -> Iterator[str]:
    if quota := content.head.number("ms-DS-MachineAccountQuota"):
        yield f"anybody joins {quota} machines"


def _unprotected(content: Content) -> Iterator[str]:
    protected = content.members(content.group("-525"))
    return (entry.name for entry in content.privileged if entry.dn.casefold() not in protected)


def _compatible(content: Content) -> Iterator[str]:
    for dn in content.members(content.group("-32-554")):
        for sid, who in (("s-1-5-7", "anonymous"), ("s-1-1-0", "everybody")):
            if dn.startswith(f"cn={sid},"):
                yield who


def _heuristics(content: Content) -> Iterator[str]:
    """The 7th character 2: anonymous operations; the 8th: anonymous name service (MS-ADTS 6.1.1.2.4.1.2)."""
    for entry in content.of("nTDSService"):
        for text in entry["dSHeuristics"]:
            if text[6:7] == "2" or text[7:8] not in ("", "0"):
                yield f"dSHeuristics = {text}"


def _krbtgt(content: Content) -> Iterator[str]:
    for entry in content.of("user"):
        if entry.sid.endswith("-502"):
            days = content.days(entry.time("pwdLastSet"))
            if days is None or days > YEAR:
                yield f"{'never changed' if days is None else f'{days} days old'}: make krbtgt"


def _policy(content: Content) -> Iterator[str]:
    head = content.head
    if head.number("minPwdLength") < 12:
        yield f"{head.number('minPwdLength')} characters"
    if not head.number("pwdProperties") & 1:
        yield "not complex"
    if head.number("pwdHistoryLength") < 24:
        yield f"history of {head.number('pwdHistoryLength')}"
    if not 1 <= head.number("lockoutThreshold") <= 10:
        yield f"locked after {head.number('lockoutThreshold')} failures (0: never)"


def _weak_policy(content: Content) -> Iterator[str]:
    strict = [
        pso
        for pso in content.of("msDS-PasswordSettings")
        if pso.number("msDS-MinimumPasswordLength") >= int(SETTINGS["msDS-MinimumPasswordLength"])
        and 1 <= pso.number("msDS-LockoutThreshold") <= int(SETTINGS["msDS-LockoutThreshold"])
    ]
    groups = {entry.dn.casefold(): entry for entry in content.of("group")}
    held: set[str] = set()
    for pso in strict:
        for dn in pso["msDS-PSOAppliesTo"]:
            held |= {dn.casefold()} | content.members(groups.get(dn.casefold()))
    return (entry.name for entry in content.privileged if entry.dn.casefold() not in held)


def _old_password(content: Content, entry: Entry) -> bool:
    days = content.days(entry.time("pwdLastSet"))
    return days is not None and days > 3 * YEAR


def _dormant(content: Content, entry: Entry) -> bool:
    """Nobody logged in for a year. lastLogonTimestamp is up to a fortnight late (MS-ADTS 3.1.1.1.8)."""
    days = content.days(entry.time("lastLogonTimestamp") or entry.created)
    return days is not None and days > YEAR and not entry.dn.casefold().endswith(_services(content))


def _silent(content: Content, entry: Entry) -> bool:
    days = content.days(entry.time("pwdLastSet"))
    return days is None or days > 90


def _services(content: Content) -> str:
    return f",ou=services,{content.base_dn}".casefold()


def _many(content: Content) -> Iterator[str]:
    if len(content.privileged) > ADMINISTRATORS:
        yield f"{len(content.privileged)}: {', '.join(entry.name for entry in content.privileged)}"


def _weak_types(controller: Controller) -> Iterable[str] | None:
    content = controller.content
    if content is None:
        return None
    refused = not list(kdc_is_lax(controller))  # the KDC gives no such ticket whatever an account says
    return (
        entry.name
        for entry in content.enabled
        if (types := entry.number("msDS-SupportedEncryptionTypes"))
        and (not types & AES or (types & RC4_AND_DES and not refused))
    )


def _delegating(content: Content) -> Iterator[str]:
    for entry in content.enabled:
        if entry.has(d.DELEGATES) and not entry.has(d.CONTROLLER):
            yield f"{entry.name}: to any service"
        if entry.has(d.IMPERSONATES):
            yield f"{entry.name}: for anybody, with any protocol"
        if entry["msDS-AllowedToDelegateTo"]:
            yield f"{entry.name}: to {entry['msDS-AllowedToDelegateTo'][0]}"
        if entry["msDS-AllowedToActOnBehalfOfOtherIdentity"]:
            yield f"{entry.name}: others to it"


def _primary(content: Content) -> Iterator[str]:
    """Somebody is in the group that primaryGroupID names, and in no list of its members."""
    usual = {"513", "514", "515", "516", "521"}
    return (entry.name for entry in content.of("user") if not set(entry["primaryGroupID"]) <= usual)


def _owned(content: Content) -> Iterator[str]:
    return (
        f"{entry.name}: {entry['owner'][0]}"
        for entry in (*content.of("user"), *content.of("group"), *content.of("organizationalUnit"))
        if entry["owner"] and not entry["owner"][0].endswith(OWNERS)
    )


def _replicating(content: Content) -> Iterator[str]:
    for ace in aces(next(iter(content.head["nTSecurityDescriptor"]), "")):
        kind, _, rights, what, _, who = ace.strip("()").split(";")
        everything = kind == "a" and "cr" in (rights[place : place + 2] for place in range(0, len(rights), 2))
        if kind in ("a", "oa") and (what == REPLICATION or everything) and who not in {*REPLICATES, "da", "ea"}:
            yield who.upper()


def _below(content: Content) -> Iterator[str]:
    unit = f",ou=institutions,{content.base_dn}".casefold()
    return (entry.name for entry in content.privileged if entry.dn.casefold().endswith(unit))


def _by_hand(content: Content) -> Iterator[str]:
    for dn, ace in foreign(content.delegations, content.entries):
        kind, _, rights, what, _, who = ace.strip("()").split(";")
        verb = "may not" if kind.endswith("d") else "may"
        sid = who.upper()
        name = next((entry.name for entry in content.all if entry.sid == sid), sid)
        yield f"{dn.split(',')[0].partition('=')[2]}: {name} {verb} {rights.upper()}{f' {what}' if what else ''}"


def _members_of(name: str) -> Ask:
    return _of(
        lambda content: (
            dn.split(",")[0] for g in content.of("group") if g.name == name for dn in sorted(content.members(g))
        )
    )


def _updates(content: Content) -> Iterator[str]:
    """0: nobody, 2: whom the directory knows (MS-DNSP 2.3.2.1.1, DSPROPERTY_ZONE_ALLOW_UPDATE)."""
    return (entry.name for entry in content.of("dnsZone") if entry["allowUpdate"] == ["1"])


def _guest(content: Content) -> Iterator[str]:
    return (entry.name for entry in content.accounts if entry.sid.endswith("-501"))


def _rule(identifier: str, title: str, source: str, ask: Ask) -> DomainRule:
    return DomainRule(identifier, title, f"ANSSI {source}", ask)


def _privileged(wrong: Callable[[Content, Entry], object]) -> Ask:
    return _accounts(lambda content: content.privileged, wrong)


CONTENT_RULES = (
    _rule("functional-level", "the domain is of 2016 at least", "vuln_functional_level", _of(_levels)),
    _rule(
        "machine-quota",
        "nobody joins a machine but administrators",
        "vuln_user_accounts_machineaccountquota",
        _of(_quota),
    ),
    _rule("protected-users", "administrators are in Protected Users", "vuln_protected_users", _of(_unprotected)),
    _rule(
        "compatible-2000", "no right of before 2000 for strangers", "vuln_compatible_2000_anonymous", _of(_compatible)
    ),
    _rule("heuristics", "no anonymous operation on the directory", "vuln_dsheuristics_bad", _of(_heuristics)),
    _rule("krbtgt-age", "the key of all tickets is changed every year", "vuln_krbtgt", _of(_krbtgt)),
    _rule("few-administrators", "few administer the domain", "vuln_privileged_members", _of(_many)),
    _rule(
        "administrators-policy",
        "a stricter password policy for administrators",
        "vuln_privileged_members_password",
        _of(_weak_policy),
    ),
    _rule(
        "administrators-expire",
        "no administrator's password is exempt from its policy",
        "vuln_dont_expire_priv",
        _privileged(lambda _, entry: entry.has(d.NEVER_EXPIRES)),
    ),
    _rule(
        "password-expires",
        "no password is exempt from its policy but those of declared services",
        "vuln_dont_expire",
        _accounts(
            lambda content: content.accounts,
            lambda content, e: e.has(d.NEVER_EXPIRES) and not e.dn.casefold().endswith(_services(content)),
        ),
    ),
    _rule(
        "administrators-age",
        "an administrator's password is changed every three years",
        "vuln_password_change_priv",
        _privileged(_old_password),
    ),
    _rule(
        "dormant",
        "an account that nobody uses is disabled",
        "vuln_user_accounts_dormant",
        _accounts(lambda content: content.accounts, _dormant),
    ),
    _rule(
        "silent-machines",
        "a machine that is gone is disabled, one that lives changes its password",
        "vuln_password_change_server_no_change_90",
        _accounts(lambda content: content.computers, _silent),
    ),
    _rule(
        "preauthentication",
        "Kerberos answers nobody who has not shown the password",
        "vuln_kerberos_properties_preauth",
        _flagged(d.NO_PREAUTH),
    ),
    _rule("des", "no account has keys of DES", "vuln_kerberos_properties_deskey", _flagged(d.DES)),
    _rule("account-ciphers", "no account gets a ticket of RC4", "vuln_kerberos_properties_encryption", _weak_types),
    _rule(
        "administrators-spn",
        "no administrator is a service",
        "vuln_spn_priv",
        _privileged(lambda _, entry: entry["servicePrincipalName"]),
    ),
    _rule(
        "kerberos-delegation",
        "nobody acts for others but controllers",
        "vuln_delegation_t4d, _a2d2, _t2a4d, _sourcedeleg",
        _of(_delegating),
    ),
    _rule("reversible", "no password can be read back", "vuln_reversible_password", _flagged(d.REVERSIBLE)),
    _rule("password-required", "no account may have none", "vuln_user_accounts_passnotreq", _flagged(d.NO_PASSWORD)),
    _rule(
        "smartcard-secret",
        "no account is of a card alone: its password would never change",
        "vuln_smartcard_expire_passwords",
        _flagged(d.SMARTCARD),
    ),
    _rule(
        "sid-history",
        "nobody has the rights of another life",
        "vuln_sidhistory_present",
        _accounts(lambda content: content.of("user"), lambda _, entry: entry["sIDHistory"]),
    ),
    _rule("primary-group", "nobody is in a group in secret", "vuln_primary_group_id_nochange", _of(_primary)),
    _rule("owners", "accounts, groups and units belong to administrators", "vuln_owner", _of(_owned)),
    _rule(
        "replication-rights",
        "nobody reads every key of the domain but controllers and administrators",
        "vuln_permissions_naming_context",
        _of(_replicating),
    ),
    _rule(
        "dns-administrators",
        "nobody but administrators runs the name service",
        "vuln_dnsadmins",
        _members_of("DnsAdmins"),
    ),
    _rule("dns-updates", "no zone takes names from strangers", "vuln_dnszone_bad_prop", _of(_updates)),
    _rule("guest", "the guest is disabled", "vuln_guest", _of(_guest)),
    DomainRule("password-policy", "passwords are long, and guessing locks", "ANSSI, mots de passe; ours", _of(_policy)),
    DomainRule("administrators-apart", "no help desk reaches an administrator", "ours", _of(_below)),
    DomainRule("foreign-rights", "units hold only the rights that the inventory gives", "ours", _of(_by_hand)),
)
