"""Membership of the domain, and the folders of shares, converging on state."""

import json
from collections.abc import Generator

from pyinfra import host
from pyinfra.api import QuoteString, operation

from inventory.secrets import Secrets
from roles.common.commands import Explained
from roles.common.late import Late
from roles.common.programs import program
from roles.files.config import ServedShare
from roles.files.facts import PROGRAMS, Joined, SharePermissions
from roles.files.permissions import differences, permissions


@operation()
def joined(realm: str, secrets: Secrets) -> Generator[Explained, None, None]:
    """
    Ensure that the machine is a member of the domain of its smb.conf.

    + realm: the Kerberos realm of the domain
    + secrets: where the administrator's password is: it becomes a ticket that lives as long as the command
    """
    if host.get_fact(Joined):
        host.noop(f"member of {realm}")
        return
    yield Explained(
        'umask 077; d=$(mktemp -d -p /run) && trap \'rm -rf "$d"\' EXIT && export KRB5CCNAME="FILE:$d/ticket"',
        *("&&", "kinit", QuoteString(f"Administrator@{realm}"), ">/dev/null"),
        *("&&", "net", "ads", "join", "--use-kerberos=required", '--use-krb5-ccache="$KRB5CCNAME"', "--no-dns-updates"),
        changes=[f"join {realm}"],
        opens=True,
        _stdin=Late(lambda: secrets.get("directory", "administrator").reveal()),
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
