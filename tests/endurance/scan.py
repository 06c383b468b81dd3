"""What a machine of the lab is, seen from outside of the engine: two scans and their differences.

Files are read on this machine, below the machine's own overlay: every file that was ever written on it, wherever it
stands. What a service keeps in a database of its own is compared by what it says: the directory by its entries, the
zones by their records, PostgreSQL by its roles and databases, devices by their running configuration.
"""

import json
import re
import stat
import struct
from base64 import b64decode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256
from os import getxattr, listxattr, lstat, walk
from pathlib import Path
from typing import Any

from inventory.model import Administration
from roles.lab.image import base_image
from tests.endurance import lab

# What a machine writes without being told to, each with its reason.
BY_ITSELF = re.compile(
    "|".join(
        (
            r"/(var/log|var/cache|var/tmp|var/spool)/.*",  # logs, caches, queues
            r"/var/lib/(dpkg|apt|ucf)/.*",  # packages are compared by name and version
            r"/var/lib/systemd/.*",  # stamps of timers, random seed
            r"/var/lib/samba/.*",  # the directory is compared by its entries; the rest is caches
            r"/var/lib/postgresql/.*",  # compared by roles, databases and their tables
            r"/var/lib/rspamd/.*",  # statistics
            r"/var/lib/(chrony|dovecot|frr|logrotate|postfix|private)/.*",  # drift, sequence numbers, caches
            r"/(etc|var/lib)/openvswitch/.*",  # its database: compared by its ports
            r"/srv/mail/.*",  # mailboxes
            r".*/__pycache__(/.*)?",  # made by any Python that imports
            r"/etc/(ld\.so\.cache|mailcap)",
            r"/root/\.(bash_history|cache/.*)",
            r".*/\.history_frr",
        )
    )
)
# Below these folders, what is ours.
OURS = ("/var/lib/samba/private/tls", "/var/lib/rspamd/dkim")
# A directory's mode and owner count; when something in it changed does not.
TEXTS = re.compile(r"/(etc|usr/local|opt|root|home|srv/apps|var/lib/administration)/.*")
LARGEST_TEXT = 200_000
IMAGE = lab.STATE.resolve().parent / "base" / base_image().name

STATE_SINCE = "StateChangeTimestampMonotonic"  # a reload changes it too
UNIT = ("Id", "ActiveState", "UnitFileState", "InvocationID", STATE_SINCE, "TriggeredBy")
# Attributes that the directory keeps of its own accord, or that follow from one that is compared.
UNCOUNTED = {
    *("lastLogon", "lastLogonTimestamp", "logonCount", "badPwdCount", "badPasswordTime", "lockoutTime"),
    *("uSNChanged", "whenChanged", "dSCorePropagationData", "modifiedCount", "rIDNextRID", "rIDUsedPool"),
    *("rIDPreviousAllocationPool", "rIDAllocationPool", "rIDAvailablePool", "distinguishedName", "memberOf"),
}
COMPUTER = ("pwdLastSet", "unicodePwd", "supplementalCredentials", "msDS-KeyVersionNumber")  # a member renews its own


@dataclass(frozen=True)
class Entry:
    """A file, a folder or a link: all that a deploy decides of it. The text, where it is one of settings."""

    kind: str
    rights: str
    content: str
    extended: str = ""
    text: str | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Difference:
    """One thing that is otherwise than it was."""

    host: str
    kind: str
    name: str
    what: str

    def __str__(self) -> str:
        return f"{self.host}: {self.kind} {self.name}: {self.what}"


@dataclass
class Scan:
    """Everything, by host: files by path, and other things by (kind, name)."""

    files: dict[str, dict[str, Entry]] = field(default_factory=dict)
    things: dict[str, dict[tuple[str, str], Any]] = field(default_factory=dict)
    seen: dict[tuple[str, str], tuple[Any, Entry]] = field(default_factory=dict, repr=False)


