"""Dovecot: the mailboxes, and whether a password is right (it asks the directory)."""

from pathlib import Path

from pyinfra import host
from pyinfra.operations import files

from inventory.model.administration import DAV, DAV_ID
from inventory.secrets import Secrets
from roles.common import admitted, config_file, local_group, local_user, secret_file, service
from roles.mail import learning, logins, mailboxes, sessions
from roles.mail.config import COPIES, FOLDERS, RECOVERABLE, SHARED, STORE, MailConfig
from roles.mail.copies import CHANGES, EVENTS
from roles.mail.copies import PASSWORD as COPIES_PASSWORD
from roles.mail.guard import POLICY
from roles.mail.returns import drop_in, returns
from roles.mail.rspamd import USER as FILTER

SETTINGS = "/etc/dovecot/dovecot.conf"
PEOPLE = "/etc/dovecot/people"
PASSWORD = "/etc/dovecot/directory-password.conf"  # noqa: S105  # where it is
PROTOCOLS = "/etc/dovecot/protocols.conf"
AUTHORITY = "/etc/ssl/administration/ca.crt"
LIBRARY = "/etc/ldap/ldap.conf"
CERTIFICATE = ["/etc/ssl/administration/host.crt", "/etc/ssl/administration/host.key"]
SEEN = "/etc/dovecot/shared"
WARN = "/usr/local/libexec/quota-warning"
ARRIVAL = "/etc/dovecot/sieve/arrival.sieve"
USER, UID = "vmail", 5000  # fixed, so that mail restored on another server has the same owner


def dovecot(wanted: MailConfig, secrets: Secrets) -> None:
    """Ensure the owner of all mail, the list of mailboxes, the configuration and the service."""
    local_group(name="mail: group vmail", group=USER, gid=UID)
    local_user(name="mail: user vmail", user=USER, uid=UID, group=USER, home=STORE, shell="/usr/sbin/nologin")
    if wanted.dav:
        local_group(name="mail: group of calendars", group=DAV, gid=DAV_ID)
    files.directory(name="mail: store", path=STORE, user=USER, group=USER, mode="700")
    mailboxes.placed(name="mail: each mailbox has the folder of its person", mailboxes=wanted.mailboxes)
    admitted(
        name="mail: only people of the inventory have a mailbox open",
        path=PEOPLE,
        template="mail/dovecot/people.j2",
        names=[
            *(name for each in wanted.mailboxes for name in (each.address, sessions.opened(each.address, each.groups))),
            *(each.address for each in wanted.shared),
        ],
        removes=("mailbox", r"^([^#:\s]+):"),
        inside=sessions.LoggedIn,
        close=Path(__file__).with_name("programs") / "close_mailboxes.py",
        group="dovecot",
        mode="640",
        wanted=wanted,
        uid=UID,
    )
    for box in host.loop(wanted.shared):
        store = f"{box.home}/Maildir"
        recoverable = f"{store}/.{mailboxes.on_disk(RECOVERABLE)}"
        for folder in host.loop([SHARED, box.home.rpartition("/")[0], box.home, store, recoverable]):
            files.directory(name=f"mail: folder {folder}", path=folder, user=USER, group=USER, mode="700")
        for folder, rights in host.loop(((store, "rights"), (recoverable, "rights_to_read"))):
            config_file(
                name=f"mail: {rights.replace('_', ' ')} {folder}",
                template=f"mail/dovecot/{rights}.j2",
                path=f"{folder}/dovecot-acl",
                user=USER,
                group=USER,
                mode="600",
                box=box,
            )
    config_file(
        name="mail: who sees which shared mailbox",
        template="mail/dovecot/seen.j2",
        path=SEEN,
        group=USER,
        mode="640",
        wanted=wanted,
    )
    mailboxes.kept(name="mail: only root reads what somebody left", mailboxes=wanted.mailboxes, owner=USER)
    files.directory(name="mail: settings folder of the LDAP library", path=LIBRARY.rpartition("/")[0])
    config_file(name="mail: settings of the LDAP library", template="mail/dovecot/ldap.conf", path=LIBRARY)
    secret_file(
        name="mail: password of the service account",
        content=secrets.get("mail", "service_account"),
        form='ldap_auth_dn_password = "{}"\n',
        path=PASSWORD,
    )
    logins.remembered(wanted, PASSWORD)
    secret_file(
        name="mail: password between mail servers",
        content=secrets.get("mail", "copies"),
        form='doveadm_password = "{}"\n',
        path=COPIES_PASSWORD,
    )
    config_file(
        name="mail: warning of a mailbox that fills", template="mail/dovecot/quota-warning", path=WARN, mode="755"
    )
    files.directory(name="mail: folder of rules for all", path=ARRIVAL.rpartition("/")[0])
    config_file(
        name="mail: rules for all that arrives are valid and in place",
        template="mail/dovecot/arrival.sieve.j2",
        path=ARRIVAL,
        check="sievec {} {}.compiled && rm {}.compiled",  # to /dev/null, it would replace /dev/null
        wanted=wanted,
        recoverable=RECOVERABLE,
    )
    learning.learning(owner=USER, rspamd=FILTER)
    config_file(
        name="mail: protocols of dovecot", template="mail/dovecot/protocols.conf.j2", path=PROTOCOLS, wanted=wanted
    )
    config_file(
        name="mail: dovecot.conf is valid and in place",
        template="mail/dovecot/dovecot.conf.j2",
        path=SETTINGS,
        check="doveconf -n -c {} >/dev/null",
        wanted=wanted,
        uid=UID,
        owner=USER,
        people=PEOPLE,
        password=PASSWORD,
        protocols=PROTOCOLS,
        seen=SEEN,
        warn=WARN,
        sieve=ARRIVAL,
        folders=FOLDERS,
        recoverable=RECOVERABLE,
        remembered=logins.RULES,
        learning=learning.SETTINGS,
        policy=POLICY,
        copies=COPIES,
        events=EVENTS,
        changes=CHANGES,
        authority=AUTHORITY,
        password_of_copies=COPIES_PASSWORD,
    )
    returns("dovecot")
    service(name="mail: dovecot speaks its present protocols", unit="dovecot.service", watches=[PROTOCOLS])
    service(
        name="mail: dovecot runs with its present configuration",
        unit="dovecot.service",
        watches=[
            SETTINGS,
            POLICY,
            learning.SETTINGS,
            logins.RULES,
            LIBRARY,
            PASSWORD,
            COPIES_PASSWORD,
            *CERTIFICATE,
            drop_in("dovecot"),
        ],
        reload=True,
    )
    mailboxes.named(name="mail: folders have French names", mailboxes=wanted.mailboxes, folders=FOLDERS)
