"""What the `show` commands print that all have, in the layouts of IOS."""

import re

from ..machine import Switch


def running_config(switch: Switch) -> str:
    text = switch.config.render() + "\nend"
    return f"Building configuration...\n\nCurrent configuration : {len(text)} bytes\n!\nversion 15.2\n!\n{text}\n"


def startup_config(switch: Switch) -> str:
    """Users of SNMP are saved elsewhere, and shown nowhere."""
    saved = switch.saved and re.sub(r"^snmp-server user .*\n", "", switch.saved, flags=re.MULTILINE)
    return (
        f"Using {len(saved)} out of 65536 bytes\n!\nversion 15.2\n!\n{saved}"
        if saved
        else "startup-config is not present"
    )


def rollback_timer(switch: Switch) -> str:
    pending = switch.pending
    if pending is None:
        return "%No Rollback Confirmed Change pending"
    return (
        "Time configured(or reconfigured): 00:00:00 UTC Mon Mar 1 1993\nTimer type: absolute timer\n"
        f"Timer value: {pending.minutes} min\nUser: {pending.user}"
    )


def snmp_users(switch: Switch) -> str:
    """Whoever may ask over SNMP version 3: everything but the secrets."""
    blocks = []
    for line in switch.config.users.values():
        user, group, _, _, sha, _, _, _, bits, _, _, access = line.split()[2:]
        blocks.append(
            f"""\
User name: {user}
Engine ID: 800000090300020000000001
storage-type: nonvolatile\t active\taccess-list: {access}
Authentication Protocol: {sha.upper()}
Privacy Protocol: AES{bits}
Group-name: {group}
"""
        )
    return "\n".join(blocks)


def short(interface: str) -> str:
    """The name of an interface in tables."""
    return interface.replace("GigabitEthernet", "Gi").replace("Vlan", "Vl")
