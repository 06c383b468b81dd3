import json

import pytest

from roles.files.facts import Joined, OpenShares


@pytest.mark.parametrize(
    ("said", "joined"),
    [
        (["Join is OK"], True),
        (
            [
                "ads_startup_int: ads_connect_creds: No logon servers are currently available to service",
                "Join to domain is not valid: No logon servers are currently available to service the logon request.",
                "no",
            ],
            True,
        ),
        (
            [
                "net_ads_join_ok: Failed to get machine credentials",
                "Join to domain is not valid: {Access Denied} A process has requested access to an object.",
                "no",
            ],
            False,
        ),
        (["no"], False),
    ],
    ids=["member", "no controller answers", "no keys", "smb.conf is not ours yet"],
)
def test_what_net_ads_testjoin_says(said: list[str], joined: bool) -> None:
    assert Joined().process(said) is joined


def test_who_has_which_share_open() -> None:
    session = {"session_id": "1", "username": "GOUV\\Awa.Exemple", "server_id": {"pid": "7"}}
    trees = [
        {"service": name, "session_id": number} for name, number in (("sante", "1"), ("IPC$", "1"), ("sante", "2"))
    ]
    told = {"sessions": {"1": session}, "tcons": {str(n): tree for n, tree in enumerate(trees)}}
    assert OpenShares().process([json.dumps(told)]) == {r"sante/gouv\awa.exemple"}
    assert OpenShares().process([]) == set()
