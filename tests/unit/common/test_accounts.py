"""Local accounts, asked of the real getent and made by the real useradd, in an /etc of the test's own."""

import shutil
from pathlib import Path

import pytest

from roles.common.accounts import Account, GroupNumber, LocalAccount, local_group, local_user
from tests.unit.common.conftest import Here

ETC = "nsswitch.conf passwd group shadow gshadow login.defs default/useradd pam.d security ld.so.cache ld.so.conf"


@pytest.fixture
def etc(here: Here, tmp_path: Path) -> Here:
    own = tmp_path / "etc"
    for name in ETC.split():
        source = Path("/etc", name)
        (own / name).parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, own / name)
        elif source.exists():
            shutil.copy(source, own / name)
    mount = f'mount --bind "{own}" /etc && exec "$@"'
    here.under = ["unshare", "--mount", "--propagation", "private", "sh", "-c", mount, "sh"]
    return here


USER = {"user": "_sample", "home": "/srv/sample", "shell": "/usr/sbin/nologin"}


def test_what_getent_says_is_read(etc: Here) -> None:
    root = etc.get_fact(Account, user="root")
    assert (root.uid, root.home) == (0, "/root")
    assert "root" in root.groups
    assert etc.get_fact(GroupNumber, group="root") == 0
    assert etc.get_fact(Account, user="_sample") is None
    assert etc.get_fact(GroupNumber, group="_sample") is None


def test_an_account_is_made_as_wanted_and_left_alone_from_then_on(etc: Here) -> None:
    assert etc.does(local_group, group="_more", gid=4242) == ["group _more: create"]
    assert etc.does(local_user, **USER, groups=["_more"], uid=4343) == ["account _sample: create"]
    found = etc.get_fact(Account, user="_sample")
    assert found == LocalAccount(4343, "/srv/sample", "/usr/sbin/nologin", frozenset({"_sample", "_more"}))
    assert etc.does(local_user, **USER, groups=["_more"], uid=4343) == []
    assert etc.does(local_group, group="_more", gid=4242) == []


def test_what_differs_is_said_and_mended(etc: Here) -> None:
    etc.does(local_group, group="_more")
    etc.does(local_user, **USER)
    other = {**USER, "home": "/srv/other", "shell": "/bin/sh"}
    said = ["account _sample: shell, home, number, in _more"]
    assert etc.does(local_user, **other, groups=["_more"], uid=4343) == said
    assert etc.does(local_user, **other, groups=["_more"], uid=4343) == []
    assert etc.does(local_group, group="_more", gid=4242) == ["group _more: number 4242"]
    assert etc.get_fact(GroupNumber, group="_more") == 4242


def test_groups_that_an_account_has_beside_ours_stay(etc: Here) -> None:
    for group in ("_theirs", "_ours"):
        etc.does(local_group, group=group)
    etc.does(local_user, **USER, groups=["_theirs"])
    assert etc.does(local_user, **USER, groups=["_ours"]) == ["account _sample: in _ours"]
    assert etc.get_fact(Account, user="_sample").groups == {"_sample", "_theirs", "_ours"}


def test_a_primary_group_of_another_name(etc: Here) -> None:
    etc.does(local_group, group="_shared", system=True)
    assert etc.get_fact(GroupNumber, group="_shared") < 1000
    etc.does(local_user, **USER, group="_shared")
    assert etc.get_fact(Account, user="_sample").groups == {"_shared"}
    assert etc.does(local_user, **USER, group="_shared") == []


def test_a_primary_group_that_changes_is_changed(etc: Here) -> None:
    etc.does(local_user, **USER)
    etc.does(local_group, group="_shared")
    assert etc.does(local_user, **USER, group="_shared") == ["account _sample: in _shared"]
    assert etc.does(local_user, **USER, group="_shared") == []
