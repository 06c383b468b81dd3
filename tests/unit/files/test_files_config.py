from dataclasses import replace

import pytest

from inventory.model import Administration, Share, load
from roles.files.config import config_of
from roles.rendering import render

ADMINISTRATION = load("lab")
CONFIG = config_of(ADMINISTRATION, ADMINISTRATION.machine("files1"))


def with_share(name: str, description: str) -> Administration:
    shares = {name: Share(description=description, write=["agents"])}
    changed = ADMINISTRATION.institutions["sante"].model_copy(update={"shares": shares})
    return replace(ADMINISTRATION, institutions={**ADMINISTRATION.institutions, "sante": changed})


def test_a_share_names_the_groups_of_its_institution() -> None:
    anptic = next(share for share in CONFIG.shares if share.name == "anptic")
    assert anptic.path == "/srv/shares/anptic"
    assert anptic.write == ("anptic-dsi",)
    assert anptic.read == ("anptic-agents",)


def test_only_its_groups_and_administrators_open_a_share() -> None:
    said = render("files/shares.conf.j2", cfg=CONFIG, admitted="/etc/samba/admitted")
    assert said.startswith("# Managed: roles/files\n\n[anptic]\n")
    assert r'    valid users = "+GOUV\domain admins" "+GOUV\anptic-dsi" "+GOUV\anptic-agents"' in said.splitlines()


def test_a_description_cannot_swallow_the_line_after_it() -> None:
    administration = with_share("archives", "Archives\\")
    cfg = config_of(administration, administration.machine("files1"))
    said = render("files/shares.conf.j2", cfg=cfg, admitted="/etc/samba/admitted")
    assert "    comment = Archives/\n    path = /srv/shares/archives\n" in said


@pytest.mark.parametrize("name", ["global", "homes", "printers"])
def test_a_share_cannot_take_the_name_of_a_section_of_smb_conf(name: str) -> None:
    administration = with_share(name, "Dossiers")
    with pytest.raises(ValueError, match=f"^sante: a share cannot be named {name}"):
        config_of(administration, administration.machine("files1"))


def test_a_share_asks_who_is_in_its_groups_now() -> None:
    assert [line for line in CONFIG.admitted if line.startswith("anptic/")] == [
        r"anptic/gouv\administrator",
        r"anptic/gouv\salif.exemple",
        r"anptic/gouv\aminata.modele",
    ]
    said = render("files/shares.conf.j2", cfg=CONFIG, admitted="/etc/samba/admitted")
    assert "    root preexec = grep -qixF '%S/%u' /etc/samba/admitted\n    root preexec close = yes\n" in said


def test_who_left_opens_no_share() -> None:
    sante = ADMINISTRATION.institutions["sante"]
    people = [each.model_copy(update={"left": "2026-11-01"}) if each.id == "M2002" else each for each in sante.people]
    changed = {**ADMINISTRATION.institutions, "sante": sante.model_copy(update={"people": people})}
    cfg = config_of(replace(ADMINISTRATION, institutions=changed), ADMINISTRATION.machine("files1"))
    assert [line for line in cfg.admitted if line.startswith("sante/")] == [
        r"sante/gouv\administrator",
        r"sante/gouv\moussa.exemple",
    ]