def scan(administration: Administration, earlier: Scan | None = None) -> Scan:
    """Look at every machine and device. What an earlier scan saw and has not been touched is not read again."""
    found = Scan()
    machines = lab.hosts(administration)
    with ThreadPoolExecutor(max_workers=8) as pool:
        asked = {host: pool.submit(_things, administration, host, where) for host, where in machines.items()}
        devices = {name: pool.submit(_switch, name) for name in administration.switches}
        for host, where in machines.items():
            found.files[host] = dict(_files(where, found, earlier))
        found.things = {host: future.result() for host, future in (asked | devices).items()}
    return found


def differences(before: Scan, after: Scan) -> list[Difference]:
    """What changed between two scans."""
    found = []
    for host, files in after.files.items():
        earlier = before.files[host]
        for path in sorted(files.keys() | earlier.keys()):
            old = earlier.get(path) or of_the_image(path)
            new = files.get(path)
            if what := _change(old, new):
                found.append(Difference(host, "file", path, what))
    for host, things in after.things.items():
        earlier_things = before.things[host]
        for key in sorted(things.keys() | earlier_things.keys()):
            kind, name = key
            if what := _otherwise(kind, earlier_things.get(key), things.get(key)):
                found.append(Difference(host, kind, name, what))
    return found


def of_the_image(path: str) -> Entry | None:
    """A file as the image has it that all machines are made of: what was there before a machine wrote its own."""
    found = IMAGE / path.lstrip("/")
    try:
        return _entry(found, path, lstat(found))
    except FileNotFoundError:
        return None


def _change(old: Entry | None, new: Entry | None) -> str:
    old, new = (None if each is None or each.kind == "gone" else each for each in (old, new))
    if old is None or new is None:
        return "created" if new else "removed" if old else ""
    told = [
        *(["content"] if (old.kind, old.content) != (new.kind, new.content) else []),
        *(["rights"] if (old.rights, old.extended) != (new.rights, new.extended) else []),
    ]
    return " and ".join(told)


def _otherwise(kind: str, old: Any, new: Any) -> str:
    """How a thing that is no file changed, in a word; nothing where it did not."""
    if old == new:
        return ""
    if kind == "unit":
        return _unit_change(old, new)
    if old is None:
        return "created"
    return "removed" if new is None else "changed"


def _unit_change(old: dict[str, str] | None, new: dict[str, str] | None) -> str:
    """What happened to a unit; systemd forgets those that do nothing, and knows them again when it is asked."""
    was, runs = (unit is not None and unit["ActiveState"] in ("active", "reloading") for unit in (old, new))
    told = []
    if runs and not was:
        told.append("started")
    elif was and not runs:
        told.append("stopped")
    elif old and new and runs and old["InvocationID"] != new["InvocationID"]:
        told.append("restarted")
    elif old and new and runs and old[STATE_SINCE] != new[STATE_SINCE]:
        told.append("reloaded")
    before, after = (unit["UnitFileState"] if unit else "" for unit in (old, new))
    if before != after and {before, after} & {"enabled", "masked"}:
        told.append(after or "gone")
    return " and ".join(told)


