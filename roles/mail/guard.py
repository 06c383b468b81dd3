"""Guessing of passwords: who does it from outside is shut out by address for a time, who is inside never is."""

from pathlib import Path

from roles.common import config_file, copied_file, local_group, local_user, service
from roles.mail.config import MailConfig

USER = "mail-guard"
PORT = 4130
PROGRAM = "/usr/local/sbin/mail-guard"
SETTINGS = "/etc/mail-guard.json"
UNIT = "/etc/systemd/system/mail-guard.service"
POLICY = "/etc/dovecot/policy.conf"  # dovecot.conf reads it
FIGURES = "/run/mail-guard/figures"


def guard(wanted: MailConfig) -> None:
    """Ensure the service, its set of the firewall, and that Dovecot asks it."""
    local_group(name="mail: group of mail-guard", group=USER, system=True)
    local_user(
        name="mail: user of mail-guard",
        user=USER,
        group=USER,
        home="/nonexistent",
        shell="/usr/sbin/nologin",
    )
    source = Path(__file__).with_name("programs") / "mail_guard.py"
    copied_file(name="mail: mail-guard", source=source, path=PROGRAM, mode="755")
    config_file(
        name="mail: firewall of who guesses is valid and in place",
        template="mail/guard/mail-guard.nft.j2",
        path="/etc/nftables.d/mail-guard.nft",
        check="nft --check --file {}",
        port=PORT,
    )
    service(name="mail: firewall is active", unit="nftables.service", watches=["/etc/nftables.d"], reload=True)
    config_file(
        name="mail: settings of mail-guard",
        template="mail/guard/settings.json.j2",
        path=SETTINGS,
        check="python3 -m json.tool {} >/dev/null",
        wanted=wanted,
        port=PORT,
        figures=FIGURES,
    )
    config_file(
        name="mail: mail-guard.service",
        template="mail/guard/mail-guard.service.j2",
        path=UNIT,
        program=PROGRAM,
        settings=SETTINGS,
        account=USER,
    )
    service(name="mail: who guesses is shut out", unit="mail-guard.service", watches=[UNIT, PROGRAM, SETTINGS])
    config_file(
        name="mail: whom dovecot asks about each login",
        template="mail/guard/policy.conf.j2",
        path=POLICY,
        wanted=wanted,
        port=PORT,
    )
