from roles.files.config import ServedShare
from roles.files.permissions import differences, permissions

SHARE = ServedShare("anptic", "Dossiers", write=("anptic-dsi",), read=("anptic-agents",))


def test_permissions_are_inherited_and_belong_to_groups() -> None:
    assert permissions(SHARE) == (
        "O:S-1-22-1-0G:S-1-22-2-0D:PAI"
        "(A;OICI;FA;;;SY)"
        "(A;OICI;FA;;;<domain admins>)"
        "(A;OICI;0x1301bf;;;<anptic-dsi>)"
        "(A;OICI;0x1200a9;;;<anptic-agents>)"
        "(A;OICI;RC;;;OW)"
    )


def test_only_what_differs_is_mended() -> None:
    other = ServedShare("sante", "Dossiers", write=("sante-agents",), read=())
    found = {"anptic": permissions(SHARE), "forgotten": "anything"}
    assert [each.says for each in differences((SHARE, other), found)] == ["share sante: create"]
    found["sante"] = permissions(SHARE)
    assert [each.says for each in differences((SHARE, other), found)] == ["share sante: permissions"]
