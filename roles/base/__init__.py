"""What every machine has: packages from the mirror, names, a firewall that opens what its roles need, ssh."""

from collections.abc import Iterable
from pathlib import Path

from pyinfra.api import deploy
from pyinfra.operations import files

from inventory.model import Administration, Machine
from roles import common
from roles.base.config import ITSELF, BaseConfig, base_config
from roles.base.packages import package_lists
from roles.base.resolver import names_of, resolver
from roles.common import Port, config_file, copied_file, service

PACKAGES = ["nftables", "ca-certificates", "libnss-systemd"]
OPEN_PORTS = [Port("tcp", 22)]
REFUSE_SILENT, UNIT = "/usr/local/sbin/refuse-silent", "/etc/systemd/system/refuse-silent.service"


@deploy("Package sources")
def package_sources(administration: Administration) -> None:
    """Ensure that packages come from the administration's mirror, and only from there."""
    config_file(
        name="base: package sources",
        template="base/debian.sources.j2",
        path="/etc/apt/sources.list.d/debian.sources",
        mirror=administration.environment.mirror,
    )
    files.file(name="base: no other package source", path="/etc/apt/sources.list", present=False)
    package_lists(name="base: package lists", max_age_hours=24)


@deploy("Packages")
def packages(wanted: Iterable[str]) -> None:
    """Ensure packages, all in one step: hosts install theirs at the same time."""
    common.packages(name="base: packages", names=wanted)


@deploy("Base")
def base(administration: Administration, machine: Machine, ports: list[Port]) -> None:
    """Ensure names, firewall and ssh. `ports` is what the machine's roles open."""
    cfg = base_config(administration, machine, [*OPEN_PORTS, *ports])
    packages(PACKAGES)

    if cfg.resolvers == ITSELF:
        resolver(names_of(administration))
    config_file(name="base: resolver", template="base/resolv.conf.j2", path="/etc/resolv.conf", cfg=cfg)

    files.directory(name="base: firewall folder", path="/etc/nftables.d")
    config_file(
        name="base: firewall",
        template="base/nftables.conf.j2",
        path="/etc/nftables.conf",
        mode="755",
        check="nft --check --file {}",
        cfg=cfg,
    )
    service(
        name="base: firewall is active",
        unit="nftables.service",
        watches=["/etc/nftables.conf", "/etc/nftables.d"],
        reload=True,
    )

    if cfg.watched:
        _refuse_silent(cfg)

    config_file(
        name="base: ssh",
        template="base/sshd.conf.j2",
        path="/etc/ssh/sshd_config.d/administration.conf",
        check="sshd -t -f {}",
    )
    service(name="base: ssh is active", unit="ssh.service", watches=["/etc/ssh/sshd_config.d"], reload=True)


def _refuse_silent(cfg: BaseConfig) -> None:
    """Ensure that whoever asks a controller that has vanished is told at once."""
    source = Path(__file__).with_name("programs") / "refuse_silent.py"
    copied_file(name="base: refuse-silent", source=source, path=REFUSE_SILENT, mode="755")
    config_file(name="base: refuse-silent.service", template="base/refuse-silent.service.j2", path=UNIT, cfg=cfg)
    service(
        name="base: a controller that vanished is refused at once",
        unit="refuse-silent.service",
        watches=[REFUSE_SILENT, UNIT],
    )
