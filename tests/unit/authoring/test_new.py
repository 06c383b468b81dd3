"""`make new-…` as people use it: what they are asked, what is written, and what is refused without a byte written."""

import contextlib
import difflib
import os
import pty
import re
import select
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from inventory.authoring import change
from inventory.codeowners import codeowners
from inventory.model import Person, load
from inventory.secrets import Secret
from roles.lab.topology import topology
from roles.lan.intent import intent as lan_intent
from roles.uplinks.intent import intent as uplink_intent
from tests.unit.authoring.conftest import Clerk

PERSON = ("person", "INSTITUTION=sante", "GIVEN=Nafi", "FAMILY=Nouvelle", "ID=M2003")
MINISTRY = (
    *("ministry", "INSTITUTION=education", "NAME=Ministère de l'Éducation"),
    *("GIVEN=Awa", "FAMILY=Exemple", "ID=M9001"),
)
SITE = ("site", "SITE=sante-siege", "NAME=Siège: santé # 1", "OWNER=sante")
APPLICATION = ("application", "APPLICATION=courrier", "NAME=Suivi du courrier", "OWNER=sante")
SHARE = ("share", "INSTITUTION=sante", "SHARE=sante-rh", "DESCRIPTION=Dossiers du personnel")
PORT = ("port", "SWITCH=sw1", "NETWORK=users")


def diff(before: dict[str, str], after: dict[str, str]) -> dict[str, list[str]]:
    """The lines that went and came, by file."""
    found = {}
    for path in sorted(before.keys() | after.keys()):
        old, new = before.get(path, "").splitlines(), after.get(path, "").splitlines()
        lines = list(difflib.unified_diff(old, new, n=0, lineterm=""))[2:]
        if lines:
            found[path] = [line for line in lines if not line.startswith("@@")]
    return found


def test_a_person_is_one_line(clerk: Clerk) -> None:
    before = clerk.files()
    assert clerk.new(*PERSON, "YES=1").status == 0
    line = "+  - {id: M2003, login: nafi.nouvelle, given: Nafi, family: Nouvelle}"
    assert diff(before, clerk.files()) == {"inventory/institutions/sante/people.yaml": [line]}
    assert clerk.said.splitlines() == [
        "inventory/institutions/sante/people.yaml",
        f"  {line}",
        "Courriel : nafi.nouvelle@sante.gov.bf",
        "écrit : inventory/institutions/sante/people.yaml",
        "ensuite : make plan, ou une demande de fusion",
    ]
    assert (
        Person(id="M2003", login="nafi.nouvelle", given="Nafi", family="Nouvelle")
        in clerk.load().institutions["sante"].people
    )


def test_a_person_joins_groups(clerk: Clerk) -> None:
    before = clerk.files()
    assert clerk.new(*PERSON, "GROUPS=conseil, dsi", "YES=1").status == 0
    sante = clerk.load().institutions["sante"]
    assert sante.functions.held == {"dsi": ["mariam.modele", "nafi.nouvelle"]}
    assert sante.groups == {"conseil": ["moussa.exemple", "nafi.nouvelle"]}
    assert len(diff(before, clerk.files())["inventory/institutions/sante/groups.yaml"]) == 4


