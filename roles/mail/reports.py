"""Reports to other domains: how TLS with their servers fared (TLS-RPT), how mail in their name did (DMARC)."""

from pathlib import Path

from pyinfra import host
from pyinfra.operations import files

from inventory.model import Administration
from roles.common import config_file, copied_file, local_group, local_user, only_files, service
from roles.mail.config import MailConfig

USER, UID = "mail-reports", 4010  # below those that useradd chooses next to others
STATE = "/var/lib/mail-reports"
PROGRAMS = Path(__file__).with_name("programs") / "tls_reports"
LIBRARY = "/usr/local/lib/mail-reports"
SETTINGS = "/etc/mail-reports.json"
UNITS = "/etc/systemd/system"
LISTENS = "mail-tls-reports"
SENDS = ("send-tls-reports", "send-dmarc-reports")


def reports(administration: Administration, wanted: MailConfig) -> None:
    """Ensure what counts TLS sessions, and what sends reports once a day. rspamd counts for DMARC."""
    local_group(name="mail: group of reports", group=USER, gid=UID)
    local_user(name="mail: user of reports", user=USER, uid=UID, group=USER, home=STATE, shell="/usr/sbin/nologin")
    for folder in host.loop([LIBRARY, f"{LIBRARY}/tls_reports"]):
        files.directory(name=f"mail: folder {folder}", path=folder)
    programs = sorted(PROGRAMS.glob("*.py"))
    for program in host.loop(programs):
        copied_file(name=f"mail: reports, {program.name}", source=program, path=f"{LIBRARY}/tls_reports/{program.name}")
    only_files(
        name="mail: no program of reports of before",
        folder=f"{LIBRARY}/tls_reports",
        names=[program.name for program in programs],
    )
    config_file(
        name="mail: tls-reports", template="mail/reports/tls-reports", path="/usr/local/sbin/tls-reports", mode="755"
    )
    config_file(
        name="mail: in whose name reports are",
        template="mail/reports/settings.json.j2",
        path=SETTINGS,
        check="python3 -m json.tool {} >/dev/null",
        wanted=wanted,
    )
    units = {f"{LISTENS}.socket": "", f"{LISTENS}.service": ".j2"}
    units |= {f"{unit}.{kind}": "" for unit in SENDS for kind in ("service", "timer")}
    for unit, ending in host.loop(units.items()):
        config_file(
            name=f"mail: {unit}",
            template=f"mail/reports/{unit}{ending}",
            path=f"{UNITS}/{unit}",
            inside=administration.platform.prefixes,
        )
    service(name="mail: TLS sessions can be told", unit=f"{LISTENS}.socket", watches=[f"{UNITS}/{LISTENS}.socket"])
    service(
        name="mail: TLS sessions are counted",
        unit=f"{LISTENS}.service",
        watches=[f"{UNITS}/{LISTENS}.service", f"{LIBRARY}/tls_reports", SETTINGS],
    )
    for unit in host.loop(SENDS):
        service(
            name=f"mail: {unit} has its time",
            unit=f"{unit}.timer",
            watches=[f"{UNITS}/{unit}.{kind}" for kind in ("service", "timer")],
        )
