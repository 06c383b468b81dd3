"""Sending: what each account may send to the outside, and what waits because it passed a limit."""

from pathlib import Path

from pyinfra import host
from pyinfra.operations import files

from roles.common import config_file, copied_file, local_group, local_user, service
from roles.mail.config import MailConfig

USER = "mail-sending"
PROGRAMS = Path(__file__).with_name("programs") / "sending"
LIBRARY = "/usr/local/lib/mail-sending"
RULES = "/etc/mail-sending/rules.json"
LEDGER = "/var/lib/mail-sending"
UNITS = [f"/etc/systemd/system/{USER}.service", f"/etc/systemd/system/{USER}.socket"]


def sending(wanted: MailConfig) -> None:
    """Ensure the service that Postfix asks, its rules, and what operators use. Rules are taken up without a restart."""
    local_group(name="mail: group of sending", group=USER, system=True)
    local_user(name="mail: user of sending", user=USER, group=USER, home=LEDGER, shell="/usr/sbin/nologin")
    for folder in host.loop([LIBRARY, f"{LIBRARY}/sending", RULES.rpartition("/")[0]]):
        files.directory(name=f"mail: folder {folder}", path=folder)
    for program in host.loop(sorted(PROGRAMS.glob("*.py"))):
        copied_file(name=f"mail: sending, {program.name}", source=program, path=f"{LIBRARY}/sending/{program.name}")
    config_file(name="mail: held-mail", template="mail/sending/held-mail", path="/usr/local/sbin/held-mail", mode="755")
    config_file(
        name="mail: rules of sending are valid and in place",
        template="mail/sending/rules.json.j2",
        path=RULES,
        check=f"env PYTHONPATH={LIBRARY} PYTHONDONTWRITEBYTECODE=1 python3 -m sending {{}}",
        wanted=wanted,
    )
    for unit in host.loop(UNITS):
        config_file(name=f"mail: {unit}", template=f"mail/sending/{unit.rpartition('/')[2]}", path=unit)
    service(name="mail: what asks about sending is heard", unit=f"{USER}.socket", watches=UNITS[1:])
    service(name="mail: sending runs as it is now", unit=f"{USER}.service", watches=[UNITS[0], f"{LIBRARY}/sending"])
