"""What a controller of the lab answered (domain.json) passes every rule, and each rule sees what it is about."""

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from inventory.model import load
from inventory.model.waivers import Waiver
from roles.compliance.audit import DOMAIN_RULES, audit
from roles.compliance.domain import Content, Controller, settings_of
from roles.compliance.rules import Result
from roles.directory.objects import desired_of
from roles.directory.rights import delegations

FOUND = json.loads((Path(__file__).parent / "domain.json").read_text())
BASE, SID, NOW = FOUND["base_dn"], FOUND["domain_sid"], datetime.fromtimestamp(FOUND["now"], UTC)
TODAY = date(2026, 11, 27)
NAMES = ("dc1.intra.gov.bf", "intra.gov.bf")
UNIT = f"OU=mtdpce,OU=Institutions,{BASE}"
AWA, ADMINISTRATOR, KRBTGT = f"CN=awa.exemple,{UNIT}", f"CN=Administrator,CN=Users,{BASE}", f"CN=krbtgt,CN=Users,{BASE}"
WORKSTATION = f"CN=PC1,CN=Computers,{BASE}"
Entries = dict[str, dict[str, list[str]]]


def certificate(*names: str, days: int = 700) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "dc1")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(NOW - timedelta(days=1))
    builder = builder.not_valid_after(NOW + timedelta(days=days))
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(n) for n in names]), critical=False)
    return builder.sign(key, hashes.SHA256())


CERTIFICATE = certificate(*NAMES)


def controller(entries: Entries | None, settings: str = FOUND["settings"], **changed: Any) -> Controller:
    content = Content(entries, BASE, NOW, delegations(desired_of(load("lab")))) if entries is not None else None
    said = Controller("dc1", "dc", *NAMES, settings_of(settings), CERTIFICATE, NOW, content)
    return replace(said, **changed)


def failed(controller: Controller, *waivers: Waiver) -> dict[str, str]:
    return {v.rule.id: v.why for v in audit([controller], waivers, TODAY) if v.result is Result.FAIL}


def test_a_domain_that_we_deployed_passes_every_rule() -> None:
    verdicts = audit([controller(FOUND["entries"])], [], TODAY)
    assert {verdict.rule.id for verdict in verdicts if verdict.result is Result.PASSED} == {r.id for r in DOMAIN_RULES}
    assert len(DOMAIN_RULES) == 41


def test_of_what_is_only_intended_settings_are_judged_and_no_entry() -> None:
    verdicts = audit([controller(None, certificate=None)], [], TODAY)
    assert {verdict.result for verdict in verdicts} == {Result.PASSED, Result.NOT_APPLICABLE}
    assert {v.rule.id for v in verdicts if v.result is Result.PASSED} >= {"ldap-signing", "null-session", "audit-log"}


def changed(dn: str, **attributes: str) -> Callable[[Entries], None]:
    return lambda entries: entries[dn].update({name: [value] for name, value in attributes.items()})


def member(dn: str, group: str) -> Callable[[Entries], None]:
    return lambda entries: entries[f"CN={group},{BASE}"].setdefault("member", []).append(dn)


def granted(dn: str, ace: str) -> Callable[[Entries], None]:
    def change(entries: Entries) -> None:
        entries[dn]["nTSecurityDescriptor"] = [entries[dn]["nTSecurityDescriptor"][0] + ace]

    return change


def machine(**attributes: str) -> Callable[[Entries], None]:
    def change(entries: Entries) -> None:
        entries[WORKSTATION] = deepcopy(entries[AWA]) | {
            "objectClass": ["top", "person", "user", "computer"],
            "sAMAccountName": ["PC1$"],
            "userAccountControl": ["4096"],
            "primaryGroupID": ["515"],
            "pwdLastSet": [ticks(1)],
            "objectSid": [f"{SID}-4000"],
            "whenCreated": ["20260101000000.0Z"],
            **{name: [value] for name, value in attributes.items()},
        }

    return change


