"""The state of the bench with the project's operations, and pyinfra's where the project has none of its own."""

from jinja2 import FileSystemLoader
from pyinfra import host
from pyinfra.operations import files

from roles import rendering
from roles.common import config_file, copied_file, local_group, local_user, packages, service
from tests.bench import state

# The bench's template is not one of the product's.
rendering._environment.loader = FileSystemLoader([rendering.TEMPLATES, state.TEMPLATE.parent])

for path in host.loop(state.DIRECTORIES):
    files.directory(name=f"bench: {path}", path=path, user="root", group="root", mode="755")
for package in host.loop(state.PACKAGES):
    packages(name=f"bench: {package}", names=[package])
for group, gid in host.loop(list(state.GROUPS.items())):
    local_group(name=f"bench: group {group}", group=group, gid=gid)
for user in host.loop(state.USERS):
    local_user(
        name=f"bench: user {user.login}",
        user=user.login,
        uid=user.uid,
        group=user.group,
        home=user.home,
        shell="/bin/bash",
        create_home=True,
    )
for config in host.loop(state.CONFIGS):
    config_file(
        name=f"bench: {config.path}",
        template=state.TEMPLATE.name,
        path=config.path,
        port=config.port,
        title=config.name,
    )
for path in host.loop(state.FILES):
    copied_file(name=f"bench: {path}", source=state.FILE, path=path)
for key, line in host.loop(list(state.LINES.items())):
    files.line(name=f"bench: {key}", path=state.LINES_FILE, line=f"^{key} = .*$", replace=line)
for unit, watched in host.loop(list(state.SERVICES.items())):
    service(name=f"bench: {unit}", unit=unit, watches=[watched])
