"""The domain controllers: what a stranger learns (nothing), what programs may trust, and that the database is sound."""

import pytest
from testinfra.host import Host

from inventory.model import Administration, Machine
from tests.conftest import connect

pytestmark = pytest.mark.machines("directory")


def test_a_null_session_lists_nobody(host: Host, machine: Machine) -> None:
    refused = host.run(f"rpcclient -U% {machine.fqdn} -c enumdomusers")
    assert refused.rc == 1
    assert "NT_STATUS_ACCESS_DENIED" in refused.stdout + refused.stderr


def test_an_anonymous_search_is_refused(host: Host, machine: Machine, administration: Administration) -> None:
    base = administration.platform.base_dn
    refused = host.run(f"ldbsearch -H ldap://{machine.fqdn} -U% -b {base} '(objectClass=user)' dn")
    assert refused.rc == 1
    assert "Operation unavailable without authentication" in refused.stdout + refused.stderr


def test_a_password_in_clear_is_refused_before_it_is_looked_at(host: Host, machine: Machine) -> None:
    bind = f"ldbsearch -H ldap://{machine.fqdn} --simple-bind-dn=CN=anybody --password=anything dn"
    refused = host.run(bind)
    assert refused.rc == 1
    assert "LDAP_STRONG_AUTH_REQUIRED" in refused.stderr


def test_the_ldaps_certificate_holds_the_name_of_the_machine_and_of_the_domain(
    host: Host, machine: Machine, administration: Administration
) -> None:
    for name in (machine.fqdn, administration.platform.domain):
        connect = f"openssl s_client -connect {machine.address}:636 -verify_return_error -verify_hostname {name}"
        assert host.run(f"{connect} -CAfile /etc/ssl/administration/ca.crt -brief </dev/null").rc == 0, name


@pytest.mark.parametrize("dialect", ["NT1", "SMB2_10", "SMB3_02"])
def test_an_old_dialect_is_refused(host: Host, machine: Machine, dialect: str) -> None:
    # The client's own lower bound is put away, so that the refusal is the server's.
    old = f"smbclient --option='client min protocol=NT1' -m {dialect} -N -L //{machine.fqdn}"
    refused = host.run(old)
    assert refused.rc == 1
    assert "Protocol negotiation" in refused.stdout + refused.stderr


def test_the_database_is_sound(host: Host) -> None:
    assert host.check_output("samba-tool dbcheck --cross-ncs").endswith("(0 errors)")


def test_group_policies_have_the_permissions_of_the_directory(host: Host) -> None:
    assert host.run("samba-tool ntacl sysvolcheck").rc == 0


def test_time_may_be_signed_for_members(host: Host) -> None:
    # chrony, which is not root, asks samba over this socket (MS-SNTP).
    assert host.run("runuser -u _chrony -- test -w /var/lib/samba/ntp_signd/socket").rc == 0


def test_each_fetches_from_the_other_and_holds_the_same(host: Host, administration: Administration) -> None:
    said = host.check_output("check-replication 2>/dev/null")
    assert all(other.fqdn in said for other in administration.running("directory")), said


def test_the_files_of_group_policies_are_the_same_everywhere(host: Host, administration: Administration) -> None:
    digests = "cd /var/lib/samba/sysvol && find . -type f -exec sha256sum {} + | sort"
    for other in administration.running("directory"):
        assert connect(administration, other.name).check_output(digests) == host.check_output(digests), other.name
