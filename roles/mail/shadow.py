"""A copy of each message on the other mail server before it is accepted, until it is where it goes."""

import json
from pathlib import Path
from typing import Any

from pyinfra import host
from pyinfra.operations import files

from inventory.model import Machine
from roles.common import config_file, copied_file, local_group, local_user, only_files, service, stopped
from roles.mail.config import SHADOW, MailConfig

PROGRAMS, LIBRARY = Path(__file__).with_name("programs") / "shadow", "/usr/local/lib/mail-shadow"
COMMAND = "/usr/local/sbin/mail-shadow"
SETTINGS = "/etc/mail-shadow/settings.json"
STORE, SOCKETS = "/srv/mail-shadow", "/var/spool/postfix/shadow"
WITHDRAW = "/etc/systemd/system/postfix.service.d/shadow.conf"
USER = "mail-shadow"
UNITS = {"mail-shadow.service": "keeper", "mail-shadow-ear.service": "ear"}
CERTIFICATE = ["/etc/ssl/administration/host.crt", "/etc/ssl/administration/host.key"]
MOST_MIB, FREE_MIB = 8192, 1024  # what copies may take of the disk, and what they leave


def shadow(wanted: MailConfig, machine: Machine) -> None:
    """Ensure the programs, who runs them, and both services; where there is one server, that none runs."""
    if not wanted.others:
        for unit in host.loop([*UNITS]):
            stopped(name=f"mail: {unit} has no other server", unit=unit)
        return
    local_group(name="mail: group mail-shadow", group=USER, system=True)
    local_user(name="mail: user mail-shadow", user=USER, group=USER, home=STORE, shell="/usr/sbin/nologin")
    files.directory(name="mail: folder of copies of messages", path=STORE, user=USER, group=USER, mode="700")
    files.directory(name="mail: folder of the copies' socket", path=SOCKETS, user=USER, group="postfix", mode="2710")
    for folder in host.loop([LIBRARY, f"{LIBRARY}/shadow", SETTINGS.rpartition("/")[0]]):
        files.directory(name=f"mail: folder {folder}", path=folder, mode="755")
    programs = sorted(PROGRAMS.glob("*.py"))
    for program in host.loop(programs):
        copied_file(name=f"mail: shadow, {program.name}", source=program, path=f"{LIBRARY}/shadow/{program.name}")
    only_files(
        name="mail: no program of copies of before", folder=f"{LIBRARY}/shadow", names=[each.name for each in programs]
    )
    config_file(name="mail: mail-shadow", template="mail/shadow/mail-shadow", path=COMMAND, mode="755")
    config_file(
        name="mail: who keeps whose copies",
        template="mail/shadow/settings.json.j2",
        path=SETTINGS,
        check="python3 -m json.tool {} >/dev/null",
        content=json.dumps(settings(wanted, machine), indent=1),
    )
    files.directory(name="mail: settings folder of postfix.service", path=WITHDRAW.rpartition("/")[0])
    config_file(name="mail: postfix sends nothing that was sent", template="mail/shadow/withdraw.conf", path=WITHDRAW)
    addresses = " ".join(str(each.address) for each in wanted.others)
    for unit, template in host.loop(UNITS.items()):
        path = f"/etc/systemd/system/{unit}"
        config_file(name=f"mail: {unit}", template=f"mail/shadow/{template}.conf.j2", path=path, addresses=addresses)
        service(
            name=f"mail: {unit} runs as it is now",
            unit=unit,
            watches=[path, f"{LIBRARY}/shadow", SETTINGS, *CERTIFICATE],
        )


def settings(wanted: MailConfig, machine: Machine) -> dict[str, Any]:
    """What the programs read: the other server, and what follows where it keeps no copy."""
    return {
        "address": str(machine.address),
        "port": SHADOW,
        "peers": {each.name: {"fqdn": each.fqdn, "address": str(each.address)} for each in wanted.others[:1]},
        "required": wanted.copies_required,
        "delivers": not wanted.standby,
        "most_mib": MOST_MIB,
        "free_mib": FREE_MIB,
    }