def ticks(days_ago: int) -> str:
    since = NOW - timedelta(days=days_ago) - datetime(1601, 1, 1, tzinfo=UTC)
    return str(since // timedelta(microseconds=1) * 10)


def six_administrators(entries: Entries) -> None:
    for number in range(5):
        dn = f"CN=adm{number},CN=Users,{BASE}"
        entries[dn] = deepcopy(entries[ADMINISTRATOR]) | {"objectSid": [f"{SID}-{5000 + number}"]}
        for group in ("Domain Admins", "Protected Users"):
            member(dn, f"{group},CN=Users")(entries)


FULL, REPLICATION = "CCDCLCSWRPWPDTLOCRSDRCWDWO", "1131f6ad-9c07-11d1-f79f-00c04fc2dcd2"
CONFIGURATION = f"CN=Configuration,{BASE}"


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("functional-level", changed(BASE, **{"msDS-Behavior-Version": "4"})),
        ("functional-level", changed(f"CN=Partitions,{CONFIGURATION}", **{"msDS-Behavior-Version": "4"})),
        ("machine-quota", changed(BASE, **{"ms-DS-MachineAccountQuota": "10"})),
        ("protected-users", changed(f"CN=Protected Users,CN=Users,{BASE}", member=AWA)),
        (
            "compatible-2000",
            member(f"CN=S-1-5-7,CN=ForeignSecurityPrincipals,{BASE}", "Pre-Windows 2000 Compatible Access,CN=Builtin"),
        ),
        (
            "heuristics",
            changed(f"CN=Directory Service,CN=Windows NT,CN=Services,{CONFIGURATION}", dSHeuristics="0000002"),
        ),
        ("krbtgt-age", changed(KRBTGT, pwdLastSet=ticks(366))),
        ("few-administrators", six_administrators),
        (
            "administrators-policy",
            changed(
                f"CN=administrators,CN=Password Settings Container,CN=System,{BASE}",
                **{"msDS-MinimumPasswordLength": "8"},
            ),
        ),
        ("administrators-age", changed(ADMINISTRATOR, pwdLastSet=ticks(3 * 365 + 1))),
        ("password-expires", changed(AWA, userAccountControl="66048")),
        ("dormant", changed(AWA, lastLogonTimestamp=ticks(366))),
        ("silent-machines", machine(pwdLastSet=ticks(91))),
        ("preauthentication", changed(AWA, userAccountControl=str(0x400200))),
        ("des", changed(AWA, userAccountControl=str(0x200200))),
        ("account-ciphers", changed(AWA, **{"msDS-SupportedEncryptionTypes": "4"})),
        ("administrators-spn", changed(ADMINISTRATOR, servicePrincipalName="http/x")),
        ("kerberos-delegation", machine(userAccountControl=str(0x81000))),
        ("kerberos-delegation", changed(AWA, userAccountControl=str(0x1000200))),
        ("kerberos-delegation", changed(AWA, **{"msDS-AllowedToDelegateTo": "ldap/dc1"})),
        ("kerberos-delegation", machine(**{"msDS-AllowedToActOnBehalfOfOtherIdentity": "set"})),
        ("reversible", changed(AWA, userAccountControl=str(0x280))),
        ("password-required", changed(AWA, userAccountControl=str(0x220))),
        ("smartcard-secret", changed(AWA, userAccountControl=str(0x40200))),
        ("sid-history", changed(AWA, sIDHistory=f"{SID}-500")),
        ("primary-group", changed(AWA, primaryGroupID="1105")),
        ("owners", changed(AWA, owner=f"{SID}-1105")),
        ("owners", changed(UNIT, owner=f"{SID}-1105")),
        ("replication-rights", granted(BASE, f"(OA;;CR;{REPLICATION};;{SID}-1105)")),
        ("replication-rights", granted(BASE, f"(A;;{FULL};;;{SID}-1105)")),
        ("dns-administrators", member(AWA, "DnsAdmins,CN=Users")),
        ("dns-updates", changed(f"DC=intra.gov.bf,CN=MicrosoftDNS,DC=DomainDnsZones,{BASE}", allowUpdate="1")),
        ("guest", changed(f"CN=Guest,CN=Users,{BASE}", userAccountControl="512")),
        ("password-policy", changed(BASE, minPwdLength="7")),
        ("password-policy", changed(BASE, lockoutThreshold="0")),
        ("password-policy", changed(BASE, pwdProperties="0")),
        ("foreign-rights", granted(UNIT, f"(A;CI;{FULL};;;{SID}-1105)")),
    ],
)
def test_what_is_wrong_in_the_directory_fails_its_rule_alone(rule: str, change: Callable[[Entries], None]) -> None:
    entries = deepcopy(FOUND["entries"])
    change(entries)
    assert set(failed(controller(entries))) == {rule}