def _files(machine: str, found: Scan, earlier: Scan | None) -> Iterator[tuple[str, Entry]]:
    top = lab.STATE / "machines" / machine / "upper"
    for folder, folders, files in walk(top):
        inside = folder.removeprefix(str(top))
        folders[:] = [name for name in folders if not _left_out(f"{inside}/{name}/")]
        for name in (*folders, *files):
            path = f"{inside}/{name}"
            if _left_out(path):
                continue
            whole = Path(folder, name)
            try:
                status = lstat(whole)
                print_of_it = (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
                known = earlier.seen.get((machine, path)) if earlier else None
                entry = known[1] if known and known[0] == print_of_it else _entry(whole, path, status)
            except FileNotFoundError:
                continue  # a temporary file of somebody
            found.seen[machine, path] = (print_of_it, entry)
            yield path, entry


def _left_out(path: str) -> bool:
    ours = any(path.startswith(kept) or kept.startswith(path.rstrip("/") + "/") for kept in OURS)
    return not ours and bool(BY_ITSELF.fullmatch(path))


def _entry(whole: Path, path: str, status: Any) -> Entry:
    rights = f"{status.st_uid}:{status.st_gid} {stat.S_IMODE(status.st_mode):o}"
    extended = _extended(whole) if path.startswith("/srv/") and not stat.S_ISLNK(status.st_mode) else ""
    match stat.S_IFMT(status.st_mode):
        case stat.S_IFREG:
            content = whole.read_bytes()
            text = None
            if TEXTS.fullmatch(path) and len(content) < LARGEST_TEXT:
                text = content.decode(errors="replace")
            return Entry("file", rights, sha256(content).hexdigest(), extended, text)
        case stat.S_IFDIR:
            return Entry("folder", rights, "", extended)
        case stat.S_IFLNK:
            return Entry("link", "", str(whole.readlink()))
        case stat.S_IFCHR if status.st_rdev == 0:
            return Entry("gone", "", "")  # how an overlay says that a file of the image was removed
        case other:
            return Entry(f"other {other:o}", rights, "")


def _extended(whole: Path) -> str:
    """Access lists and Windows permissions."""
    kept = [name for name in listxattr(whole, follow_symlinks=False) if not name.startswith("trusted.overlay.")]
    return " ".join(f"{name}={getxattr(whole, name, follow_symlinks=False).hex()}" for name in sorted(kept))


def _things(administration: Administration, host: str, where: str) -> dict[tuple[str, str], Any]:
    """Units, packages, firewall, and what the services of the machine hold."""
    found: dict[tuple[str, str], Any] = {}
    found |= {("unit", unit["Id"]): unit for unit in _units(host)}
    found |= {("package", name): version for name, version in _packages(where)}
    for number, line in enumerate(_sections(lab.inside(where, "nft", "--stateless", "list", "ruleset"))):
        found["rule", f"{line} [{number}]" if ("rule", line) in found else line] = True
    found["sysctl", "net.ipv4.ip_forward"] = lab.inside(where, "sysctl", "-n", "net.ipv4.ip_forward").strip()
    machine = administration.machines.get(host)
    runs = machine.runs if machine else []
    if "directory" in runs:
        found |= _directory(host, administration.platform.base_dn)
    if "database" in runs:
        found |= _database(host)
    if host in administration.routers:
        found |= _router(host)
    return found


def _units(host: str) -> Iterator[dict[str, str]]:
    said = lab.ssh(host, f"systemctl show --all '*.service' '*.socket' --property {','.join(UNIT)}")
    for block in said.strip().split("\n\n"):
        unit = dict(line.partition("=")[::2] for line in block.splitlines())
        # A timer or a socket starts some, a login others, and what systemd asks for is not what a deploy does.
        if ".timer" in unit["TriggeredBy"] or re.match(r"(user@|user-runtime-dir@|run-|session-|dbus-)", unit["Id"]):
            continue
        if unit["Id"] in {"systemd-hostnamed.service", "systemd-timedated.service", "systemd-localed.service"}:
            continue
        yield unit


def _packages(where: str) -> Iterator[tuple[str, str]]:
    upper = lab.STATE / "machines" / where / "upper"
    status = upper / "var/lib/dpkg/status"
    if not status.exists():
        status = IMAGE / "var/lib/dpkg/status"
    for block in status.read_text(encoding="utf-8").split("\n\n"):
        fields = dict(line.partition(": ")[::2] for line in block.splitlines() if not line.startswith(" "))
        if fields.get("Status", "").endswith(" installed"):
            yield fields["Package"], fields["Version"]


def _sections(text: str) -> Iterator[str]:
    """The lines of an indented text, each with those that it stands in."""
    above: list[tuple[int, str]] = []
    for line in text.splitlines():
        stripped = line.strip()
        if stripped in ("", "}", "!", "end", "exit") or stripped.startswith(("Building", "Current configuration")):
            continue
        depth = len(line) - len(line.lstrip())
        above = [(at, name) for at, name in above if at < depth]
        yield " > ".join([*(name for _, name in above), stripped.removesuffix(" {")])
        above.append((depth, stripped.removesuffix(" {")))


def _directory(host: str, base: str) -> dict[tuple[str, str], Any]:
    database = "/var/lib/samba/private/sam.ldb"
    said = lab.ssh(host, f"ldbsearch -H {database} --scope=sub '(objectClass=*)' '*'")
    found: dict[tuple[str, str], Any] = {}
    for dn, attributes in _ldif(said):
        if not dn.casefold().endswith(base.casefold()):
            continue
        found["entry", dn] = True
        computer = b"computer" in attributes.get("objectClass", [])
        for name, values in attributes.items():
            if name in UNCOUNTED or (computer and name in COMPUTER):
                continue
            # A member is known by its name: its place in the tree is its own attribute.
            plain = [value.split(b",")[0] for value in values] if name == "member" else values
            found["attribute", f"{dn}|{name}"] = sorted(plain)
    said = lab.ssh(host, f"ldbsearch -H {database} -b DC=DomainDnsZones,{base} '(objectClass=dnsNode)' dnsRecord")
    zones = lab.ssh(host, f"ldbsearch -H {database} -b DC=DomainDnsZones,{base} '(objectClass=dnsZone)' name")
    found |= {("zone", values["name"][0].decode()): True for _, values in _ldif(zones)}
    for dn, attributes in _ldif(said):
        name, zone = (part.partition("=")[2] for part in dn.split(",")[:2])
        for packed in attributes.get("dnsRecord", []):
            if record := _record(packed):
                found["record", f"{zone if name == '@' else f'{name}.{zone}'} {record}"] = True
    return found


def _ldif(text: str) -> Iterator[tuple[str, dict[str, list[bytes]]]]:
    for block in text.replace("\n ", "").split("\n\n"):
        attributes: dict[str, list[bytes]] = {}
        for line in block.splitlines():
            if line.startswith("#") or ":" not in line:
                continue
            name, _, rest = line.partition(":")
            value = b64decode(rest[1:].strip()) if rest.startswith(":") else rest.strip().encode()
            attributes.setdefault(name, []).append(value)
        if "dn" in attributes:
            yield attributes.pop("dn")[0].decode(), attributes


def _record(packed: bytes) -> str:
    """A dnsRecord of Active Directory (MS-DNSP 2.3.2.2) as text: A, MX and TXT; others are the server's own."""
    length, kind = struct.unpack_from("<HH", packed)
    data = packed[24 : 24 + length]
    match kind:
        case 1:
            return "A " + ".".join(map(str, data))
        case 15:
            (preference,) = struct.unpack_from(">H", data)
            return f"MX {preference} {_name(data[2:])}"
        case 16:
            return "TXT " + "".join(part.decode(errors="replace") for part in _strings(data))
    return ""


def _name(data: bytes) -> str:
    """A DNS_COUNT_NAME (MS-DNSP 2.2.2.2.2)."""
    return ".".join(part.decode() for part in _strings(data[2:]) if part)


def _strings(data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        yield data[at + 1 : at + 1 + data[at]]
        at += 1 + data[at]


def _database(host: str) -> dict[tuple[str, str], Any]:
    queries = {
        "role": "SELECT rolname, md5(coalesce(rolpassword, '')) || rolcanlogin || rolsuper FROM pg_authid",
        "database": "SELECT datname, pg_get_userbyid(datdba) || coalesce(datacl::text, '') FROM pg_database",
    }
    found: dict[tuple[str, str], Any] = {}
    for kind, query in queries.items():
        said = lab.ssh(host, f'runuser -u postgres -- psql -XAtq -F "|" -c "{query}"')
        found |= {(kind, line.split("|", 1)[0]): line for line in said.splitlines()}
    return found


def _switch(name: str) -> dict[tuple[str, str], Any]:
    return {("config", line): True for line in _sections(lab.ssh(name, "show running-config"))}


def _router(host: str) -> dict[tuple[str, str], Any]:
    said = _sections(lab.ssh(host, "vtysh -c 'show running-config'"))
    rows = json.loads(lab.ssh(host, "ovs-vsctl --format=json --columns=name,tag,trunks list Port"))["data"]
    ports = {("port", row[0]): json.dumps(row[1:]) for row in rows}
    return {("config", line): True for line in said} | ports
