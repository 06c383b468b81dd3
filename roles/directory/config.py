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


def config_of(administration: Administration, machine: Machine) -> ControllerConfig:
    """The controller that this machine is."""
    if machine.network is None:
        raise ValueError(f"{machine.name}: a domain controller has one network")
    first = administration.running("directory")[0]
    if machine.name != first.name:
        raise ValueError(
            f"{machine.name}: it would create a second domain beside {first.name}'s: joining is not written"
        )
    platform = administration.platform
    return ControllerConfig(
        name=machine.name,
        realm=platform.realm,
        workgroup=platform.workgroup,
        domain=platform.domain,
        base_dn=platform.base_dn,
        address=machine.address,
        interface=machine.network.interface(machine.address),
    )


def smb_conf(administration: Administration, machine: Machine) -> str:
    """The settings of samba on a controller."""
    return render("directory/smb.conf.j2", cfg=config_of(administration, machine), **SETTINGS)
