"""The state of the bench with pyinfra's own operations, as its documentation writes them."""

from pyinfra import host
from pyinfra.operations import apt, files, server, systemd

from tests.bench import state

for path in host.loop(state.DIRECTORIES):
    files.directory(name=f"bench: {path}", path=path, user="root", group="root", mode="755")
for package in host.loop(state.PACKAGES):
    apt.packages(name=f"bench: {package}", packages=[package])
for group, gid in host.loop(list(state.GROUPS.items())):
    server.group(name=f"bench: group {group}", group=group, gid=gid)
for user in host.loop(state.USERS):
    server.user(
        name=f"bench: user {user.login}",
        user=user.login,
        uid=user.uid,
        group=user.group,
        home=user.home,
        shell="/bin/bash",
    )
for config in host.loop(state.CONFIGS):
    files.template(
        name=f"bench: {config.path}",
        src=str(state.TEMPLATE),
        dest=config.path,
        user="root",
        group="root",
        mode="644",
        port=config.port,
        title=config.name,
    )
for path in host.loop(state.FILES):
    files.put(name=f"bench: {path}", src=str(state.FILE), dest=path, user="root", group="root", mode="644")
for key, line in host.loop(list(state.LINES.items())):
    files.line(name=f"bench: {key}", path=state.LINES_FILE, line=f"^{key} = .*$", replace=line)
for unit in host.loop(list(state.SERVICES)):
    systemd.service(name=f"bench: {unit}", service=unit, running=True, enabled=True)
