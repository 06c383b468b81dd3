from roles.common.late import Late


def test_it_is_made_when_it_is_read_and_not_before() -> None:
    made = []
    late = Late(lambda: made.append("now") or "a\nb")
    assert made == []
    assert late.readlines() == ["a\n", "b"]
    assert made == ["now"]
