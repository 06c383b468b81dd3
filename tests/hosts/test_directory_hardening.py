"""The domain controllers, attacked as far as a test may: old protocols, logins that are not signed or not bound."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from testinfra.host import Host

from deploys.compliance import controller
from inventory.model import Administration, Machine
from inventory.model.load import HERE
from inventory.model.waivers import load_waivers
from roles.compliance.audit import IDS, audit
from roles.compliance.rules import Result
from roles.directory.config import DATABASE

pytestmark = pytest.mark.machines("directory")

TLS = "--option='tls verify peer=ca_and_name' --option='tls cafile=/etc/ssl/administration/ca.crt'"


def test_every_rule_of_hardening_is_met_or_waived(machine: Machine, administration: Administration) -> None:
    found = controller(administration, machine, "running", first=True)
    verdicts = audit([found], load_waivers(HERE, administration, IDS), datetime.now(UTC).date())
    assert [f"{verdict.rule.id}: {verdict.why}" for verdict in verdicts if verdict.result is Result.FAIL] == []
    assert sum(verdict.result is Result.PASSED for verdict in verdicts) >= 40


def test_ntlm_is_refused_of_any_version(host: Host, machine: Machine) -> None:
    over_smb = host.run(f"smbclient --use-kerberos=off -P //{machine.fqdn}/netlogon -c ls")
    assert "NT_STATUS_NTLM_BLOCKED" in over_smb.stdout + over_smb.stderr
    over_ldap = host.run(f"ldbsearch -H ldap://{machine.fqdn} --use-kerberos=off -P -s base -b '' dn")
    assert over_ldap.rc == 1
    assert "LDAP_INVALID_CREDENTIALS" in over_ldap.stderr


def test_a_login_to_ldap_that_is_not_signed_is_refused(host: Host, machine: Machine) -> None:
    program = Path(__file__).with_name("unsigned_bind.py").read_text()
    assert (
        host.check_output("python3 -I -c %s %s", program, machine.fqdn) == "8 SASL:[GSSAPI]: Sign or Seal are required."
    )


def test_a_login_that_is_not_bound_to_its_tls_is_refused(host: Host, machine: Machine) -> None:
    search = f"ldbsearch -H ldaps://{machine.fqdn} -P --use-kerberos=required {TLS} -s base -b '' dn"
    assert host.run(search).rc == 0
    relayed = host.run(f"{search} --option='ldap_testing:tls_channel_bindings=no'")
    assert relayed.rc == 1
    assert "80090346" in relayed.stderr  # SEC_E_BAD_BINDINGS


def test_who_administers_or_assists_is_under_the_stricter_policy(host: Host, administration: Administration) -> None:
    assisting = [
        person.account
        for institution in administration.institutions.values()
        for person in institution.present
        if person.login in institution.functions.held.get("assistance", [])
    ]
    for account in ("Administrator", *assisting):
        ask = f"ldbsearch -H {DATABASE} '(sAMAccountName={account})' msDS-ResultantPSO"
        assert "msDS-ResultantPSO: CN=administrators,CN=Password Settings Container" in host.check_output(ask), account
