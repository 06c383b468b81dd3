"""The lines of a plan, and what each does to what a scan sees: differences that must follow, and those that may."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from tests.endurance.scan import Difference

ACCOUNT_FILES = r"/etc/(passwd|group|shadow|gshadow|subuid|subgid)-?"


@dataclass(frozen=True)
class Seen:
    """A difference, by patterns that its kind, name and nature must match entirely."""

    kind: str
    name: str
    what: str = ".*"

    def of(self, difference: Difference) -> bool:
        return bool(
            difference.kind == self.kind
            and re.fullmatch(self.name, difference.name, re.DOTALL)
            and re.fullmatch(self.what, difference.what)
        )


Effects = tuple[list[Seen], list[Seen]]


def _unit(what: str) -> Callable[[str], Effects]:
    return lambda unit: ([Seen("unit", unit, what)], [])


def _enabled(unit: str) -> Effects:
    links = rf"/etc/systemd/system/.*{unit}|/etc/rc\d\.d/[KS]\d\d{unit.removesuffix('.service').rstrip(chr(92))}"
    return [Seen("unit", unit, ".*enabled")], [Seen("file", links)]


def _ran(command: str) -> Effects:
    """A command of pyinfra's own: the files that it names, or the setting of the kernel."""
    words = command.replace("\\", "")
    if setting := re.match(r"sysctl (\S+?)=", words):
        # FRR shows in its configuration that the kernel does not forward.
        return [Seen("sysctl", re.escape(setting[1].replace("'", "")))], [Seen("config", "no ip forwarding")]
    paths = [word.strip("'\"") for word in words.split() if re.match(r"['\"]?/", word)]
    assert paths, f"a command of a plan that names no file: {words}"
    named = "|".join(re.escape(path) for path in paths)
    return [Seen("file", named)], [Seen("file", named)]


def _person(login: str, attributes: str) -> Effects:
    names = attributes.replace("\\", "").split(", ")
    return [Seen("attribute", rf"CN={login},.*\|{re.escape(name)}") for name in names], []


def _created(login: str) -> Effects:
    everything = Seen("attribute", rf"CN={login},.*", "created")
    return [Seen("entry", rf"CN={login},.*", "created")], [everything]


LINES: list[tuple[str, Callable[..., Effects]]] = [
    (r"(?:re)?start (\S+)", _unit(".*(started|restarted).*")),
    (r"restart (\S+), if a setting needs it", lambda unit: ([], [Seen("unit", unit, "restarted")])),
    (r"reload (\S+)", _unit(".*(reloaded|restarted|started).*")),
    (r"stop (\S+)", _unit("(stopped.*|.*disabled)")),
    (r"enable (\S+)", _enabled),
    (r"install (/\S+)", lambda folder: ([Seen("file", rf"{folder}/complete")], [Seen("file", rf"{folder}/.*")])),
    (r"install (\S+)", lambda package: ([Seen("package", package, "created")], [])),
    (r"run: (.+)", _ran),
    (
        r"group (\S+): (?:create|number \d+)",
        lambda _name: ([Seen("file", ACCOUNT_FILES)], [Seen("file", ACCOUNT_FILES)]),
    ),
    (
        r"account (\S+): (?:create|shell.*|home.*|number.*|in .*)",
        lambda name: (
            [Seen("file", ACCOUNT_FILES)],
            [Seen("file", ACCOUNT_FILES), Seen("file", rf"/home/{name}(/.*)?")],
        ),
    ),
    (
        r"(\S+) admits the ssh keys of root",
        lambda name: ([Seen("file", rf"/home/{name}/\.ssh/.*")], [Seen("file", rf"/home/{name}/\.ssh")]),
    ),
    (r"the system trusts the administration's authority", lambda: ([Seen("file", "/etc/ssl/certs/.*")],) * 2),
    # Shares
    (r"share (\S+): create", lambda name: ([Seen("file", f"/srv/shares/{name}", "created")], [])),
    (
        r"share (\S+): permissions",
        lambda name: (
            [Seen("file", f"/srv/shares/{name}", ".*rights")],
            [Seen("file", f"/srv/shares/{name}/.*", "rights")],
        ),
    ),
    (r"share (\S+): remove", lambda _name: ([Seen("file", "/etc/samba/shares.conf", "content")], [])),
    # Applications and their databases
    (r"role (\S+): create, with its password", lambda role: ([Seen("role", role, "created")], [])),
    (r"role (\S+): set its password", lambda role: ([Seen("role", role, "changed")], [])),
    (r"database (\S+): create, owned by \S+", lambda name: ([Seen("database", name, "created")], [])),
    (r"database (\S+): (?:closed to other roles|owner \S+)", lambda name: ([Seen("database", name)], [])),
    (
        r"(\S+): migrate its database, serve \S+ if it answers",
        lambda name: (
            [Seen("file", f"/srv/apps/{name}/current")],
            [Seen("unit", f"app-{name}(-migrate@.*)?\\.service"), Seen("file", f"/srv/apps/{name}(/.*)?")],
        ),
    ),
    (
        r"application (\S+): stop, and remove its settings",
        lambda name: (
            [
                Seen("unit", f"app-{name}\\.service"),
                Seen("file", f"/etc/systemd/system/app-{name}\\.service", "removed"),
            ],
            [
                Seen("file", f"/etc/systemd/system/app-{name}-migrate@\\.service", "removed"),
                Seen("file", f"/etc/systemd/system/.*/app-{name}\\.service", "removed"),
                Seen("file", f"/etc/applications/{name}(/.*)?", "removed"),
            ],
        ),
    ),
    # Networks
    (r"sub-interface (\S+): (?:create|remove|its VLANs)", lambda name: ([Seen("port", name)], [])),
]

# Of steps of the directory, where a group is not one of the machine's own.
DIRECTORY: list[tuple[str, Callable[..., Effects]]] = [
    (r"(?:person|service account) (\S+): create", _created),
    (
        r"(?:person|service account) (\S+): move to (\S+)",
        lambda login, unit: (
            [Seen("entry", rf"CN={login},OU={unit},.*", "created"), Seen("entry", rf"CN={login},.*", "removed")],
            [Seen("attribute", rf"CN={login},.*")],
        ),
    ),
    (r"(?:person|service account) (\S+): enable", lambda login: _person(login, "userAccountControl")),
    (r"(?:person|service account) (\S+): (.+)", _person),
    (r"account (\S+): disable", lambda login: _person(login, "userAccountControl")),
    (r"group (\S+): create", _created),
    (r"group (\S+): (?:add|remove) (\S+)", lambda group, _login: ([Seen("attribute", rf"CN={group},.*\|member")], [])),
    (
        r"unit (\S+): create",
        lambda unit: ([Seen("entry", rf"OU={unit},.*", "created")], [Seen("attribute", rf"OU={unit},.*", "created")]),
    ),
    (r"unit (\S+): (\S+)", lambda unit, attribute: ([Seen("attribute", rf"OU={unit},.*\|{attribute}")], [])),
    # Names
    (
        r"zone (\S+): create",
        lambda zone: (
            [Seen("zone", zone, "created")],
            [Seen("entry", rf"DC={zone},.*"), Seen("attribute", f".*DC={zone},.*")],
        ),
    ),
    (
        r"(\S+) (A|MX|TXT): add (.+)",
        lambda name, kind, data: ([Seen("record", f"{name} {kind} {data}", "created")], []),
    ),
    (
        r"(\S+) (A|MX|TXT): (?:remove|no\\? longer) (.+)",
        lambda name, kind, data: ([Seen("record", f"{name} {kind} {data}", "removed")], []),
    ),
]
