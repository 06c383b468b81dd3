from base64 import b64encode

from roles.directory.ldif import Add, Modify, Move, parse, text_of

SAID = """\
# record 1
dn: CN=awa.exemple,OU=mtdpce,DC=intra,DC=gov,DC=bf
objectClass: top
objectClass: user
displayName: Awa Exemple
description: a long text that the tool folds at its seventy-seventh column, in the mi
 ddle of a word

# record 2 (not-a-secret: a name in base64)
dn:: Q049TWFyaWFtIE1vZMOobGUsREM9YmY=
displayName:: TWFyaWFtIE1vZMOobGU=

# Referral
ref: ldap://intra.gov.bf/CN=Configuration,DC=intra,DC=gov,DC=bf

# returned 3 records
"""


def test_entries_are_read_unfolded_and_decoded_without_referrals() -> None:
    assert parse(SAID.splitlines()) == {
        "CN=awa.exemple,OU=mtdpce,DC=intra,DC=gov,DC=bf": {
            "objectClass": ["top", "user"],
            "displayName": ["Awa Exemple"],
            "description": ["a long text that the tool folds at its seventy-seventh column, in the middle of a word"],
        },
        "CN=Mariam Modèle,DC=bf": {"displayName": ["Mariam Modèle"]},
    }


def test_an_entry_is_written_in_base64_where_it_is_not_plain_text() -> None:
    added = Add("CN=a,DC=bf", {"objectClass": ["user"], "sn": ["Modèle"], "unicodePwd": ['"x"'.encode("utf-16-le")]})
    assert text_of([added]).splitlines() == [
        "dn: CN=a,DC=bf",
        "changetype: add",
        "objectClass: user",
        f"sn:: {b64encode('Modèle'.encode()).decode()}",
        "unicodePwd:: IgB4ACIA",
    ]


def test_no_value_can_begin_another_line() -> None:
    written = text_of([Add("CN=a,DC=bf", {"description": ["x\nuserAccountControl: 512", ": y", "< z", "w "]})])
    assert [line.partition(" ")[0] for line in written.splitlines()[2:]] == ["description::"] * 4


def test_records_are_apart_and_each_step_ends() -> None:
    steps = [("replace", "sn", ["B"]), ("delete", "member", ["CN=c,DC=bf"])]
    assert text_of([Modify("CN=a,DC=bf", steps), Move("CN=a,DC=bf", "CN=a,OU=o,DC=bf")]) == (
        "dn: CN=a,DC=bf\nchangetype: modify\nreplace: sn\nsn: B\n-\ndelete: member\nmember: CN=c,DC=bf\n-\n"
        "\n"
        "dn: CN=a,DC=bf\nchangetype: modrdn\nnewrdn: CN=a\ndeleteoldrdn: 1\nnewsuperior: OU=o,DC=bf\n"
    )


def test_changes_of_one_entry_are_one_record_in_their_order() -> None:
    joins = [Modify("CN=g,DC=bf", [("add", "member", [f"CN={name},DC=bf"])]) for name in ("a", "b")]
    leaves = Modify("CN=g,DC=bf", [("delete", "member", ["CN=c,DC=bf"])])
    other = Modify("CN=h,DC=bf", [("replace", "sn", ["B"]), ("replace", "title", [])])
    assert text_of([*joins, leaves, other]) == (
        "dn: CN=g,DC=bf\nchangetype: modify\nadd: member\nmember: CN=a,DC=bf\nmember: CN=b,DC=bf\n-\n"
        "delete: member\nmember: CN=c,DC=bf\n-\n"
        "\n"
        "dn: CN=h,DC=bf\nchangetype: modify\nreplace: sn\nsn: B\n-\nreplace: title\n-\n"
    )
