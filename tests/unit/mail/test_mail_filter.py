"""What the filter is told, rendered. That it obeys is in tests/hosts/test_mail_filter.py."""

from dataclasses import replace

import pytest

from inventory.model import load
from roles.mail.config import config_of
from roles.rendering import render

ADMINISTRATION = load("lab")
WANTED = config_of(ADMINISTRATION, ADMINISTRATION.machine("mail1"))


def lines(template: str, **changes: object) -> list[str]:
    text = render(template, wanted=replace(WANTED, **changes), folder="/etc/postfix")  # type: ignore[arg-type]
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_partners_wait_for_nothing() -> None:
    partners = ("192.0.2.0/24", "198.51.100.7/32")
    assert lines("mail/rspamd/partners.map.j2", partners=partners) == [*partners]
    permitted = lines("mail/postfix/partners.j2", partners=partners)
    assert permitted == ["127.0.0.0/8 permit", *(f"{prefix} permit" for prefix in partners)]


def test_signatures_are_never_asked_of_the_internet() -> None:
    settings = lines("mail/clamav/freshclam.conf.j2", viruses="http://mirror.intra.gov.bf/clamav")
    assert "PrivateMirror http://mirror.intra.gov.bf/clamav" in settings
    assert "DNSDatabaseInfo no" in settings
    assert not any("DatabaseMirror" in line for line in settings)


@pytest.mark.parametrize("size", [1, 25, 200])
def test_the_antivirus_takes_whatever_postfix_takes(size: int) -> None:
    settings = dict(line.split(maxsplit=1) for line in lines("mail/clamav/clamd.conf.j2", message_size_mib=size))
    assert int(settings["StreamMaxLength"].removesuffix("M")) > size
    assert int(settings["MaxScanSize"].removesuffix("M")) >= int(settings["MaxFileSize"].removesuffix("M")) > size
