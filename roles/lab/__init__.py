"""The lab: the whole administration on this machine. Deployed on @local by deploys/lab.py."""

from pyinfra import host
from pyinfra.api import OperationError, deploy
from pyinfra.operations import files, server

from inventory.model import Administration
from roles.common import config_file
from roles.lab import paths
from roles.lab.guard import guard, lab_addresses
from roles.lab.image import Archives, base_image, image
from roles.lab.machines import answering, gone, running
from roles.lab.network import network
from roles.lab.relay import CONFIG, relay
from roles.lab.topology import topology


@deploy("Lab")
def lab(administration: Administration) -> None:
    """Boot every machine of the administration, cabled as the inventory says."""
    plan = topology(administration)
    archives = host.get_fact(Archives)
    if missing := {"debian", "debian-security"} - archives.keys():
        raise OperationError(f"this machine's apt has no {' nor '.join(sorted(missing))} archive: see /etc/apt")

    image(name="lab: base image", archive=archives["debian"])
    # ~6 instances a machine, shared by all of them: at the default of 128, units fail from the twentieth on.
    server.sysctl(name="lab: inotify instances", key="fs.inotify.max_user_instances", value=1024)
    guard(name="lab: packets stay on this machine", addresses=lab_addresses(administration))
    gone(name="lab: machines that are no more", topology=plan)
    network(name="lab: cables", topology=plan)
    for folder in host.loop([paths.PACKAGES, CONFIG]):
        files.directory(name=f"lab: {folder.name} folder", path=str(folder), user="apt-cacher-ng", mode="755")
    config_file(
        name="lab: package relay configuration",
        template="lab/apt-cacher-ng.conf.j2",
        path=str(CONFIG / "acng.conf"),
        port=paths.RELAY.split(":")[1],
        cache=paths.PACKAGES,
        log=CONFIG,
        archives=archives,
    )
    relay(name="lab: package relay")
    for machine in host.loop(list(plan.machines.values())):
        folder = paths.MACHINES / machine.name
        files.directory(name=f"lab: {machine.name} folder", path=str(folder), mode="755")
        config_file(
            name=f"lab: {machine.name} launcher",
            template="lab/machine.sh.j2",
            path=str(folder / "run"),
            mode="755",
            machine=machine,
            base=base_image(),
            seed=paths.LAB / "seeds" / machine.name,
            host_namespace=paths.HOST_NAMESPACE,
            relay=paths.RELAY,
        )
    running(name="lab: machines run", topology=plan)
    answering(name="lab: machines answer", topology=plan)
