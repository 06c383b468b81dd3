"""Names that the machine can use, from names of people: a login, and what to call the next of a series."""

import re
import unicodedata
from collections.abc import Container, Iterable, Iterator

LONGEST = 20  # sAMAccountName (MS-ADTS 3.1.1.8.1)

# Letters of our languages that Unicode does not take apart into a letter and its sign.
LETTERS = str.maketrans(
    {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "þ": "th"}
    | {"ɓ": "b", "ɗ": "d", "ɖ": "d", "ƴ": "y", "ŋ": "n", "ɲ": "ny", "ɛ": "e", "ə": "e", "ɔ": "o", "ɩ": "i", "ʋ": "u"}
)


def words(name: str) -> list[str]:
    """The words of a name in plain lower case: « N'Guessan Éloi-Désiré » is nguessan, eloi, desire."""
    lower = unicodedata.normalize("NFKD", name.casefold().translate(LETTERS)).translate(LETTERS)
    joined = "".join(c for c in lower if c not in "'’ʼ`´" and not unicodedata.combining(c))
    found = re.findall(r"[a-z0-9]+", joined)
    if any(c.isalpha() and not c.isascii() for c in joined):
        return []  # another script: half a name would be worse than none
    return found


def login(given: str, family: str, taken: Container[str]) -> str | None:
    """The first free login for somebody, or None where their names give no letters to make one of."""
    for candidate in _candidates(words(given), words(family)):
        if candidate not in taken:
            return candidate
    return None


def _candidates(given: list[str], family: list[str]) -> Iterator[str]:
    if not given or not family or not given[0][0].isalpha():
        return
    base = _base(given, family)
    yield base
    if len(given) > 1:  # a homonym: the initials of the other given names tell them apart
        initials = "".join(word[0] for word in given[1:])
        longer = f"{given[0]}.{initials}.{'-'.join(family)}"
        if len(longer) <= LONGEST:
            yield longer
    for number in range(2, 1000):
        room = LONGEST - len(str(number))
        yield f"{base[:room].rstrip('.-')}{number}"


def _base(given: list[str], family: list[str]) -> str:
    """given.family, shortened as a person would until it fits."""
    initials = "".join(word[0] for word in given)
    shapes = (
        ("-".join(given), "-".join(family)),
        (given[0], "-".join(family)),
        (given[0], family[0]),
        (initials, "-".join(family)),
        (initials, family[0]),
    )
    for first, last in shapes:
        if len(first) + 1 + len(last) <= LONGEST:
            return f"{first}.{last}"
    return f"{initials[:4]}.{family[0]}"[:LONGEST].rstrip(".-")


def next_of(prefix: str, taken: Iterable[str]) -> str:
    """The next of a numbered series: after sw1 and sw4 comes sw5."""
    numbers = [int(name[len(prefix) :]) for name in taken if re.fullmatch(rf"{re.escape(prefix)}[0-9]+", name)]
    return f"{prefix}{max(numbers, default=0) + 1}"
