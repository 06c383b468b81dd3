from standin.forgery import genuine, new_token


def test_only_the_token_of_the_session_is_genuine() -> None:
    token = new_token()
    assert genuine(token, token)
    assert not genuine(token, new_token())


def test_a_missing_token_is_never_genuine() -> None:
    assert not genuine(None, None)
    assert not genuine("", "")
    assert not genuine(new_token(), None)
    assert not genuine(None, new_token())


def test_tokens_are_not_repeated() -> None:
    assert new_token() != new_token()
