"""The DSI's guide is true: each recipe is followed on a copy of the inventory, each answer that it shows is given."""

import re
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from deploys.new import main as new
from deploys.review.compare import Content, compare
from deploys.review.sentences import Report
from inventory import policies
from inventory.model import Administration, InventoryError
from inventory.model.load import parse
from inventory.ownership import owners_in, refusals
from inventory.repository import Repository
from tests.unit.guide.conftest import ROOT, Copy, Section, sections

SECTIONS = {section.title: section for section in sections()}
Effect = Callable[[Administration], object]


def people(institution: str) -> Effect:
    return lambda found: {person.login for person in found.institutions[institution].people}


# What a recipe is for: a part of the model, before it is followed and after.
EFFECTS: dict[str, list[tuple[Effect, object, object]]] = {
    "Une personne arrive": [
        (people("sante"), {"moussa.exemple", "mariam.modele"}, {"moussa.exemple", "mariam.modele", "nafi.nouvelle"}),
    ],
    "Une boîte aux lettres": [
        (
            lambda found: [found.institutions["sante"].address_of(p) for p in found.institutions["sante"].people][2:],
            [],
            ["courrier.cabinet@sante.gov.bf"],
        ),
    ],
    "Un groupe": [
        (lambda found: found.institutions["sante"].groups.get("rh"), None, ["mariam.modele", "moussa.exemple"]),
    ],
    "Quelqu'un entre dans un groupe": [
        (
            lambda found: found.institutions["sante"].functions.dsi,
            ["mariam.modele"],
            ["mariam.modele", "moussa.exemple"],
        ),
    ],
    "Un partage": [
        (
            lambda found: {name: (s.write, s.read) for name, s in found.institutions["sante"].shares.items()},
            {"sante": (["agents"], [])},
            {"sante": (["agents"], []), "sante-conseil": (["conseil"], ["dsi"])},
        ),
    ],
    "La taille des boîtes aux lettres": [
        (lambda found: found.institutions["sante"].quota_gib, None, 5),
        (lambda found: found.institutions["sante"].quotas_gib, {}, {"moussa.exemple": 20}),
    ],
    "Une adresse à plusieurs, une liste, un ancien domaine": [
        (lambda found: list(found.institutions["sante"].shared), [], ["cabinet"]),
        (lambda found: found.institutions["sante"].former_domains, {}, {"sante-publique.gov.bf": "2027-12-31"}),
    ],
    "Agendas et contacts": [
        (lambda found: list(found.institutions["sante"].calendars), [], ["conseil"]),
        (lambda found: list(found.institutions["sante"].address_books), [], ["partenaires"]),
    ],
    "Un journal des messages": [
        (lambda found: found.institutions["sante"].journal is not None, False, True),
        (lambda found: getattr(found.institutions["sante"].journal, "keep_days", None), None, 1825),
    ],
    "Qui écrit où, et combien": [
        (lambda found: found.institutions["sante"].reach, {}, {"agents": "national", "conseil": "international"}),
        (lambda found: list(found.institutions["sante"].sending), [], ["mariam.modele"]),
    ],
    "Un port de commutateur": [
        (
            lambda found: {name[-2:]: port.access for name, port in found.switches["sw1"].entry.used_ports.items()},
            {"/1": "users", "/2": "guests", "24": None},
            {"/1": "users", "/2": "guests", "/3": "users", "24": None},
        ),
    ],
    "Une application": [
        (lambda found: list(found.applications), ["cim", "e-cm"], ["cim", "courrier", "e-cm"]),
        (
            lambda found: [found.reader_groups(a) for a in found.applications.values() if a.application == "courrier"],
            [],
            [["sante-agents"]],
        ),
    ],
    "Quelqu'un s'en va": [
        (lambda found: found.groups["sante-agents"].members, ("moussa.exemple", "mariam.modele"), ("mariam.modele",)),
        (lambda found: found.institutions["sante"].groups["conseil"], ["moussa.exemple"], ["mariam.modele"]),
    ],
    "Quelqu'un change de nom": [
        (people("sante"), {"moussa.exemple", "mariam.modele"}, {"moussa.nouveau", "mariam.modele"}),
        (lambda found: found.institutions["sante"].people[0].id, "M2001", "M2001"),
    ],
    "Quelqu'un change d'institution": [
        (people("sante"), {"moussa.exemple", "mariam.modele"}, {"mariam.modele"}),
        (
            people("mtdpce"),
            {"awa.exemple", "issa.modele", "fatou.specimen"},
            {"awa.exemple", "issa.modele", "fatou.specimen", "moussa.exemple"},
        ),
    ],
}  # fmt: skip
RECIPES = [section for section in SECTIONS.values() if section.edits() and not section.has("refus")]
MISTAKES = [section for section in SECTIONS.values() if section.has("refus")]


