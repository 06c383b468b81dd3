"""A daemon that dies comes back by itself: Debian's units of Postfix and Dovecot leave it down."""

from pyinfra.operations import files

from roles.common import config_file


def drop_in(unit: str) -> str:
    """Where systemd is told so of a unit; its service watches this file."""
    return f"/etc/systemd/system/{unit}.service.d/returns.conf"


def returns(unit: str, ends_within: int = 15) -> None:
    """Ensure that a unit comes back, however often it dies: what was left of it is killed after some seconds."""
    path = drop_in(unit)
    files.directory(name=f"mail: settings folder of the unit {unit}", path=path.rpartition("/")[0])
    config_file(
        name=f"mail: {unit} comes back by itself",
        template="mail/returns.conf.j2",
        path=path,
        ends_within=ends_within,
    )
