"""What a file server shares, from the inventory."""

from dataclasses import dataclass
from ipaddress import IPv4Interface

from inventory.model import Administration, Institution, Machine, Share
from inventory.model.institution import account_of

SMB_CONF = "/etc/samba/smb.conf"
CHECK = "testparm -s {} 2>&1 >/dev/null | { ! grep -E 'Unknown|Ignoring|ERROR|Error'; }"  # it exits 0 on most mistakes
SHARES_CONF = "/etc/samba/shares.conf"
ADMITTED = "/etc/samba/admitted"  # read at each opening of a share
KRB5_CONF = "/etc/krb5.conf"
SHARES = "/srv/shares"
RESERVED = {"global", "homes", "printers"}  # sections of smb.conf with a meaning of their own
ADMINISTRATORS = "domain admins"  # in lower case, as winbind names groups
ADMINISTRATOR = "administrator"  # the one of them whom the directory has from the start


@dataclass(frozen=True)
class ServedShare:
    """A share, and the groups of the directory that read and write it."""

    name: str
    description: str
    write: tuple[str, ...]
    read: tuple[str, ...]
    people: tuple[str, ...] = ()  # accounts: those who are in these groups now

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

    @property
    def admitted(self) -> list[str]:
        """Who may open what, as share/domain\\account in lower case: a ticket tells the groups of an hour ago."""
        return [
            f"{share.name}/{self.workgroup}\\{account}".lower()
            for share in self.shares
            for account in (ADMINISTRATOR, *share.people)
        ]


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
            _served(administration, institution, name, share)
            for institution in administration.institutions.values()
            for name, share in institution.shares.items()
        ),
    )


def _served(administration: Administration, institution: Institution, name: str, share: Share) -> ServedShare:
    if name in RESERVED:
        raise ValueError(f"{institution.institution}: a share cannot be named {name}: it means more in smb.conf")
    write, read = (tuple(f"{institution.institution}-{group}" for group in each) for each in (share.write, share.read))
    logins = dict.fromkeys(login for group in (*write, *read) for login in administration.groups[group].members)
    return ServedShare(
        name=name,
        description=share.description.replace("\\", "/"),  # at the end of a line, a backslash joins it to the next
        write=write,
        read=read,
        people=tuple(account_of(login) for login in logins),
    )
