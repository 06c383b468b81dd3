"""The journal: what an institution with one sends and receives is kept sealed, in a chain, before it is accepted."""

import json
from pathlib import Path
from typing import Any

from pyinfra import host
from pyinfra.operations import files

from roles.common import config_file, copied_file, local_group, local_user, only_files, service
from roles.mail.config import MailConfig

PROGRAMS, THERE = Path(__file__).with_name("programs") / "journal", "/usr/local/lib/mail-journal"
COMMAND = "/usr/local/sbin/mail-journal"
SETTINGS = "/etc/mail-journal/settings.json"
STORE, SOCKETS = "/srv/mail-journal", "/var/spool/postfix/journal"
USER, UID = "mail-journal", 5001  # fixed, so that a journal restored on another server has the same owner
UNITS = "/etc/systemd/system"


def journal(wanted: MailConfig) -> None:
    """Ensure the programs, who runs them, where they write, and when what is over goes."""
    local_group(name="mail: group mail-journal", group=USER, gid=UID)
    local_user(name="mail: user mail-journal", user=USER, uid=UID, group=USER, home=STORE, shell="/usr/sbin/nologin")
    files.directory(name="mail: folder of journals", path=STORE, user=USER, group=USER, mode="700")
    # Its group is that of what is made in it: Postfix reaches the socket, and nobody else.
    files.directory(name="mail: folder of the journal's socket", path=SOCKETS, user=USER, group="postfix", mode="2710")
    for folder in host.loop([THERE, SETTINGS.rpartition("/")[0]]):
        files.directory(name=f"mail: folder {folder}", path=folder, mode="755")
    programs = ["chain.py", "command.py", "ear.py"]
    for program in host.loop(programs):
        copied_file(name=f"mail: journal's {program}", source=PROGRAMS / program, path=f"{THERE}/{program}", mode="755")
    # Python would take a program of before for the library of that name.
    only_files(name="mail: no program of the journal of before", folder=THERE, names=programs)
    files.link(name="mail: mail-journal", path=COMMAND, target=f"{THERE}/command.py")
    config_file(
        name="mail: whose messages are kept",
        template="mail/journal/settings.json.j2",
        path=SETTINGS,
        check="python3 -m json.tool {} /dev/null",
        content=json.dumps(settings(wanted), indent=1, ensure_ascii=False),
    )
    units = {"mail-journal.service": "unit.conf", "mail-journal-tidy.service": "tidy.service"}
    for unit, template in host.loop({**units, "mail-journal-tidy.timer": "tidy.timer"}.items()):
        config_file(name=f"mail: {unit}", template=f"mail/journal/{template}", path=f"{UNITS}/{unit}")
    service(
        name="mail: the journal listens",
        unit="mail-journal.service",
        watches=[f"{UNITS}/mail-journal.service", f"{THERE}/chain.py", f"{THERE}/ear.py"],
    )
    service(
        name="mail: journals have their times",
        unit="mail-journal-tidy.timer",
        watches=[f"{UNITS}/mail-journal-tidy.{kind}" for kind in ("service", "timer")],
    )


def settings(wanted: MailConfig) -> dict[str, Any]:
    """What the programs read: whose a domain is, who opens, how long it is kept, who keeps its heads."""
    sender = f"postmaster@{wanted.hostname}"
    return {
        "domains": {domain: each.institution for each in wanted.journals for domain in each.domains},
        "keys": {each.institution: each.keys for each in wanted.journals},
        "keep_days": {each.institution: each.keep_days for each in wanted.journals},
        "keepers": {each.institution: [f"postmaster@{each.domains[0]}", sender] for each in wanted.journals},
        "sender": sender,
    }
