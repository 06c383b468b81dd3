"""The base image of the lab's machines: what Debian's installer would leave on a server, no more."""

from collections.abc import Generator
from hashlib import sha256
from pathlib import Path
from shlex import quote

from pyinfra import host
from pyinfra.api import FactBase, StringCommand, operation
from pyinfra.facts.files import Directory

from roles.lab.paths import BASE

SUITE = "trixie"
PACKAGES = (
    "systemd,systemd-sysv,dbus,libpam-systemd,libnss-systemd,openssh-server,openssh-sftp-server,python3,python3-apt,"
    "iproute2,iputils-ping,nftables,ca-certificates,sudo,ethtool,curl,less,procps,acl,attr,debian-archive-keyring"
)
# What apt keeps is page cache, in two dozen machines: 64 MB each instead of 184, in the same time. The relay has the
# packages; descriptions are for people who search; of apt's two caches, one is made of the other.
APT = (
    'Acquire::Languages "none"',
    'Acquire::GzipIndexes "true"',
    'APT::Keep-Downloaded-Packages "false"',
    'Dir::Cache::pkgcache ""',
)


class Archives(FactBase[dict[str, str]]):
    """The URIs of the Debian archive and of its security archive, as this machine's own apt has them."""

    default = dict

    def command(self) -> str:
        return "apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages'"

    def process(self, output: list[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for line in output:
            uri, _, release = line.partition(" ")
            name = uri.rstrip("/").rsplit("/", 1)[-1]
            if name in ("debian", "debian-security") and release:
                found.setdefault(name, uri)
        return found


def base_image() -> Path:
    """Where the image of these packages and settings stands; others are another image."""
    said = "\n".join([PACKAGES, *APT])
    return BASE / f"{SUITE}-{sha256(said.encode()).hexdigest()[:12]}"


@operation()
def image(archive: str) -> Generator[StringCommand, None, None]:
    """
    Ensure the base image.

    + archive: URI of the Debian archive
    """
    path = base_image()
    if host.get_fact(Directory, path=str(path)):
        host.noop(f"{path} exists")
        return
    partial = path.with_suffix(".partial")
    # dpkg need not sync each file to disk: a machine of the lab is made anew, not repaired.
    yield StringCommand(
        f"rm -rf {partial} && mkdir -p {path.parent} &&",
        "mmdebstrap --quiet --variant=minbase --dpkgopt=force-unsafe-io",
        f"--include={PACKAGES} {SUITE} {partial} {archive} &&",
        f"rm -f {partial}/etc/ssh/ssh_host_* {partial}/etc/apt/sources.list {partial}/etc/resolv.conf &&",
        f"printf '%s;\\n' {' '.join(map(quote, APT))} > {partial}/etc/apt/apt.conf.d/90lab &&",
        f": > {partial}/etc/machine-id && mv {partial} {path}",
    )
