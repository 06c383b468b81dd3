"""The domain controllers, attacked as far as a test may: old protocols, unsigned logins; and what is recorded of it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from testinfra.host import Host

from deploys.compliance import controller
from inventory.model import Administration, Machine
from inventory.model.load import HERE
from inventory.model.waivers import load_waivers
from roles.compliance.audit import IDS, audit
from roles.compliance.rules import Result

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


def test_administrators_are_under_the_stricter_policy(host: Host, administration: Administration) -> None:
    base = administration.platform.base_dn
    ask = f"ldbsearch -H /var/lib/samba/private/sam.ldb -b CN=Administrator,CN=Users,{base} msDS-ResultantPSO"
    assert "msDS-ResultantPSO: CN=administrators,CN=Password Settings Container" in host.check_output(ask)


Audit = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def audited(host: Host) -> Audit:
    """What the controller recorded since the test began, each line as it is read."""
    cursor = host.check_output("journalctl -n 0 --show-cursor").rpartition("-- cursor: ")[2]

    def lines() -> list[dict[str, Any]]:
        ask = "journalctl --sync && journalctl --after-cursor=%s -t samba -o cat --grep=%s"
        return [json.loads(line) for line in host.run(ask, cursor, '^ *{"timestamp').stdout.splitlines()]

    return lines


def of(kind: str, lines: list[dict[str, Any]], **wanted: str) -> list[dict[str, Any]]:
    """The lines of a kind that say all of this."""
    found = [line[kind] for line in lines if line["type"] == kind]
    return [
        line for line in found if all(str(line[name]).casefold() == value.casefold() for name, value in wanted.items())
    ]


def account(host: Host, machine: Machine, administration: Administration) -> tuple[str, str]:
    """The DN of the controller's own account, and its SID."""
    found = host.check_output(
        f"ldbsearch -H /var/lib/samba/private/sam.ldb '(sAMAccountName={machine.name}$)' objectSid"
    )
    lines = dict(line.split(": ", 1) for line in found.splitlines() if line.startswith(("dn: ", "objectSid: ")))
    assert lines["dn"].casefold().endswith(administration.platform.base_dn.casefold())
    return lines["dn"], lines["objectSid"]


def changed(host: Host, machine: Machine, ldif: str) -> None:
    """A change over the network, with the controller's own account."""
    command = f"ldbmodify -H ldap://{machine.fqdn} -P --use-kerberos=required"
    assert host.run(f"printf %s | {command}", ldif).rc == 0


def test_a_failed_login_is_one_line_with_who_and_from_where(
    host: Host, machine: Machine, administration: Administration, audited: Audit
) -> None:
    login = next(person.login for _, person in administration.people())
    assert host.run(f"echo wrong | kinit -c MEMORY: {login}").rc == 1
    (line,) = of("Authentication", audited(), clientAccount=f"{login}@{administration.platform.realm}")
    assert (line["status"], line["eventId"]) == ("NT_STATUS_WRONG_PASSWORD", 4625)
    assert line["remoteAddress"].startswith(f"ipv4:{machine.address}:")


def test_a_change_is_one_line_with_who_what_and_from_where(
    host: Host, machine: Machine, administration: Administration, audited: Audit
) -> None:
    dn, sid = account(host, machine, administration)
    head = f"dn: {dn}\nchangetype: modify\nreplace: description\n"
    changed(host, machine, f"{head}description: seen\n")
    try:
        (line,) = of("dsdbChange", audited(), dn=dn, userSid=sid)
        assert (line["operation"], line["status"]) == ("Modify", "Success")
        assert line["remoteAddress"].startswith(f"ipv4:{machine.address}:")
        assert line["attributes"] == {
            "description": {"actions": [{"action": "replace", "values": [{"value": "seen"}]}]}
        }
    finally:
        changed(host, machine, head)


def test_who_is_put_in_a_group_is_one_line(
    host: Host, machine: Machine, administration: Administration, audited: Audit
) -> None:
    dn, sid = account(host, machine, administration)
    group = f"CN=Performance Monitor Users,CN=Builtin,{administration.platform.base_dn}"
    changed(host, machine, f"dn: {group}\nchangetype: modify\nadd: member\nmember: {dn}\n")
    try:
        (line,) = of("groupChange", audited(), userSid=sid)
        assert (line["action"], line["group"], line["user"]) == ("Added", group, dn)
        assert line["remoteAddress"].startswith(f"ipv4:{machine.address}:")
    finally:
        changed(host, machine, f"dn: {group}\nchangetype: modify\ndelete: member\nmember: {dn}\n")


def test_a_change_that_a_deploy_makes_is_recorded_too(
    host: Host, machine: Machine, administration: Administration
) -> None:
    # svc-mail was made by a deploy, on the controller itself: the system did it, from nowhere.
    recorded = host.run("journalctl -t samba -o cat --grep=%s", '"operation": "Add".*CN=svc-mail')
    lines = [json.loads(line)["dsdbChange"] for line in recorded.stdout.splitlines()]
    if administration.running("directory")[0].name == machine.name:
        assert [(line["userSid"], line["remoteAddress"]) for line in lines] == [("S-1-5-18", None)]
        assert "redacted" in json.dumps(lines)
