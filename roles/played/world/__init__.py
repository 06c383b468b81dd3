"""The rest of the world, as the lab plays it on one machine: a DNS from the root on, mail servers, liars."""

from pathlib import Path

from pyinfra import host
from pyinfra.api import deploy
from pyinfra.operations import files

from inventory.model import Administration
from inventory.secrets import Secret, secrets_of
from roles.common import config_file, copied_file, local_user, only_files, secret_file, service
from roles.played.world.config import CONTACT, NAMESERVER, TTL, WorldConfig, config_of

PACKAGES = [
    "ca-certificates",
    "knot",
    "knot-dnssecutils",
    "postfix",  # for posttls-finger alone: how a sender that honours DANE sees a server
    "python3-aiosmtpd",
    "python3-cryptography",
    "python3-dkim",
    "unbound",
    "unbound-host",
]
FOLDER = "/etc/world"
ZONES, TLS = f"{FOLDER}/zones", f"{FOLDER}/tls"
KEPT = "/var/lib/world"  # mail.jsonl
PROGRAMS = {name: f"/usr/local/sbin/world-{name}" for name in ("mail", "web", "certificates")}
KEYS = "/usr/local/sbin/world-keys"
KNOT, UNBOUND = "/etc/knot/knot.conf", "/etc/unbound/unbound.conf"
UNITS = "/etc/systemd/system"
USER = "world"


def before_packages() -> None:
    """Ensure that Postfix, of which only a tool is wanted, never runs."""
    files.link(name="world: Postfix itself never runs", path=f"{UNITS}/postfix.service", target="/dev/null")


@deploy("World: played")
def world(administration: Administration) -> None:
    """Ensure the addresses, the names, the mail servers."""
    cfg = config_of(administration, secrets_of(administration.environment))
    place = administration.environment.world
    assert place is not None  # the machine is there because it is
    kept = place.root_anchor.parent
    config_file(name="world: resolver", template="played/world/resolv.conf.j2", path="/etc/resolv.conf", cfg=cfg)
    for folder in host.loop([FOLDER, ZONES]):
        files.directory(name=f"world: folder {folder}", path=folder, mode="755")
    _addresses(cfg)
    _names(cfg, kept)
    _mail(cfg, kept)


def _addresses(cfg: WorldConfig) -> None:
    path, unit = f"{FOLDER}/addresses", f"{UNITS}/world-addresses.service"
    config_file(name="world: addresses", template="played/world/addresses.j2", path=path, cfg=cfg)
    config_file(
        name="world: world-addresses.service", template="played/world/addresses.service.j2", path=unit, file=path
    )
    service(name="world: addresses are there", unit="world-addresses.service", watches=[path, unit])


def _names(cfg: WorldConfig, kept: Path) -> None:
    """Knot serves the zones, and signs all of them with one key; Unbound asks from the played root on."""
    secret_file(
        name="world: key of the zones",
        content=Secret((kept / "zones.pem").read_text()),
        path=f"{FOLDER}/zones.pem",
        group="knot",
        mode="640",
    )
    config_file(
        name="world: key of the root", template="played/world/text.j2", path=f"{FOLDER}/root.key", text=cfg.anchor
    )
    for zone in host.loop(cfg.zones):
        config_file(
            name=f"world: zone {zone.name or '.'} is valid and in place",
            template="played/world/zone.j2",
            path=f"{ZONES}/{zone.file}",
            check=f"kzonecheck --origin {zone.name}. {{}} >&2",
            zone=zone,
            ttl=TTL,
            nameserver=NAMESERVER,
            contact=CONTACT,
        )
    only_files(name="world: no other zone", folder=ZONES, names=[zone.file for zone in cfg.zones])
    config_file(
        name="world: knot.conf is valid and in place",
        template="played/world/knot.conf.j2",
        path=KNOT,
        group="knot",
        mode="640",
        check="knotc --config {} conf-check >/dev/null",
        cfg=cfg,
        zones=ZONES,
    )
    config_file(name="world: world-keys", template="played/world/keys.sh.j2", path=KEYS, mode="755", cfg=cfg)
    drop_in = f"{UNITS}/knot.service.d/world.conf"
    files.directory(name="world: Knot unit settings folder", path=drop_in.rpartition("/")[0])
    config_file(name="world: Knot unit settings", template="played/world/knot.unit.j2", path=drop_in, keys=KEYS)
    service(name="world: Knot runs", unit="knot.service", watches=[KNOT, KEYS, drop_in, f"{FOLDER}/zones.pem"])
    service(name="world: Knot serves the present zones", unit="knot.service", watches=[ZONES], reload=True)
    config_file(
        name="world: hints of the root",
        template="played/world/text.j2",
        path=f"{FOLDER}/hints",
        text=f". 3600 NS {NAMESERVER}\n{NAMESERVER} 3600 A {cfg.authoritative}",
    )
    config_file(
        name="world: unbound.conf is valid and in place",
        template="played/world/unbound.conf.j2",
        path=UNBOUND,
        check="unbound-checkconf {} >/dev/null",
        cfg=cfg,
        nameserver=NAMESERVER,
    )
    service(
        name="world: Unbound runs",
        unit="unbound.service",
        watches=[UNBOUND, f"{FOLDER}/hints", f"{FOLDER}/root.key"],
    )


def _mail(cfg: WorldConfig, kept: Path) -> None:
    local_user(name="world: account of its programs", user=USER, home="/var/lib/world", shell="/usr/sbin/nologin")
    files.directory(name="world: folder of certificates", path=TLS, group=USER, mode="750")
    for name in host.loop(["host", "authority", "dkim"]):
        secret_file(
            name=f"world: key {name}",
            content=Secret((kept / f"{name}.pem").read_text()),
            path=f"{TLS}/{name}.pem",
            group=USER,
            mode="640",
        )
    copied_file(name="world: authority", source=kept / "authority.crt", path=f"{TLS}/authority.crt")
    for name, path in host.loop(PROGRAMS.items()):
        copied_file(
            name=f"world: {path}", source=Path(__file__).with_name("files") / f"{name}.py", path=path, mode="755"
        )
    settings = f"{FOLDER}/servers.json"
    config_file(name="world: servers", template="played/world/servers.json.j2", path=settings, settings=_settings(cfg))
    for name, what in host.loop({"mail": "mail servers", "web": "HTTPS servers"}.items()):
        unit = f"{UNITS}/world-{name}.service"
        config_file(
            name=f"world: world-{name}.service",
            template="played/world/servers.service.j2",
            path=unit,
            programs=PROGRAMS,
            program=name,
            what=what,
            settings=settings,
            account=USER,
        )
        service(
            name=f"world: {what} run",
            unit=f"world-{name}.service",
            watches=[settings, unit, TLS, PROGRAMS[name], PROGRAMS["certificates"]],
        )


def _settings(cfg: WorldConfig) -> dict[str, object]:
    """What the programs read."""
    return {
        "kept": KEPT,
        "key": f"{TLS}/host.pem",
        "authority": [f"{TLS}/authority.crt", f"{TLS}/authority.pem"],
        "certificates": "/var/lib/world/certificates",
        "mail": [{"name": s.name, "address": a, "certificate": s.certificate} for s, a in cfg.servers],
        "web": [
            {"name": w.name, "address": a, "certificate": w.certificate, "pages": dict(w.pages)} for w, a in cfg.webs
        ],
    }
