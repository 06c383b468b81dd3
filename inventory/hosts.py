"""The model as pyinfra's inventory, and as one ssh_config for every tool and person.

A switch has several names in it: `sw1` leads through the network to the address that it has by the inventory,
`sw1-formerly-1` … to those that it had before, and `sw1-console` past the network, where the environment knows a way.
"""

import os
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from inventory.model import Administration, Environment, Placed, Switch
from inventory.model.environment import Reach

Host = tuple[str, dict[str, Any]]

ACCOUNT = "netadmin"  # on devices

# What roles/network/algorithms.py admits of an old device, in the words of OpenSSH.
OLD = """\
    KexAlgorithms +diffie-hellman-group14-sha1,diffie-hellman-group-exchange-sha1,diffie-hellman-group1-sha1
    HostKeyAlgorithms +ssh-rsa
    Ciphers +aes128-cbc,aes192-cbc,aes256-cbc,3des-cbc
"""


def groups(administration: Administration) -> dict[str, list[Host]]:
    """pyinfra's groups: one per capability, and `machines` with all of them."""
    found: dict[str, list[Host]] = {"machines": []}
    for machine in administration.machines.values():
        entry = (machine.name, {**connection(administration), "administration": administration, "machine": machine})
        found["machines"].append(entry)
        for capability in machine.runs:
            found.setdefault(capability, []).append(entry)
    return found


def played(administration: Administration) -> dict[str, list[Host]]:
    """The machines that play what is not ours to deploy: only the lab's inventory has them."""
    data = {**connection(administration), "administration": administration}
    cores: list[Host] = [(name, {**data, "device": name}) for name in administration.platform.resina.cores]
    switches: list[Host] = [(f"{name}-chassis", {**data, "device": name}) for name in administration.switches]
    place = administration.environment.world
    world: list[Host] = [(place.machine, {**data, "device": place.machine})] if place else []
    return {
        "played": [*cores, *switches, *world],
        "played_core": cores,
        "played_switch": switches,
        "played_world": world,
    }


def connection(administration: Administration) -> dict[str, Any]:
    """How pyinfra connects: the generated ssh_config says the rest. An unknown host key is refused."""
    environment = administration.environment
    return {
        "ssh_user": environment.reach.user,
        "ssh_key": str(environment.reach.identity.expanduser()),
        "ssh_config_file": str(environment.ssh_config.resolve()),
        "ssh_known_hosts_file": str(environment.reach.known_hosts.expanduser().resolve()),
        "ssh_strict_host_key_checking": "yes",
    }


def formerly(switch: Placed[Switch]) -> tuple[str, ...]:
    """The names in ssh_config that lead to the addresses which a switch had before."""
    return tuple(f"{switch.name}-formerly-{number}" for number, _ in enumerate(switch.entry.formerly, start=1))


def console(environment: Environment, name: str) -> str | None:
    """The name in ssh_config that leads to a switch past the network; None where the environment knows no such way."""
    return f"{name}-console" if environment.reach.console_proxy_command else None


def ssh_config(administration: Administration, extra: str = "") -> str:
    """The text of the ssh_config: every machine and device by its name."""
    environment = administration.environment
    reach = environment.reach
    blocks = []
    for machine in administration.machines.values():
        command = reach.proxy_command and reach.proxy_command.format(name=machine.name)
        blocks.append(_block(machine.name, str(machine.address), reach.user, command))
    for switch in administration.switches.values():
        blocks.extend(_ways(environment, switch))
    for name in administration.routers.keys() - administration.machines.keys():  # those that are no Debian host
        blocks.append(_block(name, *_way(reach, name, administration.addresses[name])))
    control = administration.environment.state.resolve() / "control"
    common = f"""\
Host *
    IdentityFile {reach.identity.expanduser().resolve()}
    IdentitiesOnly yes
    UserKnownHostsFile {reach.known_hosts.expanduser().resolve()}
    StrictHostKeyChecking yes
    HashKnownHosts no
    ControlMaster auto
    ControlPath {control}/%n
    ControlPersist 60
    ServerAliveInterval 15
    ConnectTimeout 10
    LogLevel ERROR
"""
    if reach.proxy_jump:
        common += f"Host * !{reach.proxy_jump}\n    ProxyJump {reach.proxy_jump}\n"
    return "# Generated from inventory/: do not edit.\n" + "".join(blocks) + extra + common


def _ways(environment: Environment, switch: Placed[Switch]) -> list[str]:
    """Whatever leads to a switch. Where a command leads there, its host key stands under its name, whatever the way."""
    reach, name = environment.reach, switch.name
    addresses = dict(zip((name, *formerly(switch)), (switch.entry.address, *switch.entry.formerly), strict=True))
    blocks = [_block(alias, *_way(reach, name, address)) for alias, address in addresses.items()]
    past = reach.console_proxy_command
    if past and (alias := console(environment, name)):
        blocks.append(_block(alias, name, ACCOUNT, past.format(name=name)))
    return [block + (OLD if switch.entry.ssh == "sha1" else "") for block in blocks]


def _way(reach: Reach, name: str, address: IPv4Address) -> tuple[str, str, str | None]:
    """The host name, account and command that lead to a device at an address."""
    through = reach.device_proxy_command
    return name if through else str(address), ACCOUNT, through and through.format(address=address)


def _block(alias: str, host: str, user: str, proxy_command: str | None) -> str:
    text = f"Host {alias}\n    HostName {host}\n    User {user}\n"
    return text + (f"    ProxyCommand {proxy_command}\n" if proxy_command else "")


def more(environment: Environment) -> Path:
    """The part of the ssh_config that only this environment has, written by who builds it; it may be missing."""
    return environment.state / "ssh_config.more"


def write_ssh_config(administration: Administration) -> Path:
    """Write the ssh_config where every tool looks for it. Unchanged text is not written again."""
    path, own = administration.environment.ssh_config, more(administration.environment)
    text = ssh_config(administration, own.read_text() if own.exists() else "")
    if not path.exists() or path.read_text() != text:
        (path.parent / "control").mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(f".{os.getpid()}")  # several tools may begin at once
        partial.write_text(text)
        partial.replace(path)
    return path
