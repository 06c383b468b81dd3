"""Knot DNS: the signed zones of mail domains, for the world. It serves nothing else, and asks nobody."""

from pathlib import Path

from pyinfra import host
from pyinfra.api import deploy
from pyinfra.operations import files

from inventory.model import Administration, Machine
from inventory.secrets import secrets_of
from roles.common import Port, config_file, copied_file, only_files, packages, service
from roles.common.health import Health
from roles.nameserver.config import FOLDER, STATE, ZONES, config_of
from roles.nameserver.keys import named_above

PACKAGES = ["knot", "knot-dnssecutils"]
OPEN_PORTS = [Port("tcp", 53, "world"), Port("udp", 53, "world")]
CHECK = "check-zones"
HEALTH = Health(("knot",), (53,), (CHECK,))

UNIT = "knot.service"
SERVER, SERVED = f"{FOLDER}/knot.conf", f"{FOLDER}/zones.conf"
UNIT_SETTINGS = f"/etc/systemd/system/{UNIT}.d/administration.conf"
READ_BY = {"group": "knot", "mode": "640"}


@deploy("Name server")
def nameserver(administration: Administration, machine: Machine, ports: frozenset[int]) -> None:
    """Ensure the zones, their signatures and the server. `ports` are those of the mail servers."""
    wanted = config_of(administration, machine, secrets_of(administration.environment), ports)
    packages(name="nameserver: packages", names=PACKAGES)
    files.directory(name="nameserver: folder of zones", path=ZONES, group="knot", mode="750")
    for zone in host.loop(wanted.zones):
        config_file(
            name=f"nameserver: zone {zone.name} is valid and in place",
            template="nameserver/zone.j2",
            path=f"{ZONES}/{zone.name}.zone",
            check=f"kzonecheck --origin {zone.name} {{}} >&2",
            zone=zone,
            ttl=zone.ttl,
            **READ_BY,
        )
    config_file(
        name="nameserver: which zones are served is valid and in place",
        template="nameserver/zones.conf.j2",
        path=SERVED,
        check="knotc --config {} conf-check >/dev/null",
        removes=("record", r"^ *- domain: (\S+)$"),
        wanted=wanted,
        folder=ZONES,
        state=STATE,
        **READ_BY,
    )
    config_file(
        name="nameserver: knot.conf is valid and in place",
        template="nameserver/knot.conf.j2",
        path=SERVER,
        check="knotc --config {} conf-check >/dev/null",
        wanted=wanted,
        served=SERVED,
        state=STATE,
        **READ_BY,
    )
    only_files(name="nameserver: no other zone", folder=ZONES, names=[f"{zone.name}.zone" for zone in wanted.zones])
    copied_file(
        name=f"nameserver: {CHECK}",
        source=Path(__file__).with_name("programs") / "check_zones.py",
        path=f"/usr/local/sbin/{CHECK}",
        mode="755",
    )
    files.directory(name="nameserver: unit settings folder", path=UNIT_SETTINGS.rpartition("/")[0])
    config_file(name="nameserver: unit settings", template="nameserver/unit.conf", path=UNIT_SETTINGS)
    named_above(name="nameserver: keys that the zones above name", keys=wanted.keys, state=STATE)
    service(name="nameserver: Knot runs with its present settings", unit=UNIT, watches=[SERVER, UNIT_SETTINGS])
    service(name="nameserver: Knot serves the present zones", unit=UNIT, watches=[SERVED, ZONES], reload=True)
