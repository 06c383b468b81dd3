"""What was revealed is hidden in everything that is printed; what may not be read is not."""

import json
import shlex
import time
from base64 import b64encode
from pathlib import Path

import pytest

from inventory import masking
from inventory import secrets as module
from inventory.model import load
from inventory.secrets import Secret, SecretError, masked, secrets_of, withheld, withhold


@pytest.fixture(autouse=True)
def nothing_revealed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, empty in (("_revealed", set()), ("_pending", []), ("_forms", {})):
        monkeypatch.setattr(masking, name, empty)


HARD = "pä'ss\"w\\ord $x"
KEY = (
    # not-a-secret: the beginning of every RSA key
    "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQE\nFAASCBKcwggSjAgEAAoIBAQDlTV\n-----END PRIVATE KEY-----\n"
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("hunter2hunter2", "user:hunter2hunter2@host"),
        ("hunter2hunter2", b64encode(b"hunter2hunter2").decode()),
        ("hunter2hunter2", "AUTH PLAIN " + b64encode(b"\0awa\0hunter2hunter2").decode()),
        ("hunter2hunter2", b64encode(b"\0aw\0hunter2hunter2").decode()),
        ("hunter2hunter2", "unicodePwd:: " + b64encode('"hunter2hunter2"'.encode("utf-16-le")).decode()),
        (HARD, HARD),
        (HARD, shlex.quote(HARD)),
        (HARD, "sh -c " + shlex.quote("echo " + shlex.quote(HARD))),
        (HARD, json.dumps({"password": HARD})),
        (HARD, json.dumps({"password": HARD}, ensure_ascii=False)),
        (KEY, KEY),
        (KEY, "+FAASCBKcwggSjAgEAAoIBAQDlTV"),
        ("value with newline\n", "x value with newline y"),
    ],
)
def test_every_form_of_a_revealed_value_is_hidden(value: str, text: str) -> None:
    assert masked(text) == text
    Secret(value).reveal()
    hidden = masked(text)
    assert "***" in hidden
    part = value.strip().splitlines()[len(value.strip().splitlines()) // 2]
    for form in (part, json.dumps(part)[1:-1], b64encode(part.encode()).decode()[:-4]):
        assert form not in hidden


def test_the_text_around_stays() -> None:
    Secret("hunter2hunter2").reveal()
    assert masked("a hunter2hunter2 b hunter2hunter2hunter2hunter2 c hunter2") == "a *** b ****** c hunter2"


def test_only_what_was_revealed_is_hidden_and_nothing_short() -> None:
    Secret("not-revealed")
    Secret("short").reveal()
    assert masked("not-revealed short") == "not-revealed short"


@pytest.mark.parametrize("values", [("hunter2", "hunter2-and-more"), ("hunter2-and-more", "hunter2")])
def test_the_longest_of_two_that_begin_alike_is_hidden_whole(values: tuple[str, str]) -> None:
    for value in values:
        Secret(value).reveal()
    assert masked("hunter2-and-more hunter2") == "*** ***"


def test_frames_of_keys_stay_readable() -> None:
    Secret(KEY).reveal()
    assert masked("-----BEGIN PRIVATE KEY-----") == "-----BEGIN PRIVATE KEY-----"


def test_a_thousand_secrets_cost_little() -> None:
    for number in range(1000):
        Secret(f"secret-{number:06d}-Aa1").reveal()
    masked("x")
    text = "secret-000500-Aa1 " + "an ordinary line of a log\n" * 1000
    started = time.process_time()
    assert masked(text).startswith("*** an")
    assert time.process_time() - started < 1


def test_withheld_secrets_need_no_key_and_show_nothing() -> None:
    secret = withheld().get("mail", "service_account")
    assert str(secret) == "***"
    with pytest.raises(SecretError, match="mail: service_account: withheld"):
        secret.reveal()
    for write in (lambda: withheld().put("mail", "a", "b"), lambda: withheld().add_missing("mail", {"a": str})):
        with pytest.raises(SecretError, match="withheld"):
            write()
    with pytest.raises(SecretError, match="withheld"):
        withheld().rekey()


def test_a_process_can_give_up_every_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_withholding", False)
    environment = load("lab").environment
    assert secrets_of(environment).folder == Path(".cache/lab/secrets")
    withhold()
    with pytest.raises(SecretError, match="withheld"):
        secrets_of(environment).get("mail", "service_account").reveal()