def test_questions_are_asked_one_at_a_time_until_the_answer_is_right(clerk: Clerk) -> None:
    answers = [
        "santé",
        "sante",
        "",
        "Awa",
        "Exemple",
        "m9001",
        "M1001",
        "M9001",
        "awa exemple",
        "awa.exemple",
        "root",
        "",
        "dsl",
        "dsi",
        "o",
    ]
    assert clerk.at_a_terminal("person", answers=answers).status == 0
    # Of a message of the model, what comes before its choices and examples: its own tests hold the rest.
    assert [re.split(" ; (?!vide)| forme :", line)[0] for line in clerk.said.splitlines()[:25]] == [
        "Institution, parmi : anptic, mtdpce, sante (ex. anptic) : santé",
        "  l'institution « santé » n'existe pas",
        "Institution, parmi : anptic, mtdpce, sante (ex. anptic) : sante",
        "Prénom (ex. Nafi) : ",
        "  il manque une réponse : Prénom (ex. Nafi)",
        "Prénom (ex. Nafi) : Awa",
        "Nom de famille (ex. Ouédraogo) : Exemple",
        "Matricule (ex. M1001) : m9001",
        "  « m9001 » n'a pas la bonne",
        "Matricule (ex. M1001) : M1001",
        "  l'identifiant « M1001 » est déjà celui de « awa.exemple », dans inventory/institutions/mtdpce/people.yaml",
        "Matricule (ex. M1001) : M9001",
        "Nom de connexion [awa.exemple2] : awa exemple",
        "  « awa exemple » n'a pas la bonne",
        "Nom de connexion [awa.exemple2] : awa.exemple",
        "  la personne « awa.exemple » est déjà dans inventory/institutions/mtdpce/people.yaml",
        "Nom de connexion [awa.exemple2] : root",
        "  « root » est réservé",
        "Nom de connexion [awa.exemple2] : ",
        "Groupes, parmi : dsi, conseil (ex. dsi ; vide : aucun) : dsl",
        "  le groupe « dsl » n'existe pas",
        "Groupes, parmi : dsi, conseil (ex. dsi ; vide : aucun) : dsi",
        "inventory/institutions/sante/people.yaml",
        "  +  - {id: M9001, login: awa.exemple2, given: Awa, family: Exemple}",
        "inventory/institutions/sante/groups.yaml",
    ]
    assert "Écrire ? [o/N] o" in clerk.said
    assert "awa.exemple2" in clerk.load().institutions["sante"].functions.dsi


def test_questions_are_in_english_where_lang_asks(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "en")
    assert clerk.at_a_terminal(*PERSON, answers=["", "", "y"]).status == 0
    assert clerk.said.splitlines()[:2] == [
        "Login [nafi.nouvelle] : ",
        "Groups, among: dsi, conseil (such as dsi; empty: none) : ",
    ]


@pytest.mark.parametrize("answer", ["", "n", "N", "peut-être"])
def test_nothing_is_written_without_a_yes(clerk: Clerk, answer: str) -> None:
    before = clerk.files()
    assert clerk.at_a_terminal(*PERSON, answers=["", "", answer]).status == 0
    assert clerk.said.splitlines()[-1] == "rien n'est écrit"
    assert clerk.files() == before


def test_nothing_is_written_when_a_person_stops(clerk: Clerk) -> None:
    before = clerk.files()
    assert clerk.at_a_terminal(*PERSON, answers=[""]).status == 130
    assert clerk.refused == "\ninterrompu : rien n'est écrit\n"
    assert clerk.files() == before


ENTRIES = {entry[0]: entry[1:] for entry in (PERSON, MINISTRY, SITE, APPLICATION, SHARE, PORT)}
REFUSALS = [
    case.split("\n", 1)
    for case in (Path(__file__).parent / "refusals.txt").read_text(encoding="utf-8").split("\n\n")
    if not case.startswith("#")
]


@pytest.mark.parametrize(("command", "line"), REFUSALS, ids=[case[0] for case in REFUSALS])
def test_a_refusal_is_one_line_and_nothing_is_written(clerk: Clerk, command: str, line: str) -> None:
    before = clerk.files()
    words = shlex.split(command.removeprefix("$"))
    if "+" in words:
        at = words.index("+")
        words[at : at + 1] = ENTRIES[words[0]]
    assert clerk.new(*words, *(["YES=1"] if words else [])).status == 1
    wanted, cut = line.rstrip().removesuffix("…"), line.rstrip().endswith("…")
    assert clerk.refused.startswith(wanted) if cut else clerk.refused == f"{wanted}\n"
    assert clerk.refused.count("\n") == 1
    assert clerk.files() == before


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ("a\nb", "la réponse contient un caractère invisible (retour à la ligne, tabulation, …) : l'enlever"),
        ("a\u202eb", "la réponse contient un caractère invisible (retour à la ligne, tabulation, …) : l'enlever"),
        ("a\udc80", "la réponse n'est pas en UTF-8"),
        ("a" * 201, f"« {'a' * 37}… » est trop long"),
    ],
    ids=["line break", "right-to-left", "latin-1", "too long"],
)
def test_what_no_name_holds_is_refused(clerk: Clerk, given: str, line: str) -> None:
    before = clerk.files()
    assert clerk.new("person", "INSTITUTION=sante", f"GIVEN={given}", "YES=1").status == 1
    assert clerk.refused.startswith(f"GIVEN: {line}")
    assert clerk.refused.count("\n") == 1
    assert clerk.files() == before


