"""The same tasks for Ansible: its network_cli with cisco.ios, over libssh (what it chooses itself) or over paramiko."""

import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tests.bench.paths import ANSIBLE

if TYPE_CHECKING:
    from tests.bench.district import District

FORKS = int(os.environ.get("FORKS", "20"))  # as many as ours; 5, its default, is no faster on 2 cores
Ssh = Literal["libssh", "paramiko"]
SHOWS = ("show vlan brief", "show interfaces switchport", "show startup-config")


def check(names: list[str], district: "District", ssh: Ssh = "libssh") -> tuple[str, ...]:
    """Fetch what runs, say what would be sent."""
    return _playbook(names, district, ssh, [_configure(district, "never")], "--check")


def change(names: list[str], district: "District", ssh: Ssh = "libssh") -> tuple[str, ...]:
    """Fetch, send what differs, save where anything did, ask for what a verification needs."""
    tasks: list[dict[str, object]] = [
        _configure(district, "changed"),
        {"cisco.ios.ios_command": {"commands": SHOWS}},
    ]
    return _playbook(names, district, ssh, tasks)


def _configure(district: "District", save: str) -> dict[str, object]:
    source = f"{district.state}/intended/{{{{ inventory_hostname }}}}.cfg"
    return {"cisco.ios.ios_config": {"src": source, "save_when": save}}


def _playbook(
    names: Sequence[str], district: "District", ssh: Ssh, tasks: list[dict[str, object]], *options: str
) -> tuple[str, ...]:
    """The command. Connections that an earlier run left are not found again: each run pays for its own."""
    folder = Path(tempfile.mkdtemp(prefix="a", dir=district.state))
    book = [{"hosts": "all", "gather_facts": False, "tasks": tasks}]
    (folder / "playbook.json").write_text(json.dumps(book))
    hosts = {name: {"ansible_host": district.addresses[name]} for name in names}
    settings = {
        "ansible_user": "netadmin",
        "ansible_ssh_private_key_file": str(district.state / "id_ed25519"),
        "ansible_connection": "ansible.netcommon.network_cli",
        "ansible_network_os": "cisco.ios.ios",
        "ansible_network_cli_ssh_type": ssh,
        # libssh looks into the home of the person, whatever HOME says: it need not verify what ours verifies.
        "ansible_host_key_checking": False,
    }
    (folder / "hosts.json").write_text(json.dumps({"all": {"hosts": hosts, "vars": settings}}))
    variables = {
        "HOME": str(folder),
        "ANSIBLE_HOME": str(folder),
        "ANSIBLE_FORKS": str(FORKS),
        "ANSIBLE_PERSISTENT_CONTROL_PATH_DIR": str(folder / "c"),
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_LOCAL_TEMP": str(folder / "t"),
        "ANSIBLE_PERSISTENT_CONNECT_TIMEOUT": "15",  # what it leaves behind ends by itself
    }
    set_variables = ("env", *(f"{name}={value}" for name, value in variables.items()))
    return (
        *set_variables,
        str(ANSIBLE),
        "--inventory",
        str(folder / "hosts.json"),
        *options,
        str(folder / "playbook.json"),
    )
