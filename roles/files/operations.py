"""Membership of the domain, and the folders of shares, converging on state."""

import json
from collections.abc import Generator

from pyinfra import host
from pyinfra.api import operation

from inventory.secrets import Secrets
from roles.common.commands import Explained
from roles.common.late import Late
from roles.common.programs import program
from roles.files.config import ServedShare
from roles.files.facts import PROGRAMS, Joined, SharePermissions
from roles.files.permissions import differences, permissions


@operation()
def joined(realm: str, controllers: tuple[str, ...], secrets: Secrets) -> Generator[Explained, None, None]:
    """
    Ensure that the machine is a member of the domain of its smb.conf.

    + realm: the Kerberos realm of the domain
    + controllers: their full names; the first that answers is asked
    + secrets: where the administrator's password is: it becomes a ticket that lives as long as the command
    """
    if host.get_fact(Joined):
        host.noop(f"member of {realm}")
        return
    yield Explained(
        program(PROGRAMS / "join.py"),
        changes=[f"join {realm}"],
        opens=True,
        _stdin=Late(
            lambda: json.dumps(
                {
                    "realm": realm,
                    "controllers": controllers,
                    "password": secrets.get("directory", "administrator").reveal(),
                }
            )
        ),
    )


@operation()
def folders(shares: tuple[ServedShare, ...]) -> Generator[Explained, None, None]:
    """
    Ensure the folder of each share and its permissions. Where they differ, all that the folder holds is mended.

    + shares: the shares of this server
    """
    found = host.get_fact(SharePermissions, paths={share.name: share.path for share in shares})
    wanted = differences(shares, found)
    if not wanted:
        host.noop("every share has its permissions")
        return
    work = [
        {"share": each.share.name, "path": each.share.path, "permissions": permissions(each.share)} for each in wanted
    ]
    yield Explained(
        program(PROGRAMS / "set_permissions.py"), changes=[each.says for each in wanted], _stdin=json.dumps(work)
    )
