"""A service is planned once: what is started after the last file is written has them all."""

from typing import cast

import pytest
from pyinfra.api.host import Host

from roles.common.planned import forget, will_start, will_write, would_change, would_run


class _AnyHost:
    """Notes are kept by host; they ask nothing of it."""


@pytest.fixture
def host() -> Host:
    return cast(Host, _AnyHost())


def test_a_file_or_one_in_a_watched_folder_would_change_the_service(host: Host) -> None:
    will_write(host, "/etc/rspamd/local.d/off.conf")
    assert would_change(host, ["/etc/rspamd/local.d"], "rspamd.service")
    assert would_change(host, ["/etc/rspamd/local.d/off.conf"], "rspamd.service")
    assert not would_change(host, ["/etc/rspamd/local"], "rspamd.service")


def test_a_restart_after_the_file_covers_it_and_a_later_file_does_not(host: Host) -> None:
    will_write(host, "/etc/postfix/mailboxes")
    will_start(host, "postfix.service")
    assert would_run(host, "postfix.service")
    assert not would_change(host, ["/etc/postfix/mailboxes"], "postfix.service")
    assert would_change(host, ["/etc/postfix/mailboxes"], "dovecot.service")
    will_write(host, "/etc/postfix/mailboxes")
    assert would_change(host, ["/etc/postfix/mailboxes"], "postfix.service")


def test_once_the_plan_is_made_nothing_is_planned(host: Host) -> None:
    will_write(host, "/etc/x")
    will_start(host, "x.service")
    forget(host)
    assert not would_change(host, ["/etc/x"])
    assert not would_run(host, "x.service")
