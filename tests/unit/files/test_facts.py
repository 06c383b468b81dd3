import pytest

from roles.files.facts import Joined


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