def test_every_recipe_is_tested() -> None:
    assert [section.title for section in RECIPES] == list(EFFECTS)
    assert len(MISTAKES) >= 4


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda section: section.title)
def test_a_recipe_does_what_it_says(recipe: Section, copy: Copy) -> None:
    before = copy.load()
    for block in recipe.edits():
        copy.follow(block)
    assert not list(policies.check(parse("lab", copy.root / "inventory")))
    after = copy.load()
    for effect, was, now in EFFECTS[recipe.title]:
        assert effect(before) == was
        assert effect(after) == now
    assert recipe.said("rapport") == report(before, after)


def report(before: Administration, after: Administration) -> list[str]:
    """What the comment on the pull request says of the change, with ordinary spaces."""
    old, new = (Content(a.platform, a.institutions, a.sites, a.applications) for a in (before, after))
    names = {name: institution.name for name, institution in after.institutions.items()}
    return Report(compare(old, new), names).text().replace("\u00a0", " ").replace("\u202f", " ").splitlines()


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda section: section.title)
def test_a_recipe_is_short_and_names_its_files(recipe: Section) -> None:
    assert sum(len(block.lines) for block in recipe.edits()) <= 10
    for block in recipe.edits():
        assert f"`{block.name}`" in " ".join(recipe.prose)


COMMANDS = [(s, line) for s in RECIPES for block in s.blocks if block.kind == "sh" for line in block.lines]


def test_most_recipes_have_a_command() -> None:
    assert len(COMMANDS) >= 4


@pytest.mark.parametrize(("recipe", "command"), COMMANDS, ids=[command for _, command in COMMANDS])
def test_a_command_writes_what_its_recipe_says(recipe: Section, command: str, copy: Copy, tmp_path: Path) -> None:
    other = Copy(tmp_path / "other")
    shutil.copytree(copy.root, other.root)
    for block in recipe.edits():
        copy.follow(block)
    make, target, *answers = shlex.split(command)
    assert make == "make"
    assert new([target.removeprefix("new-"), *answers, "YES=1"], other.root / "inventory") == 0
    by_hand, by_command = copy.load(), other.load()
    assert by_command.institutions == by_hand.institutions
    assert by_command.sites == by_hand.sites
    assert by_command.applications == by_hand.applications


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda section: section.title)
def test_a_mistake_is_answered_as_shown(mistake: Section, copy: Copy) -> None:
    repository = git(copy.root)
    for block in mistake.edits():
        copy.follow(block)
    assert answers(copy, repository) == mistake.said("refus")


def git(root: Path) -> Callable[..., str]:
    """A repository whose first commit is the inventory as it was."""

    def run(*arguments: str) -> str:
        identity = ("-c", "user.name=dsi", "-c", "user.email=dsi@example.invalid")
        ran = subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True, text=True)
        return ran.stdout.strip()

    run("init", "--quiet")
    run("add", "--all")
    run("commit", "--quiet", "--message", "before")
    return run


def answers(copy: Copy, repository: Callable[..., str]) -> list[str]:
    """What the checks of a pull request by the DSI of sante say."""
    try:
        problems = list(map(str, policies.check(parse("lab", copy.root / "inventory"))))
    except InventoryError as error:
        return str(error).splitlines()
    base = repository("rev-parse", "HEAD")
    repository("commit", "--quiet", "--all", "--message", "the change")
    objects = Repository(copy.root)
    changes = objects.changes(base, objects.commit("HEAD"))
    known = owners_in(objects, base, [change.path for change in changes])
    return problems + list(map(str, refusals(objects, changes, known, [known.institutions["sante"]])))


def test_every_make_target_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    lines = [line for section in SECTIONS.values() for line in section.prose]
    lines += [line for section in SECTIONS.values() for block in section.blocks for line in block.lines]
    named = set(re.findall(r"\bmake ([a-z]+(?:-[a-z]+)*)", " ".join(lines).replace("new-…", "new-person")))
    assert named
    assert named <= targets


def test_every_block_is_of_a_kind_that_is_tested() -> None:
    for section in SECTIONS.values():
        for block in section.blocks:
            assert (block.kind, block.name) in (("sh", ""), ("text", "rapport"), ("text", "refus")) or (
                block.kind in ("yaml", "diff") and block.name.startswith("inventory/")
            ), f"{section.title}: {block.kind} {block.name}"