def test_without_a_terminal_a_yes_is_asked_for(clerk: Clerk) -> None:
    before = clerk.files()
    assert clerk.new(*PERSON).status == 1
    assert "  +  - {id: M2003, login: nafi.nouvelle, given: Nafi, family: Nouvelle}\n" in clerk.said
    assert clerk.refused == "rien n'est écrit : YES=1 pour écrire\n"
    assert clerk.files() == before


def test_a_yes_that_is_none_is_refused(clerk: Clerk) -> None:
    before = clerk.files()
    assert clerk.new(*PERSON, "YES=peut-être").status == 1
    assert clerk.refused == "YES: « peut-être » : répondre oui ou non\n"
    assert clerk.files() == before


def test_a_no_on_the_command_line_writes_nothing(clerk: Clerk) -> None:
    before = clerk.files()
    assert clerk.new(*PERSON, "YES=0").status == 0
    assert clerk.files() == before


def test_a_ministry_is_a_folder(clerk: Clerk) -> None:
    before = clerk.files()
    assert clerk.new(*MINISTRY, "APPLICATIONS=cim", "YES=1").status == 0
    assert diff(before, clerk.files()) == {
        "inventory/applications/cim.yaml": [
            "-readers: [mtdpce/agents, sante/agents, anptic/agents]",
            "+readers: [mtdpce/agents, sante/agents, anptic/agents, education/agents]",
        ],
        "inventory/institutions/education/groups.yaml": [
            "+# yaml-language-server: $schema=../../schema/groups.json",
            "+functions:",
            "+  dsi: [awa.exemple2]",
        ],
        "inventory/institutions/education/institution.yaml": [
            "+# yaml-language-server: $schema=../../schema/institution.json",
            "+institution: education",
            "+kind: ministry",
            "+name: Ministère de l'Éducation",
            "+mail_domain: education.gov.bf",
            '+reviewers: ["@burkina/dsi-education"]',
        ],
        "inventory/institutions/education/people.yaml": [
            "+# yaml-language-server: $schema=../../schema/people.json",
            "+people:",
            "+  - {id: M9001, login: awa.exemple2, given: Awa, family: Exemple}",
        ],
        "inventory/institutions/education/shares.yaml": [
            "+# yaml-language-server: $schema=../../schema/shares.json",
            "+shares:",
            "+  education:",
            "+    description: Dossiers communs du ministère",
            "+    write: [agents]",
        ],
    }
    assert clerk.load().institutions["education"].reviewers == ["@burkina/dsi-education"]


def test_reviewers_and_authors_are_those_that_were_named(clerk: Clerk) -> None:
    accounts = ("REVIEWERS=@burkina/dsi-education @awa", "AUTHORS=@awa,@issa")
    assert clerk.new(*MINISTRY, *accounts, "YES=1").status == 0
    institution = clerk.load().institutions["education"]
    assert institution.reviewers == ["@burkina/dsi-education", "@awa"]
    assert institution.authors == ["@awa", "@issa"]


