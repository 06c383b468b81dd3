"""The webmail's settings, from the inventory."""

import json
from pathlib import Path

import pytest

from inventory.model import load
from roles.mail.config import FOLDERS
from roles.rendering import render
from roles.webmail.config import config_of, on_the_wire

ADMINISTRATION = load("lab", Path(__file__).parents[1] / "inventory/sample")
PERSON, OTHER = (
    institution.address_of(person)
    for institution in list(ADMINISTRATION.institutions.values())[:1]
    for person in institution.present[:2]
)


@pytest.mark.parametrize(
    ("name", "wire"),
    [
        ("Brouillons", "Brouillons"),
        ("Envoyés", "Envoy&AOk-s"),
        ("Indésirables", "Ind&AOk-sirables"),
        ("A & B", "A &- B"),
        ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),  # RFC 3501, 5.1.3
    ],
)
def test_names_of_folders_on_the_wire(name: str, wire: str) -> None:
    assert on_the_wire(name) == wire


def test_each_writes_from_their_address_and_the_shared_ones_that_they_send_from() -> None:
    wanted = config_of(ADMINISTRATION, FOLDERS, {"conseil@mtdpce.gov.bf": [PERSON]})
    people = json.loads(render("webmail/people.json.j2", people=wanted.people))
    assert people[PERSON]["senders"] == ["conseil@mtdpce.gov.bf"]
    assert people[OTHER]["senders"] == []
    assert people.keys() == {i.address_of(p) for i in ADMINISTRATION.institutions.values() for p in i.present}


def test_every_use_of_a_folder_is_known() -> None:
    wanted = config_of(ADMINISTRATION, FOLDERS, {})
    assert wanted.folders == {
        "Drafts": "Brouillons",
        "Sent": "Envoy&AOk-s",
        "Archive": "Archives",
        "Junk": "Ind&AOk-sirables",
        "Trash": "Corbeille",
    }
    assert wanted.peers == (ADMINISTRATION.machine("mail1"), ADMINISTRATION.machine("dc1"))
