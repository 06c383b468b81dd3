"""Where old folders go, and what a table of old mailboxes may say."""

from pathlib import Path

import pytest

from deploys.import_mail import Entry, NotBegunError, certificates_of, entries_of, server_of
from roles.mail.config import FOLDERS
from roles.mail.programs.importing.folders import Found, decoded, encoded, planned
from roles.mail.programs.importing.imap import key_of, pieces
from roles.mail.programs.importing.worker import batches

USES = {use: name for name, use in FOLDERS.items()}


def goes(*names: str, prefix: str = "", separator: str = "/", office: bool = False, **uses: str) -> dict[str, str]:
    """Where folders go; `uses` are those that the old server says, by use."""
    found = [
        Found(encoded(name), frozenset({f"\\{use.lower()}" for use, of in uses.items() if of == name}), separator)
        for name in names
    ]
    plan = planned(found, prefix, USES, ("Récupérables", "Partagés"), office)
    return {folder.name: folder.target for folder in plan.folders}


@pytest.mark.parametrize(
    ("old", "ours"),
    [
        ("Sent Items", "Envoyés"),
        ("Éléments envoyés", "Envoyés"),
        ("Elements supprimes", "Corbeille"),
        ("Courrier indésirable", "Indésirables"),
        ("Junk E-mail", "Indésirables"),
        ("Drafts", "Brouillons"),
        ("inbox", "INBOX"),
        ("Envoyés/2019", "Envoyés/2019"),
        ("Récupérables", "Récupérables (ancien)"),
        ("Partages/x", "Partages (ancien)/x"),
        ("M. Ouédraogo/v1.2", "M- Ouédraogo/v1-2"),
        ("Projets/Sent", "Projets/Sent"),  # somebody's own folder of that name
    ],
)
def test_each_folder_has_its_place(old: str, ours: str) -> None:
    found = goes(*{"Envoyés", old} if old.startswith("Envoyés/") else {old})
    assert ours in found.values()


def test_what_the_old_server_says_comes_before_names() -> None:
    assert goes("Objets", "Sent", Sent="Objets") == {"Objets": "Envoyés", "Sent": "Envoyés"}
    found = goes("INBOX", "INBOX.Trash", "INBOX.R&D.Été", prefix="INBOX.", separator=".")
    assert found == {"INBOX": "INBOX", "Trash": "Corbeille", "R&D/Été": "R&D/Été"}
    assert goes("Calendrier", "Notes") == {"Calendrier": "Calendrier", "Notes": "Notes"}
    assert goes("Calendrier", "Boîte de réception/x", office=True) == {"Boîte de réception/x": "Boîte de réception/x"}


def test_names_come_back_from_the_wire() -> None:
    for name in ("Été & suite", "Envoyés", "日本", "&-"):
        assert decoded(encoded(name)) == name
    assert decoded("Été".encode()) == decoded("Été".encode("latin-1")) == "Été"


def test_a_message_is_told_from_another() -> None:
    folded = b"Message-ID: <1@x>\r\nSubject: a\r\n b\r\nDate: d\r\nFrom: f\r\n\r\n"
    assert key_of(folded, 1) == key_of(b"from: f\nSUBJECT: a  b\nDate: d\nMessage-Id:   <1@x>\n\n", 2)
    nameless = b"Subject: a\r\n\r\n"
    assert key_of(nameless, 1) != key_of(nameless, 2)


def test_answers_are_put_together_at_literals() -> None:
    torn = [(b"1 (UID 5 BODY[] {3}", b"abc"), b")", (b"2 (BODY[] {2}", b"de"), b" UID 6)", b"3 (UID 7 BODY[] NIL)"]
    assert [content for _, content in pieces(torn)] == [b"abc", b"de", None]
    assert b"UID 6" in list(pieces(torn))[1][0]
    assert list(batches([], {}, 1)) == []


def test_a_table_says_who_is_who() -> None:
    text = "adresse;ancien;mot de passe\n# un commentaire\nA@x.bf; awa ;p;a ss \n\nb@x.bf;issa;q\n"
    assert entries_of(text, "t", ["a@x.bf", "b@x.bf"]) == (
        None,
        [Entry("a@x.bf", "awa", "p;a ss "), Entry("b@x.bf", "issa", "q")],
    )
    assert entries_of("*;admin;m\na@x.bf;awa\n", "t", ["a@x.bf"]) == (
        Entry("*", "admin", "m"),
        [Entry("a@x.bf", "awa", "")],
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a@x.bf;awa\n", "t:1 : il manque le mot de passe"),
        ("a@x.bf\n", "t:1 : écrire adresse;ancien identifiant;mot de passe"),
        ("a@x.bf;awa;p\na@x.bf;awa;p\n", "t:2 : « a@x.bf » a déjà une ligne"),
        ("c@y.bf;c;p\n", "t:1 : « c@y.bf » n'est pas une boîte de l'institution"),
        ("", "t : aucune boîte"),
    ],
)
def test_a_mistake_has_its_line_and_no_password(text: str, says: str) -> None:
    with pytest.raises(NotBegunError) as refused:
        entries_of(text, "t", ["a@x.bf"])
    assert str(refused.value) == says
    assert server_of("imap.x:10", 993) == ("imap.x", 10)
    with pytest.raises(NotBegunError):
        server_of("imap.x:imaps", 993)


@pytest.mark.parametrize("content", [b"", b"0\x82\xe9", b"-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----"])
def test_what_is_no_certificate_is_said_before_anything_begins(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "ca.crt").write_bytes(content)
    with pytest.raises(NotBegunError, match="n'est pas un certificat"):
        certificates_of(tmp_path / "ca.crt")
