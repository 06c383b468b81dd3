"""What the lab plays: access switches and the cores of RESINA."""

from pyinfra import host

from roles.base import package_sources, packages
from roles.played import core, switch

if "played" in host.groups:
    package_sources(host.data.administration)
if "played_core" in host.groups:
    packages(core.PACKAGES)
    core.core(host.data.administration, host.data.device)
if "played_switch" in host.groups:
    packages(switch.PACKAGES)
    switch.switch(host.data.administration, host.data.device)
