"""An inventory of the size of a whole administration, always the same: `write(folder)` makes a folder like inventory/.

30 institutions, 30,000 people in groups, 600 shares, 100 buildings with 300 switches of 48 ports, 20 applications.
"""

import shutil
from pathlib import Path

from inventory.model.load import HERE

INSTITUTIONS, PEOPLE_EACH, GROUPS_EACH, SHARES_EACH = 30, 1000, 25, 20
BUILDINGS, SWITCHES_EACH, PORTS_EACH = 100, 3, 48
APPLICATIONS = 20

GIVEN = ["Awa", "Issa", "Fatou", "Moussa", "Mariam", "Salif", "Aminata", "Adama", "Rasmata", "Zénabo", "Ali", "Noëlie"]
FAMILY = ["Exemple", "Modèle", "Spécimen", "Patron", "Gabarit", "Essai", "Type", "Moule"]
PLAIN = str.maketrans("éèë", "eee")


def write(folder: Path, people: int = PEOPLE_EACH) -> None:
    """The data of inventory/ at scale; the environments are the real ones. `people` are those of each institution."""
    shutil.copytree(HERE / "environments", folder / "environments", dirs_exist_ok=True)
    platform = (HERE / "platform.yaml").read_text(encoding="utf-8")
    folder.joinpath("platform.yaml").write_text(platform.replace("{e-cm: af31}", "{appli-01: af31}"), encoding="utf-8")
    for path, text in files(people).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


def files(people: int = PEOPLE_EACH) -> dict[str, str]:
    """The text of each file, by its path in the inventory."""
    found = {"sites/dc.yaml": _datacentre()}
    for number in range(1, INSTITUTIONS + 1):
        found |= {f"institutions/{_institution(number)}/{name}": text for name, text in _folder(number, people).items()}
    found |= {f"sites/batiment-{number:03}.yaml": _building(number) for number in range(1, BUILDINGS + 1)}
    return found | {
        f"applications/appli-{number:02}.yaml": _application(number) for number in range(1, APPLICATIONS + 1)
    }


def _institution(number: int) -> str:
    return f"ministere-{number:02}"


def _head(kind: str, depth: int) -> str:
    return f"# yaml-language-server: $schema={'../' * depth}schema/{kind}.json\n"


def _folder(number: int, size: int) -> dict[str, str]:
    name = _institution(number)
    people = [_person(number, index) for index in range(size)]
    logins = [login for login, _, _ in people]
    members = {f"service-{group:02}": logins[group::GROUPS_EACH] for group in range(GROUPS_EACH)}
    ids = [f"M{number:02}{index:03}" for index in range(len(people))]
    lines = [
        f"  - {{id: {i}, login: {login}, given: {given}, family: {family}}}\n"
        for i, (login, given, family) in zip(ids, people, strict=True)
    ]
    groups = [f"  {group}: [{', '.join(names)}]\n" for group, names in members.items()]
    shares = [
        f"  {name}-{index:02}:\n    description: Dossiers du service {index}\n"
        f"    write: [service-{index:02}]\n    read: [dsi]\n"
        for index in range(SHARES_EACH)
    ]
    return {
        "institution.yaml": f"{_head('institution', 2)}institution: {name}\nkind: ministry\nname: Ministère {number}\n"
        f'mail_domain: {name}.gov.bf\nreviewers: ["@burkina/dsi-{name}"]\n',
        "people.yaml": f"{_head('people', 2)}people:\n{''.join(lines)}",
        "groups.yaml": f"{_head('groups', 2)}functions:\n  dsi: [{', '.join(logins[:3])}]\ngroups:\n{''.join(groups)}",
        "shares.yaml": f"{_head('shares', 2)}shares:\n{''.join(shares)}",
    }


def _person(institution: int, index: int) -> tuple[str, str, str]:
    """A login that nobody else has, a given and a family name."""
    given, family = GIVEN[index % len(GIVEN)], FAMILY[index // len(GIVEN) % len(FAMILY)]
    letters = f"{given[:6]}.{family[:6]}".lower().translate(PLAIN)
    return f"{letters}{institution:02}{index:03}", given, family


def _datacentre() -> str:
    runs = {"dc1": "directory", "mail1": "mail", "files1": "files", "app1": "applications", "db1": "database"}
    machines = [
        f"  {name}: {{network: servers, address: 10.10.10.{10 + index}, runs: [{capability}]}}\n"
        for index, (name, capability) in enumerate(runs.items(), 1)
    ]
    return (
        f"{_head('site', 1)}site: dc\nkind: datacentre\nname: Centre de données\nowner: {_institution(1)}\nnetworks:\n"
        f"  servers: {{prefix: 10.10.10.0/24, gateway: 10.10.10.1}}\nmachines:\n{''.join(machines)}"
    )


def _building(number: int) -> str:
    switches = "".join(_switch(number, index) for index in range(1, SWITCHES_EACH + 1))
    link, low = f"10.255.{1 + number // 64}", number % 64 * 4
    desk = (
        "machines:\n  ws1: {network: users, address: 10.20.10.21, runs: [workstation], only_in: lab}\n"
        "  guest1: {network: guests, address: 10.20.30.21, runs: [], only_in: lab}\n"
        if number == 1
        else ""
    )
    return (
        f"{_head('site', 1)}site: batiment-{number:03}\nkind: building\nname: Bâtiment {number}\n"
        f"owner: {_institution(1 + number % INSTITUTIONS)}\nblock: 10.{19 + number}.0.0/16\n"
        f"purposes: [users, voice, guests, printers, management]\nswitches:\n{switches}"
        f"routers:\n  edge-{number:03}:\n    platform: frr\n    asn: {65100 + number}\n    lan: lan0\n    uplinks:\n"
        f"      - {{interface: wan0, core: resina1, address: {link}.{low + 2}/30, peer: {link}.{low + 1}}}\n{desk}"
    )


def _switch(building: int, index: int) -> str:
    """The first switch is cabled to the router and to the others; of eight desks one is a guest's."""
    ports = [
        f"      GigabitEthernet1/0/{first}-{first + 6}: {{profile: poste}}\n"
        f"      GigabitEthernet1/0/{first + 7}: {{profile: invites}}\n"
        for first in range(1, PORTS_EACH - 8, 8)
    ]
    ends = [f"sw{other}-{building:03}/GigabitEthernet1/0/48" for other in range(2, SWITCHES_EACH + 1)]
    cables = [*ends, f"edge-{building:03}"] if index == 1 else []
    ports += [
        f"      GigabitEthernet1/0/{PORTS_EACH - place}: {{profile: uplink, to: {end}}}\n"
        for place, end in enumerate(reversed(cables))
    ]
    tier = "distribution" if index == 1 else "access"
    return (
        f"  sw{index}-{building:03}:\n    model: catalyst-2960x-48\n    tier: {tier}\n    number: {index}\n"
        f"    ports:\n{''.join(ports)}"
    )


def _application(number: int) -> str:
    owner = _institution(number)
    return (
        f"{_head('application', 1)}application: appli-{number:02}\nname: Application {number}\nowner: {owner}\n"
        f"host: app1\ndatabase: db1\nport: {8100 + number}\n"
        "artifact: {kind: wheel, name: standin, version: 1.0.0, module: standin:app}\n"
        f"readers: [{owner}/agents, {_institution(number + 1)}/dsi]\n"
    )
