"""Mail: what a stranger may not do, and what each person has alone. test_mail.py in journeys/ sends and reads."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from testinfra.host import Host

from inventory.model import Administration, Machine
from roles.mail.config import MailConfig, config_of
from roles.mail.logins import FOLDER
from roles.mail.rspamd import CONTROLLER
from roles.rendering import render
from tests.conftest import connect, reaches
from tests.waiting import within

pytestmark = pytest.mark.machines("mail")

OUTSIDE = "someone@example.org"

# An SMTP dialogue over verified TLS, up to the message: each reply on its line. Nothing is ever sent.
DIALOGUE = """
import smtplib, ssl, sys
name, port, *commands = sys.argv[1:]
tls = ssl.create_default_context()
if port == "465":
    client = smtplib.SMTP_SSL(name, 465, context=tls)
else:
    client = smtplib.SMTP(name, int(port))
    client.ehlo()
    print("before TLS:", *sorted(client.esmtp_features))
    client.starttls(context=tls)
client.ehlo()
print("after TLS:", *sorted(client.esmtp_features))
for command in commands:
    code, text = client.docmd(command)
    print(code, text.decode())
"""

MESSAGE = "From: {}\nTo: someone@example.org\nSubject: a test\n\nNothing.\n"


@pytest.fixture
def wanted(administration: Administration, machine: Machine) -> MailConfig:
    return config_of(administration, machine)


@pytest.fixture
def elsewhere(administration: Administration) -> Host:
    """Another machine of the administration: a stranger to the mail server."""
    return connect(administration, administration.running("applications")[0].name)


@pytest.fixture
def people(administration: Administration) -> list[str]:
    """The address of the first person of each institution."""
    return [i.address_of(i.people[0]) for i in administration.institutions.values()]


def dialogue(elsewhere: Host, machine: Machine, port: int, *commands: str) -> list[str]:
    arguments = " ".join(f"'{command}'" for command in commands)
    return elsewhere.check_output(f"python3 -c %s {machine.fqdn} {port} {arguments}", DIALOGUE).splitlines()


def test_it_serves_its_ports_and_no_clear_text_one(
    host: Host, machine: Machine, administration: Administration
) -> None:
    listening = host.check_output("ss -Hltn").splitlines()
    addresses = [line.split()[3].rsplit(":", 1) for line in listening]
    served = {port for address, port in addresses if not address.startswith("127.")}
    between = {"2525", "4126"} if administration.standing_by else set()  # the servers themselves: test_mail_standby.py
    beside = {"5232"} if "dav" in machine.runs else set()
    assert served == {"22", "25", "465", "587", "993", "4190", "9154"} | between | beside


@pytest.mark.parametrize("port", [110, 143])
def test_clear_text_ports_are_closed_from_elsewhere(elsewhere: Host, machine: Machine, port: int) -> None:
    assert not reaches(elsewhere, str(machine.address), port)


def test_a_stranger_cannot_relay(elsewhere: Host, machine: Machine) -> None:
    said = dialogue(elsewhere, machine, 25, f"MAIL FROM:<{OUTSIDE}>", "RCPT TO:<other@example.com>")
    assert said[-1].startswith("554 5.7.1"), said


def test_this_machine_itself_cannot_relay(host: Host, machine: Machine) -> None:
    said = dialogue(host, machine, 25, f"MAIL FROM:<{OUTSIDE}>", "RCPT TO:<other@example.com>")
    assert said[-1].startswith("554 5.7.1"), said


def test_an_unknown_recipient_is_refused_at_once(elsewhere: Host, machine: Machine, wanted: MailConfig) -> None:
    for domain in (*wanted.domains, wanted.hostname):
        said = dialogue(elsewhere, machine, 25, f"MAIL FROM:<{OUTSIDE}>", f"RCPT TO:<nobody.at.all@{domain}>")
        assert said[-1].startswith("550 5.1.1"), said


def test_a_known_recipient_is_accepted(elsewhere: Host, machine: Machine, wanted: MailConfig) -> None:
    addresses = [mailbox.address for mailbox in wanted.mailboxes] + [
        a.address for a in wanted.aliases if not a.internal
    ]
    commands = [f"RCPT TO:<{address}>" for address in addresses]
    said = dialogue(elsewhere, machine, 25, f"MAIL FROM:<{OUTSIDE}>", *commands)
    assert [reply.split()[0] for reply in said[-len(addresses) :]] == ["250"] * len(addresses), said


def test_a_stranger_cannot_send_in_our_name(elsewhere: Host, machine: Machine, people: list[str]) -> None:
    sender, recipient = people[:2]
    said = dialogue(elsewhere, machine, 25, f"MAIL FROM:<{sender}>", f"RCPT TO:<{recipient}>")
    assert said[-1].startswith("554 5.7.1"), said


def test_port_25_takes_no_password(elsewhere: Host, machine: Machine) -> None:
    said = dialogue(elsewhere, machine, 25, "AUTH PLAIN AGEAYg==")
    assert "starttls" in said[0]
    assert not any("auth" in line for line in said[:2])
    assert said[-1].startswith("503 5.5.1"), said


@pytest.mark.parametrize("port", [465, 587])
def test_who_sends_logs_in(elsewhere: Host, machine: Machine, people: list[str], port: int) -> None:
    sender, recipient = people[:2]
    said = dialogue(elsewhere, machine, port, f"MAIL FROM:<{sender}>", f"RCPT TO:<{recipient}>")
    assert said[-1].startswith("554 5.7.1"), said


def test_port_587_takes_nothing_before_tls(elsewhere: Host, machine: Machine) -> None:
    before, after = dialogue(elsewhere, machine, 587)
    assert "starttls" in before
    assert "auth" not in before
    assert "auth" in after
    script = "import smtplib, sys; c = smtplib.SMTP(sys.argv[1], 587); c.ehlo(); print(c.docmd(sys.argv[2]))"
    for command in ("AUTH PLAIN AGEAYg==", f"MAIL FROM:<{OUTSIDE}>"):
        said = elsewhere.check_output("python3 -c %s %s %s", script, machine.fqdn, command)
        assert "5.5.1" in said or "5.7.0" in said, said


def test_what_asks_about_sending_runs_with_few_rights(host: Host) -> None:
    said = host.check_output("systemctl show -p User,NoNewPrivileges,ProtectSystem mail-sending.service").splitlines()
    assert {"User=mail-sending", "NoNewPrivileges=yes", "ProtectSystem=strict"} <= set(said)
    assert host.check_output("stat -c '%U %a' /var/lib/mail-sending/ledger.sqlite") == "mail-sending 600"
    assert host.check_output("stat -c '%U %a' /var/spool/postfix/private/sending") == "postfix 600"
    # With these rights it learns what Postfix still holds.
    kept = ("NoNewPrivileges", "ProtectSystem", "RestrictAddressFamilies", "SupplementaryGroups", "SystemCallFilter")
    said = host.check_output(f"systemctl show -p {','.join(kept)} mail-sending.service").splitlines()
    rights = " ".join(f"-p '{each}'" for each in (*said, "User=mail-sending", "Group=mail-sending"))
    assert host.run(f"systemd-run --quiet --pipe --wait {rights} /usr/sbin/postqueue -j").succeeded


def test_a_process_of_this_machine_sends_outside_for_nobody_else(host: Host, people: list[str]) -> None:
    # Where what rules send comes in: no name, no way out; a name of elsewhere, neither.
    script = "import smtplib, sys; c = smtplib.SMTP('127.0.0.1', 10587); c.ehlo('x'); c.mail(sys.argv[1]);"
    for sender in ("", OUTSIDE):
        said = host.check_output("python3 -c %s %s", f"{script} print(c.rcpt('a@example.org'))", sender)
        assert "(550, " in said, said
        assert "5.7.1" in said, said
    assert host.check_output("python3 -c %s ''", f"{script} print(c.rcpt('{people[0]}'))").startswith("(250")


def test_only_the_filter_reads_the_signing_keys(host: Host, wanted: MailConfig) -> None:
    keys = {f"{domain}.{selector}.key" for domain in wanted.domains for selector in wanted.signing}
    assert set(host.check_output("ls -A /var/lib/rspamd/dkim").split()) == keys  # none whose quarter is over
    for name in keys:
        key = f"/var/lib/rspamd/dkim/{name}"
        assert host.check_output("stat -c '%%U %%a' %s", key) == "_rspamd 600"
        assert not host.run("runuser -u nobody -- cat %s", key).succeeded


def test_only_root_reads_the_password_of_the_service_account(host: Host) -> None:
    assert host.check_output("stat -c '%U %a' /etc/dovecot/directory-password.conf") == "root 600"


def judge(host: Host, header_from: str, *options: str) -> str:
    """What the filter says of a message that it is only shown."""
    command = f"printf %s | rspamc -h {CONTROLLER} symbols {' '.join(options)}"
    return host.check_output(command, MESSAGE.format(header_from))


def test_every_domain_signs_what_its_people_send(host: Host, people: list[str], wanted: MailConfig) -> None:
    for address in people:
        said = judge(host, address, "--ip 10.20.10.21", f"--from {address}", f"--user {address}")
        domain = address.partition("@")[2]
        signed = {f"{domain}:s={selector}" for selector in wanted.signing}
        (told,) = re.findall(r"DKIM_SIGNED \(0\.00\)\[(.*)\]", said)
        assert set(told.split(", ")) == signed, said


def test_a_stranger_is_never_signed_for(host: Host, people: list[str]) -> None:
    # An address of the administration is no proof: rspamd would take 10.0.0.0/8 for its own.
    for address in ("10.20.10.21", "192.168.1.1"):
        assert "DKIM_SIGNED" not in judge(host, people[0], f"--ip {address}", f"--from {OUTSIDE}")


def test_a_person_writes_in_no_other_name(host: Host, people: list[str]) -> None:
    own, other = people[:2]
    for header in (other, f"{own}, {other}", f'"{own}" <{other}>', ""):
        said = judge(host, header, "--ip 10.20.10.21", f"--from {own}", f"--user {own}")
        assert "Action: reject" in said, said


def test_each_person_has_a_folder_alone(host: Host, wanted: MailConfig) -> None:
    paths = {m.address: host.check_output("doveadm user -f mail_path %s", m.address) for m in wanted.mailboxes}
    assert paths == {mailbox.address: f"{mailbox.home}/Maildir" for mailbox in wanted.mailboxes}


def test_a_full_mailbox_refuses(host: Host, wanted: MailConfig) -> None:
    # The person's own settings, with a smaller limit, on a folder that goes away: no mailbox is touched.
    save = (
        'd=$(mktemp -d); trap \'rm -rf "$d"\' EXIT; chown vmail "$d"; printf %s |'
        ' doveadm -o mail_path="$d/Maildir" -o quota_storage_size={} save -u {}'
    )
    address = wanted.mailboxes[0].address
    message = MESSAGE.format(address) + 4000 * "a"
    assert host.run(save.format("1M", address), message).succeeded
    refused = host.run(save.format("1k", address), message)
    assert not refused.succeeded
    assert "mailbox is full" in refused.stderr


def test_the_limit_of_each_mailbox_is_in_force(host: Host, wanted: MailConfig) -> None:
    for mailbox in wanted.mailboxes:
        limits = host.check_output("doveadm -f tab quota get -u %s", mailbox.address).splitlines()
        assert limits[1].split("\t")[:4:3] == ["Mailbox", str(mailbox.quota_gib << 20)], limits


def test_a_mailbox_without_a_limit_in_the_list_could_hold_nothing(host: Host) -> None:
    # The trap: a limit that is nowhere in force, and nothing that says so.
    assert host.check_output("doveconf -h quota_storage_size") == "1B"
    assert host.check_output("doveconf -h quota_storage_grace") == "0"


def test_dovecot_is_the_one_whose_holes_are_closed(host: Host) -> None:
    # deb13u7 closes 25, the rules' header editing and the ACLs' among them.
    assert host.run(
        "dpkg --compare-versions $(dpkg-query -W -f '${Version}' dovecot-core) ge 1:2.4.1+dfsg1-6+deb13u7"
    ).succeeded
    assert "editheader" not in host.check_output("doveconf -h sieve_extensions")


def test_a_rule_does_not_refuse(host: Host) -> None:
    # A refusal that cannot leave would take the message with it.
    said = host.check_output("doveconf -h sieve_extensions").splitlines()
    assert "reject = no" in said
    assert "ereject = yes" not in said


def test_spam_goes_where_spam_is(host: Host, wanted: MailConfig) -> None:
    said = host.check_output(
        'd=$(mktemp -d); trap \'rm -rf "$d"\' EXIT; chown vmail "$d"; cp /etc/dovecot/sieve/arrival.sieve "$d";'
        ' printf %s >"$d/message"; sieve-test -u %s "$d/arrival.sieve" "$d/message" 2>&1',
        "X-Spam: Yes\n" + MESSAGE.format(OUTSIDE),
        wanted.mailboxes[0].address,
    )
    assert "Indésirables" in said, said


def test_the_directory_has_the_last_word_of_a_login(host: Host, wanted: MailConfig) -> None:
    # A password that is remembered and is not the present one: as if it had been changed since. Both are made up.
    address, password = wanted.mailboxes[-1].address, "essai-retenu"
    record = f"{FOLDER}/{address}"
    write = f"umask 077; echo $(date +%s) 1 $(openssl passwd -6 {password}) >{record} && chown dovecot: {record}"
    try:
        host.check_output(write)
        refused = 77  # asked again where no controller answered just then: that is what it is remembered for
        assert within(60, lambda: host.run("doveadm auth test -x service=imap %s %s", address, password).rc == refused)
        # And it is forgotten, so that it is no longer good where no controller answers.
        host.check_output(write)
        assert within(60, lambda: _forgotten(host, record))
    finally:
        host.run("rm -f %s", record)


def _forgotten(host: Host, record: str) -> bool:
    """Whether what the directory denies is gone after it was asked; a controller that is busy is asked again."""
    host.check_output("systemctl start forget-logins.service")
    return not host.file(record).exists


# What Dovecot gives the rules of remembered logins, and a login while no controller answers; what they decide.
WITHOUT_A_CONTROLLER = """
dovecot = {auth = setmetatable({}, {__index = function(_, name) return name end})}
local rules = assert(load(io.read("a")))
rules()
local request = {user = arg[1], log_info = function() end, password_verify = function() return 1 end}
print((auth_password_verify(request, "essai")))
"""


def test_an_account_that_is_over_is_not_remembered_past_its_last_day(host: Host, wanted: MailConfig) -> None:
    # The rules as a deploy renders them, with accounts that end and a folder of their own.
    (over, going, without) = ("fini@sante.gov.bf", "present@sante.gov.bf", "sans-fin@sante.gov.bf")
    ends = {over: date.today() - timedelta(days=1), going: date.today()}
    boxes = tuple(replace(wanted.mailboxes[0], address=who, until=day.isoformat()) for who, day in ends.items())
    folder = host.check_output("mktemp -d")
    rules = render("mail/dovecot/remembered.lua.j2", wanted=replace(wanted, mailboxes=boxes), folder=folder)
    try:
        for who in (over, going, without):
            host.check_output('echo "$(date +%%s) 1 hash" >%s', f"{folder}/{who}")
            said = host.check_output("printf %%s %s | lua5.4 -e %s /dev/null %s", rules, WITHOUT_A_CONTROLLER, who)
            assert said == ("PASSDB_RESULT_USER_DISABLED" if who == over else "PASSDB_RESULT_OK"), who
    finally:
        host.check_output("rm -r %s", folder)


def test_only_dovecot_reads_what_is_remembered(host: Host) -> None:
    assert host.check_output("stat -c '%%U %%a' %s", FOLDER) == "dovecot 700"
    assert host.check_output("findmnt -n -o FSTYPE -T %s", FOLDER) == "tmpfs"  # no disk, no backup


def test_names_are_answered_by_this_machine_alone(host: Host, elsewhere: Host, machine: Machine) -> None:
    assert [line for line in host.file("/etc/resolv.conf").content_string.splitlines() if "nameserver" in line] == [
        "nameserver 127.0.0.1"
    ]
    assert host.check_output("getent hosts %s", str(machine.address)).split()[1] == machine.fqdn
    assert not reaches(elsewhere, str(machine.address), 53)
