"""What Debian 13's mail programs do in silence: settings as they are in force. docs/mail-traps.md lists every trap."""

import pytest
from testinfra.host import Host

from inventory.model import Administration, Machine
from roles.mail.config import MailConfig, config_of

pytestmark = pytest.mark.machines("mail")

# Lines of Dovecot 2.3: 2.4 must refuse each, so that none comes back unseen by the check of a deploy.
OF_BEFORE = (
    "mail_location = maildir:~/Maildir",
    "plugin {\n quota = count:User quota\n}",
    "passdb {\n driver = ldap\n args = /etc/dovecot/ldap.conf.ext\n}",
    "ssl_cert = </etc/ssl/administration/host.crt",
    "ssl_prefer_server_ciphers = yes",
    "disable_plaintext_auth = yes",
    "sieve_before = /etc/dovecot/sieve/x.sieve",
    "service x {\n inet_listener y {\n  address = 127.0.0.1\n }\n}",
    "metric x {\n group_by = a b\n}",
    "mail_replica = tcp:mail2",
    "replication_max_conns = 1",
)


@pytest.fixture
def wanted(administration: Administration, machine: Machine) -> MailConfig:
    return config_of(administration, machine)


def test_what_dovecot_2_3_had_is_refused_before_it_runs(host: Host) -> None:
    file = "d=$(mktemp -d); trap 'rm -rf $d' EXIT; { cat /etc/dovecot/dovecot.conf; echo; printf %s; } >$d/x"
    ask = f"{file}; doveconf -n -c $d/x"
    assert host.run(ask, "# nothing\n").succeeded
    for line in OF_BEFORE:
        assert not host.run(ask, f"{line}\n").succeeded, line


def test_dovecot_does_what_its_version_is_said_to_do(host: Host) -> None:
    said = dict(
        line.split(" = ", 1)
        for line in host.check_output("doveconf -n").splitlines()
        if line.startswith(("dovecot_", "ldap_", "mail_", "auth_", "ssl")) and " = " in line
    )
    # A version that is too new is taken in silence, with defaults that do not apply.
    assert said["dovecot_config_version"] == said["dovecot_storage_version"] == "2.4.1"
    # Each controller over TLS; the cache of logins, which mixed people up (CVE-2025-30189), is off.
    assert all(uri.startswith("ldaps://") for uri in said["ldap_uris"].split())
    assert host.check_output("doveconf -h auth_cache_size") == "0"
    assert host.check_output("doveconf -h auth_allow_cleartext") == "no"
    assert host.check_output("doveconf -h mail_fsync") == "optimized"
    assert int(host.check_output("doveconf -h mail_max_userip_connections")) >= 10
    # By a bit: of a value among others nobody would be locked out, or everybody.
    passdb = host.check_output("doveconf passdb")
    assert "(mail=%{user})(!(userAccountControl:1.2.840.113556.1.4.803:=2))" in passdb
    assert "bind = yes" in passdb


def test_everybody_is_found_without_the_directory(host: Host, wanted: MailConfig) -> None:
    assert set(host.check_output("doveadm user '*'").split()) == {
        each.address for each in (*wanted.mailboxes, *wanted.shared)
    }
    assert "passwd-file" in host.check_output("doveconf -n userdb")


def test_the_ldap_library_follows_no_referral_and_trusts_one_authority(host: Host) -> None:
    said = host.check_output("cat /etc/ldap/ldap.conf").splitlines()
    assert "REFERRALS off" in said
    assert "TLS_CACERT /etc/ssl/administration/ca.crt" in said
    assert not any(line.startswith("TLS_REQCERT") for line in said)  # demand, unless somebody says otherwise


def test_nothing_replicates_but_what_we_run(host: Host) -> None:
    assert host.run("doveadm replicator status").rc != 0
    assert host.run("test -e /usr/lib/dovecot/replicator").rc != 0


def test_postfix_says_nothing_of_its_settings(host: Host) -> None:
    # A setting that it does not know (requiretls_enable) is a warning, and no more.
    assert host.check_output("postconf -n 2>&1 >/dev/null; postconf -M 2>&1 >/dev/null") == ""
    assert host.check_output("postconf -h smtp_tls_security_level") in ("may", "dane")
    assert host.check_output("postconf -h smtpd_forbid_bare_newline") in ("normalize", "reject", "yes")
    assert host.check_output("systemctl is-enabled postfix.service") == "enabled"
    maps = host.check_output("postconf -h virtual_mailbox_maps virtual_alias_maps virtual_mailbox_domains")
    assert {each.partition(":")[0] for each in maps.replace(",", " ").split()} <= {"texthash", "lmdb", "cdb"}
