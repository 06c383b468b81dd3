"""What a file server shares, from the inventory."""

from dataclasses import dataclass
from ipaddress import IPv4Interface

from inventory.model import Administration, Institution, Machine, Share

SMB_CONF = "/etc/samba/smb.conf"
CHECK = "testparm -s {} 2>&1 >/dev/null | { ! grep -E 'Unknown|Ignoring|ERROR|Error'; }"  # it exits 0 on most mistakes
SHARES_CONF = "/etc/samba/shares.conf"
KRB5_CONF = "/etc/krb5.conf"
SHARES = "/srv/shares"
RESERVED = {"global", "homes", "printers"}  # sections of smb.conf with a meaning of their own
ADMINISTRATORS = "domain admins"  # in lower case, as winbind names groups


@dataclass(frozen=True)
class ServedShare:
    """A share, and the groups of the directory that read and write it."""

    name: str
    description: str
    write: tuple[str, ...]
    read: tuple[str, ...]

    @property
    def path(self) -> str:
        return f"{SHARES}/{self.name}"

    @property
    def groups(self) -> tuple[str, ...]:
        """Everybody who may open it."""
        return (ADMINISTRATORS, *self.write, *self.read)


@dataclass(frozen=True)
class FilesConfig:
    """One file server."""

    name: str
    realm: str
    workgroup: str
    interface: IPv4Interface
    shares: tuple[ServedShare, ...]


def config_of(administration: Administration, machine: Machine) -> FilesConfig:
    """The server that this machine is: it shares the folders of every institution."""
    if machine.network is None:
        raise ValueError(f"{machine.name}: a file server has one network")
    return FilesConfig(
        name=machine.name,
        realm=administration.platform.realm,
        workgroup=administration.platform.workgroup,
        interface=machine.network.interface(machine.address),
        shares=tuple(
            _served(institution, name, share)
            for institution in administration.institutions.values()
            for name, share in institution.shares.items()
        ),
    )


def _served(institution: Institution, name: str, share: Share) -> ServedShare:
    if name in RESERVED:
        raise ValueError(f"{institution.institution}: a share cannot be named {name}: it means more in smb.conf")
    return ServedShare(
        name=name,
        description=share.description.replace("\\", "/"),  # at the end of a line, a backslash joins it to the next
        write=tuple(f"{institution.institution}-{group}" for group in share.write),
        read=tuple(f"{institution.institution}-{group}" for group in share.read),
    )