def test_codeowners_follows(clerk: Clerk) -> None:
    path = clerk.folder.parent / "CODEOWNERS"
    path.write_text(codeowners(clerk.load()))
    before = clerk.files()
    assert clerk.new(*PERSON, "YES=1").status == 0
    assert "CODEOWNERS" not in diff(before, clerk.files())
    assert clerk.new(*MINISTRY, "YES=1").status == 0
    assert "CODEOWNERS (généré)\n" in clerk.said
    assert path.read_text() == codeowners(clerk.load())
    assert "@burkina/dsi-education" in path.read_text()


def test_a_building_has_networks_a_switch_and_a_router(clerk: Clerk) -> None:
    purposes = "PURPOSES=users, voice, guests, management"
    assert clerk.new(*SITE, "MODEL=catalyst-2960x-8", purposes, "YES=1").status == 0
    administration = clerk.load()
    site = administration.sites["sante-siege"]
    assert site.name == "Siège: santé # 1"
    assert {name: str(network.prefix) for name, network in site.networks.items()} == {
        "users": "10.20.128.0/22",
        "voice": "10.20.132.0/22",
        "guests": "10.20.136.0/22",
        "management": "10.20.140.0/24",
    }
    switch = lan_intent(administration.switches["sw2"])
    assert [port.access for port in switch.ports] == [10, 10, 10, 10, 10, 10, 30, None]
    assert switch.ports[-1].vlans == (10, 20, 30, 99)
    assert str(switch.address) == "10.20.140.11/24"
    router = uplink_intent(administration, administration.routers["edge2"], lambda _scope, key: Secret(key))
    assert router.asn == 65102
    assert [str(interface.address) for interface in router.interfaces][-1] == "10.255.1.6/30"
    assert "10.20.136.0/22" not in map(str, router.announced)
    cables = [(cable.left, cable.right) for cable in topology(administration).cables]
    assert (("lab-sw2", "gi1-0-8"), ("lab-edge2", "lan0")) in cables
    assert (("lab-edge2", "wan0"), ("lab-resina1", "to-edge2")) in cables


def test_a_building_is_a_short_file(clerk: Clerk) -> None:
    before = clerk.files()
    assert clerk.new(*SITE, "YES=1").status == 0
    assert diff(before, clerk.files())["inventory/sites/sante-siege.yaml"] == [
        "+# yaml-language-server: $schema=../schema/site.json",
        "+site: sante-siege",
        "+kind: building",
        '+name: "Siège: santé # 1"',
        "+owner: sante",
        "+block: 10.20.128.0/20",
        "+purposes: [users, guests, management]",
        "+",
        "+switches:",
        "+  sw2:",
        "+    model: catalyst-2960x-24",
        "+    number: 1",
        "+    ports:",
        "+      GigabitEthernet1/0/1-22: {profile: poste}",
        "+      GigabitEthernet1/0/23: {profile: invites}",
        "+      GigabitEthernet1/0/24: {profile: uplink, to: edge2}",
        "+",
        "+routers:",
        "+  edge2:",
        "+    platform: frr",
        "+    asn: 65102",
        "+    lan: lan0",
        "+    uplinks:",
        "+      - {interface: wan0, core: resina1, address: 10.255.1.6/30, peer: 10.255.1.5}",
    ]


def test_a_building_has_two_links_where_resina_has_two_cores(clerk: Clerk) -> None:
    path = clerk.folder / "platform.yaml"
    second = "    resina2: {router_id: 10.255.0.2, serves: [dc]}\n\npurposes:"
    path.write_text(path.read_text().replace("\npurposes:", second))
    assert clerk.new(*SITE, "YES=1").status == 1
    assert clerk.refused.startswith("BACKUP_LINK: il manque une réponse")  # there is no link to resina2 to go on from
    assert clerk.new(*SITE, "BACKUP_LINK=10.255.2.0/30", "YES=1").status == 0
    assert [(u.interface, u.core, str(u.address), u.role) for u in clerk.load().routers["edge2"].entry.uplinks] == [
        ("wan0", "resina1", "10.255.1.6/30", "primary"),
        ("wan1", "resina2", "10.255.2.2/30", "backup"),
    ]
    assert clerk.new("site", "SITE=annexe", "NAME=Annexe", "OWNER=sante", "CORE=resina2", "YES=1").status == 0
    assert [(u.core, str(u.address)) for u in clerk.load().routers["edge3"].entry.uplinks] == [
        ("resina2", "10.255.2.6/30"),
        ("resina1", "10.255.1.10/30"),
    ]


