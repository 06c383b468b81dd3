"""The model as pyinfra's inventory, and as one ssh_config for every tool and person."""

from pathlib import Path
from typing import Any

from inventory.model import Administration

Host = tuple[str, dict[str, Any]]

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
    return {"played": [*cores, *switches], "played_core": cores, "played_switch": switches}


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


def ssh_config(administration: Administration, extra: str = "") -> str:
    """The text of the ssh_config: every machine and device by its name."""
    reach = administration.environment.reach
    blocks = []
    for machine in administration.machines.values():
        blocks.append(_block(machine.name, str(machine.address), reach.user, reach.proxy_command, machine.name))
    for name, switch in administration.switches.items():
        address = str(switch.entry.address)
        blocks.append(_block(name, address, "netadmin", reach.device_proxy_command, name))
        if switch.entry.ssh == "sha1":
            blocks.append(OLD)
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


def _block(name: str, address: str, user: str, proxy_command: str | None, carrier: str) -> str:
    text = f"Host {name}\n    HostName {address}\n    User {user}\n"
    if proxy_command:
        text += f"    ProxyCommand {proxy_command.format(name=carrier, console='127.0.0.2')}\n"
    return text


def write_ssh_config(administration: Administration, extra: str = "") -> Path:
    """Write the ssh_config where every tool looks for it. Unchanged text is not written again."""
    path = administration.environment.ssh_config
    text = ssh_config(administration, extra)
    if not path.exists() or path.read_text() != text:
        (path.parent / "control").mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        partial.write_text(text)
        partial.replace(path)
    return path
