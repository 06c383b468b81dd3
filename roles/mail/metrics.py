"""Figures of mail, which a Prometheus asks for: what waits, what was delivered, refused, and who logs in."""

from pathlib import Path

from inventory.model import Administration, Machine
from inventory.targets import MAIL
from roles.common import config_file, copied_file, service
from roles.mail.guard import FIGURES

UNIT = "/etc/systemd/system/mail-metrics.service"
PROGRAM = "/usr/local/libexec/mail-metrics"
SETTINGS = "/etc/mail-metrics.json"
COPIES = "/run/mail-copy/.figures"  # how far the copy of mailboxes is behind
MESSAGES = "/run/mail-shadow/figures"  # which messages the other server has a copy of
BACKUP = "/var/lib/mail-backup/last"  # the figures of the last backup


def metrics(administration: Administration, machine: Machine) -> None:
    """Ensure the service. Only bastions, monitors and the other mail server reach it."""
    # One that was used before and stands by now has its last figures still.
    copying = [] if machine in administration.standing_by else [COPIES]
    copied_file(
        name="mail: program of figures",
        source=Path(__file__).with_name("programs") / "mail_metrics.py",
        path=PROGRAM,
        mode="755",
    )
    config_file(
        name="mail: settings of figures",
        template="mail/metrics/settings.json.j2",
        path=SETTINGS,
        check="python3 -m json.tool {} >/dev/null",
        address=machine.address,
        port=MAIL,
        domains={
            domain: name
            for name, each in administration.institutions.items()
            for domain in (each.mail_domain, *each.former_domains)
        },
        also=[BACKUP, *copying, MESSAGES, FIGURES],
    )
    config_file(
        name="mail: unit of figures", template="mail/metrics/mail-metrics.service.j2", path=UNIT, settings=SETTINGS
    )
    service(
        name="mail: figures are told as they are now",
        unit="mail-metrics.service",
        watches=[UNIT, PROGRAM, SETTINGS],
    )