@pytest.mark.parametrize(("model", "last"), [("s5720-28p", "GigabitEthernet0/0/24"), ("2530-48g", "48")])
def test_a_building_may_have_any_model(clerk: Clerk, model: str, last: str) -> None:
    assert clerk.new(*SITE, f"MODEL={model}", "PURPOSES=users", "BLOCK=10.99.0.0/22", "YES=1").status == 0
    switch = clerk.load().switches["sw2"]
    assert switch.entry.ports[last].to == "edge2"
    assert [*switch.site.networks] == ["users", "management"]  # where the switches are is never left out


def test_a_port_of_a_known_model_has_a_profile(clerk: Clerk) -> None:
    assert clerk.new(*SITE, "MODEL=2530-24g", "PURPOSES=users printers", "YES=1").status == 0
    path = clerk.folder / "sites/sante-siege.yaml"
    path.write_text(path.read_text().replace('"1-23": {profile: poste}', "1-20: {profile: poste}"))
    before = clerk.files()
    assert clerk.new("port", "SWITCH=sw2", "PROFILE=imprimante", "YES=1").status == 0
    assert diff(before, clerk.files()) == {"inventory/sites/sante-siege.yaml": ['+      "21": {profile: imprimante}']}
    assert clerk.new("port", "SWITCH=sw2", "PORT=25", "PROFILE=poste", "YES=1").status == 1
    assert clerk.refused == "PORT: le 2530-24g n'a pas de port « 25 » ; ses ports : 1 à 24\n"
    assert clerk.new("port", "SWITCH=sw2", "PORT=3", "PROFILE=poste", "YES=1").status == 1
    assert clerk.refused == "PORT: « 3 » est déjà utilisé : sw2\n"
    assert clerk.new("port", "SWITCH=sw2", "PROFILE=camera", "YES=1").status == 1
    assert "le profil « camera » n'existe pas ; possibles : poste, imprimante" in clerk.refused


def test_buildings_follow_one_another(clerk: Clerk) -> None:
    for number in (1, 2, 3):
        assert clerk.new("site", f"SITE=site{number}", "NAME=Annexe", "OWNER=sante", "YES=1").status == 0
    sites = clerk.load().sites
    users = [str(sites[f"site{number}"].networks["users"].prefix) for number in (1, 2, 3)]
    assert users == ["10.20.128.0/22", "10.20.144.0/22", "10.20.160.0/22"]
    assert [*clerk.load().routers] == ["edge1", "edge2", "edge3", "edge4"]


def test_an_application_takes_the_next_port(clerk: Clerk) -> None:
    assert clerk.new(*APPLICATION, "READERS=sante/agents mtdpce/dsi", "YES=1").status == 0
    application = clerk.load().applications["courrier"]
    assert (application.port, application.host, application.database) == (8103, "app1", "db1")
    assert application.readers == ["sante/agents", "mtdpce/dsi"]
    artifact = 'artifact: {kind: wheel, name: courrier, version: 1.0.0, module: "courrier:app"}'
    assert artifact in clerk.read("applications/courrier.yaml")


def test_a_share_is_added_below_the_others(clerk: Clerk) -> None:
    before = clerk.files()
    assert clerk.new(*SHARE, "WRITE=dsi", "READ=conseil", "YES=1").status == 0
    assert diff(before, clerk.files()) == {
        "inventory/institutions/sante/shares.yaml": [
            "+  sante-rh:",
            "+    description: Dossiers du personnel",
            "+    write: [dsi]",
            "+    read: [conseil]",
        ]
    }


def test_a_first_share_makes_the_file(clerk: Clerk) -> None:
    (clerk.folder / "institutions/sante/shares.yaml").unlink()
    assert clerk.new(*SHARE, "YES=1").status == 0
    assert list(clerk.load().institutions["sante"].shares) == ["sante-rh"]


