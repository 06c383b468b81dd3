"""A person logs in from a workstation, and the names of the administration lead where they must."""

from datetime import datetime, timedelta

import pytest

from inventory import dkim
from inventory.model import Administration


def test_everybody_gets_a_ticket(administration: Administration, workstation, password_of) -> None:
    for _, person in administration.people():
        got = workstation.run_stdin(f"kinit -c MEMORY: {person.login}", password_of(person.login))
        assert got.returncode == 0, f"{person.login}: {got.stderr}"


def test_a_wrong_password_is_refused_and_the_right_one_is_not(
    administration: Administration, workstation, password_of
) -> None:
    login = next(person.login for _, person in administration.people())
    refused = workstation.run_stdin(f"kinit -c MEMORY: {login}", "wrong")
    assert refused.returncode == 1
    assert "Preauthentication failed" in refused.stderr or "Password incorrect" in refused.stderr
    # The right one after it also sets the count of failures back to zero.
    assert workstation.run_stdin(f"kinit -c MEMORY: {login}", password_of(login)).returncode == 0


def test_old_ciphers_are_refused(administration: Administration, workstation, password_of) -> None:
    login = next(person.login for _, person in administration.people())
    weak = "allow_weak_crypto=true\\ndefault_tkt_enctypes=arcfour-hmac\\npermitted_enctypes=arcfour-hmac\\n"
    login_at = f"{login}@{administration.platform.realm}"
    command = f"printf '[libdefaults]\\n{weak}' >$f && KRB5_CONFIG=$f kinit -c MEMORY: {login_at}"
    refused = workstation.run_stdin(f"f=$(mktemp) && trap 'rm $f' EXIT && {command}", password_of(login))
    assert refused.returncode == 1
    assert "KDC has no support for encryption type" in refused.stderr


def test_a_ticket_for_a_service_ends_within_the_hour(administration: Administration, workstation, password_of) -> None:
    """The KDC is not asked again about one that it gave: so long may a leaver still use it."""
    login = next(person.login for _, person in administration.people())
    service = f"cifs/{administration.running('files')[0].fqdn}"
    command = f"export KRB5CCNAME=$(mktemp); kinit {login} >/dev/null && kvno -q {service} && klist; rm -f $KRB5CCNAME"
    said = workstation.run_stdin(command, password_of(login))
    (line,) = [line for line in said.stdout.splitlines() if f"{service}@" in line]
    words = line.split()
    begins, ends = (datetime.strptime(" ".join(words[at : at + 2]), "%m/%d/%y %H:%M:%S") for at in (0, 2))
    assert timedelta(0) < ends - begins <= timedelta(hours=1), line


def answers(workstation, name: str, kind: str) -> list[str]:
    """The answer of the resolver, one record a line; a text in one piece."""
    said = workstation.run(f"dig +short +timeout=3 {name} {kind}")
    assert said.returncode == 0, said.stdout
    return [line.replace('" "', "").strip('"') for line in said.stdout.splitlines()]


@pytest.mark.parametrize("service", ["_ldap._tcp", "_kerberos._tcp", "_kerberos._udp", "_kpasswd._tcp"])
def test_the_domain_names_its_controllers(administration: Administration, workstation, service: str) -> None:
    controllers = {f"{controller.fqdn}." for controller in administration.running("directory")}
    found = answers(workstation, f"{service}.{administration.platform.domain}", "SRV")
    assert {line.split()[3] for line in found} == controllers


def test_every_machine_and_application_has_its_address(administration: Administration, workstation) -> None:
    wanted = {machine.fqdn: machine.address for machine in administration.machines.values()} | {
        administration.application_name(application): administration.machine(application.host).address
        for application in administration.applications.values()
    }
    for name, address in wanted.items():
        assert answers(workstation, name, "A") == [str(address)], name


def test_every_machine_and_device_is_known_by_its_address(administration: Administration, workstation) -> None:
    for name in (*administration.machines, *administration.switches, *administration.routers):
        asked = f"-x {administration.addresses[name]}"
        assert answers(workstation, asked, "") == [f"{administration.fqdn(name)}."], name


def test_each_mail_domain_says_where_its_mail_goes_and_who_signs_it(
    administration: Administration, workstation
) -> None:
    exchangers = enumerate(administration.mail_servers, start=1)
    servers = {f"{place * 10} {server.fqdn}." for place, server in exchangers}
    for institution in administration.institutions.values():
        domain = institution.mail_domain
        assert set(answers(workstation, domain, "MX")) == servers
        assert answers(workstation, domain, "TXT") == ["v=spf1 mx -all"]
        assert answers(workstation, f"_dmarc.{domain}", "TXT")[0].startswith("v=DMARC1; p=reject")
        for selector in dkim.signing(dkim.today()):
            (key,) = answers(workstation, f"{selector}._domainkey.{domain}", "TXT")
            assert key.startswith(("v=DKIM1; k=rsa; p=MII", "v=DKIM1; k=ed25519; p=")), domain
