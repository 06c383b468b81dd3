"""The same 60 tasks as an Ansible playbook, one task for each, as its documentation writes them."""

import json
from typing import Any

from tests.bench import state

Task = dict[str, Any]


def playbook() -> str:
    """The text of the playbook (JSON is YAML)."""
    play = {"hosts": "all", "gather_facts": False, "tasks": tasks()}
    return json.dumps([play], indent=1)


def tasks() -> list[Task]:
    owned = {"owner": "root", "group": "root"}
    return [
        *(_task("file", path=path, state="directory", mode="0755", **owned) for path in state.DIRECTORIES),
        *(_task("apt", name=package, state="present") for package in state.PACKAGES),
        *(_task("group", name=group, gid=gid) for group, gid in state.GROUPS.items()),
        *(
            _task("user", name=user.login, uid=user.uid, group=user.group, home=user.home, shell="/bin/bash")
            for user in state.USERS
        ),
        *(
            {
                **_task("template", src=str(state.TEMPLATE), dest=config.path, mode="0644", **owned),
                "vars": {"port": config.port, "title": config.name},
            }
            for config in state.CONFIGS
        ),
        *(_task("copy", src=str(state.FILE), dest=path, mode="0644", **owned) for path in state.FILES),
        *(
            _task("lineinfile", path=state.LINES_FILE, regexp=f"^{key} = .*$", line=line)
            for key, line in state.LINES.items()
        ),
        *(_task("systemd_service", name=unit, state="started", enabled=True) for unit in state.SERVICES),
    ]


def _task(module: str, **arguments: Any) -> Task:
    return {f"ansible.builtin.{module}": arguments}
