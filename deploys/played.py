"""What the lab plays: access switches, the cores of RESINA, and the rest of the world."""

from pyinfra import host

from roles.base import package_sources, packages
from roles.played import core, switch, world

if "played" in host.groups:
    package_sources(host.data.administration)
if "played_core" in host.groups:
    packages(core.PACKAGES)
    core.core(host.data.administration, host.data.device)
if "played_world" in host.groups:
    world.before_packages()
    packages(world.PACKAGES)
    world.world(host.data.administration)
if "played_switch" in host.groups:
    packages(switch.PACKAGES)
    switch.switch(host.data.administration, host.data.device)
