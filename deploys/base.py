"""Base: package sources, packages, names, time, firewall and certificates of every machine."""

from pyinfra import host

from deploys.capabilities import packages_of, ports_of
from roles.base import base, package_sources, packages
from roles.certificates import certificates

if "machines" in host.groups:
    package_sources(host.data.administration)
    packages(packages_of(host.data.machine))
    certificates(host.data.administration, host.data.machine)
    base(host.data.administration, host.data.machine, ports_of(host.data.machine))
