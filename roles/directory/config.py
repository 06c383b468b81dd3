"""What a domain controller is, from the inventory."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface

from inventory.model import Administration, Machine
from roles.directory.audit import LEVELS
from roles.rendering import render

SMB_CONF = "/etc/samba/smb.conf"
CHECK = "testparm -s {} 2>&1 >/dev/null | { ! grep -E 'Unknown|Ignoring|ERROR|Error'; }"  # it exits 0 on most mistakes
STATE = "/var/lib/samba"
DATABASE = f"{STATE}/private/sam.ldb"
SYSVOL_STAMP = f"{STATE}/sysvol.synchronized"  # touched each time that SYSVOL was fetched, whole
TLS_FOLDER = f"{STATE}/private/tls"
KEY = f"{TLS_FOLDER}/host.key"
CERTIFICATE, AUTHORITY = "/etc/ssl/administration/host.crt", "/etc/ssl/administration/ca.crt"
SETTINGS = {"certificate": CERTIFICATE, "key": KEY, "authority": AUTHORITY, "state": STATE, "audit": LEVELS}


@dataclass(frozen=True)
class ControllerConfig:
    """One domain controller."""

    name: str
    realm: str
    workgroup: str
    domain: str
    base_dn: str
    address: IPv4Address
    interface: IPv4Interface
    controllers: tuple[str, ...]  # every one of the inventory by its machine's name, this one too; the first founds

    @property
    def others(self) -> tuple[str, ...]:
        return tuple(name for name in self.controllers if name != self.name)

    @property
    def first(self) -> bool:
        return self.controllers[0] == self.name


def config_of(administration: Administration, machine: Machine) -> ControllerConfig:
    """The controller that this machine is."""
    if machine.network is None:
        raise ValueError(f"{machine.name}: a domain controller has one network")
    platform = administration.platform
    return ControllerConfig(
        name=machine.name,
        realm=platform.realm,
        workgroup=platform.workgroup,
        domain=platform.domain,
        base_dn=platform.base_dn,
        address=machine.address,
        interface=machine.network.interface(machine.address),
        controllers=tuple(controller.name for controller in administration.running("directory")),
    )


def smb_conf(administration: Administration, machine: Machine) -> str:
    """The settings of samba on a controller."""
    return render("directory/smb.conf.j2", cfg=config_of(administration, machine), **SETTINGS)
