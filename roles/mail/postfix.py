"""Postfix: takes mail from the world and from people, and refuses the rest while it is still the sender's problem."""

from pyinfra import host

from roles.common import config_file, service
from roles.mail.config import HANDOVER, MailConfig
from roles.mail.returns import drop_in, returns

FOLDER = "/etc/postfix"
CHECK = "/usr/local/sbin/check-postfix"
CERTIFICATE = ["/etc/ssl/administration/host.crt", "/etc/ssl/administration/host.key"]
AUTHORITY = "/etc/ssl/administration/ca.crt"
# Debian copies these into Postfix's chroot when it starts, and only then.
COPIED_AT_START = ["/etc/resolv.conf", "/etc/hosts"]
BOUNCES = f"{FOLDER}/bounces"
SETTINGS = ["master.cf", "main.cf"]  # a reload would ignore some changes, and Postfix dies of others
MAPS = ["domains", "mailboxes", "aliases", "internal", "copies", "inside", "partners"]


def postfix(wanted: MailConfig) -> None:
    """Ensure the maps, the configuration and the service."""
    config_file(name="mail: check of postfix settings", template="mail/postfix/check-postfix", path=CHECK, mode="755")
    for file in host.loop(MAPS):
        config_file(
            name=f"mail: postfix {file}",
            template=f"mail/postfix/{file}.j2",
            path=f"{FOLDER}/{file}",
            removes=("alias", r"^([^#\s]+) ") if file == "aliases" else None,
            wanted=wanted,
        )
    config_file(
        name="mail: what Postfix writes to who sent is valid and in place",
        template="mail/postfix/bounces.j2",
        path=BOUNCES,
        check='test -z "$(postconf -b {} 2>&1 >/dev/null)"',  # of a mistake it warns, and would write in English
    )
    for file in host.loop(SETTINGS):
        config_file(
            name=f"mail: postfix {file} is valid and in place",
            template=f"mail/postfix/{file}.j2",
            path=f"{FOLDER}/{file}",
            check=f"{CHECK} {file} {{}}",
            wanted=wanted,
            folder=FOLDER,
            port=HANDOVER,
            authority=AUTHORITY,
            chain=", ".join(reversed(CERTIFICATE)),
            peers=", ".join(f"{{{each.address} = permit}}" for each in wanted.others),
            addresses=" ".join(str(each.address) for each in wanted.others),
        )
    returns("postfix")
    service(
        name="mail: postfix runs with its present settings",
        unit="postfix.service",
        watches=[*(f"{FOLDER}/{file}" for file in SETTINGS), *COPIED_AT_START],
    )
    service(
        name="mail: postfix runs with its present maps",
        unit="postfix.service",
        watches=[*(f"{FOLDER}/{file}" for file in MAPS), BOUNCES, *CERTIFICATE, drop_in("postfix")],
        reload=True,
    )