def test_an_administrator_among_the_people_is_in_reach_of_the_help_desk() -> None:
    entries = deepcopy(FOUND["entries"])
    member(f"CN=mtdpce-dsi,OU=Groups,{BASE}", "Administrators,CN=Builtin")(entries)  # through a group, too
    found = failed(controller(entries))
    assert found["administrators-apart"] == "issa.modele"
    assert set(found) == {"administrators-apart", "protected-users", "administrators-policy"}


def test_an_administrator_s_password_is_not_exempt() -> None:
    entries = deepcopy(FOUND["entries"])
    changed(ADMINISTRATOR, userAccountControl="66048")(entries)
    assert set(failed(controller(entries))) == {"administrators-expire", "password-expires"}


@pytest.mark.parametrize("dn", [AWA, KRBTGT])
def test_what_is_disabled_does_no_harm(dn: str) -> None:
    entries = deepcopy(FOUND["entries"])
    changed(dn, userAccountControl=str(0x610222), lastLogonTimestamp=ticks(4000))(entries)
    assert failed(controller(entries)) == {}


@pytest.mark.parametrize(
    ("was", "now", "rule"),
    [
        ("ntlm auth = disabled", "ntlm auth = ntlmv2-only", "no-ntlm"),
        ("nt hash store = auto", "nt hash store = always", "no-nt-hash"),
        ("server min protocol = SMB3_11", "server min protocol = SMB2_02", "smb-dialect"),
        ("server signing = mandatory", "", "smb-signing"),
        ("ldap server require strong auth = yes", "ldap server require strong auth = no", "ldap-signing"),
        ("restrict anonymous = 2", "", "null-session"),
        ("kerberos encryption types = strong", "kerberos encryption types = all", "kdc-ciphers"),
        ("disable spoolss = yes", "", "no-spooler"),
        ("dsdb_group_json_audit:5", "dsdb_group_json_audit:3", "audit-log"),
    ],
)
def test_what_a_controller_runs_is_read(was: str, now: str, rule: str) -> None:
    assert was in FOUND["settings"]
    assert set(failed(controller(FOUND["entries"], FOUND["settings"].replace(was, now)))) == {rule}


def test_a_kdc_that_gives_rc4_makes_the_accounts_count_that_ask_for_it() -> None:
    lax = FOUND["settings"].replace(
        "kdc supported enctypes = aes128", "kdc supported enctypes = arcfour-hmac-md5 aes128"
    )
    assert failed(controller(FOUND["entries"], lax))["account-ciphers"] == "DC1$"


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (certificate(NAMES[0]), f"lacks the name {NAMES[1]}"),
        (certificate(), f"lacks the name {NAMES[0]}, lacks the name {NAMES[1]}"),
        (certificate(*NAMES, days=29), "ends on 2026-12-26"),
    ],
)
def test_a_certificate_that_clients_would_refuse_is_named(held: x509.Certificate, said: str) -> None:
    assert failed(controller(FOUND["entries"], certificate=held)) == {"ldaps-certificate": said}


def test_a_waiver_of_a_controller_holds_until_its_day() -> None:
    entries = deepcopy(FOUND["entries"])
    changed(KRBTGT, pwdLastSet=ticks(400))(entries)
    waiver = Waiver(rule="krbtgt-age", of="device", name="dc1", reason="fenêtre de travaux", until="2026-11-27")
    assert failed(controller(entries), waiver) == {}
    late = waiver.model_copy(update={"until": "2026-11-26"})
    assert failed(controller(entries), late)["krbtgt-age"].endswith("(the waiver ended on 2026-11-26)")