def test_a_port_stands_in_the_order_of_numbers(clerk: Clerk) -> None:
    before = clerk.files()
    assert clerk.new(*PORT, "YES=1").status == 0
    added = {"inventory/sites/mtdpce-siege.yaml": ["+      GigabitEthernet1/0/3: {access: users}"]}
    assert diff(before, clerk.files()) == added
    assert list(clerk.load().switches["sw1"].entry.ports)[2] == "GigabitEthernet1/0/3"


HOSTILE = [  # in YAML each of these means something
    "a: b",
    "a #b",
    "'a'",
    '"a"',
    "{a",
    "- a",
    "no",
    "1e3",
    "@a",
    "&a",
    "*a",
    "!a",
    "|",
    "a\\nb",
    "%a",
    "`id`",
    "$x",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_what_means_something_in_yaml_is_only_a_name(clerk: Clerk, name: str) -> None:
    assert (
        clerk.new(
            "person", "INSTITUTION=sante", f"GIVEN={name}", f"FAMILY={name}", "ID=X1", "LOGIN=x.y", "YES=1"
        ).status
        == 0
    )
    assert clerk.load().institutions["sante"].people[-1] == Person(id="X1", login="x.y", given=name, family=name)


def test_spaces_and_accents_as_keyboards_and_word_processors_write_them(clerk: Clerk) -> None:
    names = ("GIVEN= E\u0301loi\u00a0Marc ", "FAMILY=Kaboré", "ID=X1", "YES=1")
    assert clerk.new("person", "INSTITUTION=sante", *names).status == 0
    person = clerk.load().institutions["sante"].people[-1]
    assert (person.given, person.login) == ("Éloi Marc", "eloi-marc.kabore")


def test_an_inventory_with_mistakes_is_not_added_to(clerk: Clerk) -> None:
    path = clerk.folder / "institutions/sante/groups.yaml"
    path.write_text(path.read_text().replace("mariam.modele", "mariam.modle"))
    before = clerk.files()
    assert clerk.new(*PERSON, "YES=1").status == 1
    mistake = "inventory/institutions/sante/groups.yaml:3:9: la personne « mariam.modle » n'existe pas"
    assert clerk.refused.startswith(mistake)
    assert clerk.refused.count("\n") == 1
    assert clerk.files() == before


def test_what_only_the_whole_inventory_shows_is_refused(clerk: Clerk) -> None:
    """education-dsi with « agents » and education with a group « dsi-agents » would be one group of the directory."""
    assert clerk.new(*MINISTRY, "YES=1").status == 0
    path = clerk.folder / "institutions/education/groups.yaml"
    path.write_text(path.read_text() + "groups:\n  dsi-agents: [awa.exemple2]\n")
    before = clerk.files()
    second = ("ministry", "INSTITUTION=education-dsi", "NAME=DSI", "GIVEN=Ali", "FAMILY=Ba", "ID=X1", "YES=1")
    assert clerk.new(*second).status == 1
    assert "le groupe « education-dsi-agents » existe déjà dans l'annuaire" in clerk.refused
    assert clerk.refused.startswith("inventory/institutions/education-dsi/")
    assert clerk.files() == before


def test_a_layout_that_is_not_known_is_left_alone(clerk: Clerk) -> None:
    path = clerk.folder / "institutions/sante/people.yaml"
    path.write_text(
        path.read_text()
        .replace("  - {id: M2001, login: moussa", "  -\n    {id: M2001, login: moussa", 1)
        .replace("  - {id: M2002, login: mariam", "  -\n    {id: M2002, login: mariam")
    )
    before = clerk.files()
    assert clerk.new(*PERSON, "YES=1").status == 1
    wanted = (
        "inventory/institutions/sante/people.yaml: cette commande ne sait pas compléter un fichier ainsi mis en page"
    )
    assert clerk.refused == f"{wanted} : le faire à la main\n"
    assert clerk.files() == before


def test_all_files_are_written_or_none(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    before, replaced = clerk.files(), Path.replace
    written: list[str] = []

    def full(self: Path, target: Path) -> Path:
        if len(written) == 3:
            raise OSError(28, "No space left on device", str(target))
        written.append(str(target))
        return replaced(self, target)

    monkeypatch.setattr(Path, "replace", full)
    assert clerk.new(*MINISTRY, "APPLICATIONS=cim", "YES=1").status == 1
    assert clerk.refused.endswith("No space left on device : rien n'est écrit\n")
    assert len(written) == 3
    assert clerk.files() == before
    assert not (clerk.folder / "institutions/education").exists()


def test_a_file_that_changed_meanwhile_is_not_overwritten(clerk: Clerk) -> None:
    path = clerk.folder / "institutions/sante/people.yaml"
    edit = change.Edit(path, "as it was\n", "as it is wanted\n")
    before = clerk.files()
    with pytest.raises(change.ChangeError, match="a changé entre-temps : rien n'est écrit"):
        change.write([change.Edit(clerk.folder / "new.yaml", None, "x\n"), edit])
    assert clerk.files() == before


def test_permissions_of_a_file_stay(clerk: Clerk) -> None:
    path = clerk.folder / "institutions/sante/people.yaml"
    path.chmod(0o600)
    assert clerk.new(*PERSON, "YES=1").status == 0
    assert path.stat().st_mode & 0o777 == 0o600


def git(place: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=x", "-c", "user.email=x@example.invalid")
    subprocess.run(["git", *identity, *arguments], cwd=place, check=True, capture_output=True)


def test_the_login_of_somebody_who_left_is_not_proposed(clerk: Clerk) -> None:
    """It would open their mailbox and files to a homonym."""
    root = clerk.folder.parent
    clerk.new(*PERSON, "YES=1")
    git(root, "init")
    git(root, "add", "-A")
    git(root, "commit", "-m", "nafi is here")
    path = clerk.folder / "institutions/sante/people.yaml"
    path.write_text("".join(line for line in path.read_text().splitlines(keepends=True) if "nafi" not in line))
    git(root, "commit", "-am", "nafi left")
    assert "nafi.nouvelle2" in clerk.new(*PERSON, "YES=0").said
    again = clerk.new(*PERSON, "LOGIN=nafi.nouvelle", "YES=1")
    assert again.status == 0
    assert "Attention : « nafi.nouvelle » a déjà servi (commit " in again.said


def test_the_command_in_a_process_of_its_own() -> None:
    command = [sys.executable, "-m", "deploys.new", "person", "INSTITUTION=nowhere"]
    ran = subprocess.run(
        command,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
        env={**os.environ, "LC_ALL": "fr"},
    )
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith("INSTITUTION: l'institution « nowhere » n'existe pas")
    assert ran.stderr.count("\n") == 1


def test_the_questions_on_a_real_terminal() -> None:
    """The last answer is no: the repository stays as it is."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "deploys.new", "person", "INSTITUTION=" + next(iter(load("lab").institutions))]
    environment = {**os.environ, "LC_ALL": "fr_FR.UTF-8", "TERM": "dumb"}
    running = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    shown = b""
    for prompt, answer in (
        ("Prénom", "Zoé"),
        ("Nom de famille", "D'Essai"),
        ("Matricule", "X1"),
        ("connexion [zoe.dessai]", ""),
        ("Groupes", ""),
        ("Écrire ? [o/N]", "n"),
    ):
        while prompt.encode() not in shown:
            assert select.select([ours], [], [], 20)[0], shown.decode()
            shown += os.read(ours, 4096)
        shown = b""
        os.write(ours, f"{answer}\n".encode())
    with contextlib.suppress(OSError):  # a terminal whose other end is closed
        while more := os.read(ours, 4096):
            shown += more
    assert running.wait(timeout=20) == 0
    assert "rien n'est écrit" in shown.decode()
