"""What `make dns-check` says of the MTA-STS policy that is served."""

from contextlib import closing
from socket import socket, socketpair

import pytest

from deploys import policy_asking
from inventory import mta_sts
from inventory.model import load

ADMINISTRATION = load("lab")
WANTED = mta_sts.policy(ADMINISTRATION)


def connect() -> closing[socket]:
    return closing(socketpair()[0])


def refused() -> closing[socket]:
    raise ConnectionRefusedError(111, "Connection refused")


@pytest.fixture(autouse=True)
def trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy_asking, "_trusted", lambda _: None)


@pytest.mark.parametrize(
    ("served", "said"),
    [
        ((200, WANTED), []),
        ((200, WANTED.replace("\n", "\r\n")), []),  # RFC 8461 lets lines end so
        ((404, ""), ["mta-sts.sante.gov.bf : pas de politique MTA-STS : HTTP 404"]),
        ((301, WANTED), ["mta-sts.sante.gov.bf : pas de politique MTA-STS : HTTP 301"]),
    ],
)
def test_what_is_served_is_held_against_what_is_wanted(
    monkeypatch: pytest.MonkeyPatch, served: tuple[int, str], said: list[str]
) -> None:
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    monkeypatch.setattr(policy_asking, "fetched", lambda *_: served)
    assert list(policy_asking.policy_differences(ADMINISTRATION, "sante.gov.bf", connect)) == said


def test_another_policy_is_told_with_both(monkeypatch: pytest.MonkeyPatch) -> None:
    other = WANTED.replace("mx: mail2.intra.gov.bf\n", "")
    monkeypatch.setattr(policy_asking, "fetched", lambda *_: (200, other))
    (line,) = policy_asking.policy_differences(ADMINISTRATION, "sante.gov.bf", connect)
    assert " ".join(other.split()) in line
    assert " ".join(WANTED.split()) in line


def test_who_does_not_answer_is_told() -> None:
    (line,) = policy_asking.policy_differences(ADMINISTRATION, "sante.gov.bf", refused)
    assert "Connection refused" in line
