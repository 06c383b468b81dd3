"""Texts are what they look like: no invisible character, no word in two scripts, no look-alike of another name."""

import re
import unicodedata
from collections.abc import Iterator

from inventory.model.messages import either
from inventory.model.problems import Problem
from inventory.model.references import Parsed
from inventory.model.source import Files, Path_, Source

# Most texts are seen to be plain at once: Latin letters, figures, ordinary signs, and one space between words.
PLAIN = re.compile(r"(?:[!-~À-ÖØ-öø-ÿŒœ’«»–—…]+(?: |$))*(?<! )")
WORDS = re.compile(r"[^\W\d_]+")
FRENCH_SPACES = "\u00a0\u202f"  # before « : » and inside « guillemets »
INVISIBLE = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs")


def texts_are_what_they_look_like(parsed: Parsed) -> Iterator[Problem]:
    """Two people or shares that look the same are the same; what is read is what is searched for."""
    for files, institution in parsed.institutions.values():
        for index, person in enumerate(institution.people):
            for key, text in (("given", person.given), ("family", person.family), ("title", person.title)):
                yield from _checked(files, ["people", index, key], text) if text else ()
        yield from _checked(files, ["name"], institution.name)
        for name, share in institution.shares.items():
            yield from _checked(files, ["shares", name, "description"], share.description)
    for source, site in parsed.sites.values():
        yield from _checked(source, ["name"], site.name)
    for source, application in parsed.applications.values():
        yield from _checked(source, ["name"], application.name)


def _checked(source: Source | Files, path: Path_, text: str) -> Iterator[Problem]:
    if not PLAIN.fullmatch(text) and (reason := trouble(text)):
        yield source.problem(path, reason)


def trouble(text: str) -> str:
    """Why a text is not what it looks like, or nothing."""
    for character in text:
        if unicodedata.category(character) in INVISIBLE and character not in f" {FRENCH_SPACES}":
            code = f"U+{ord(character):04X}"
            french = f"« {_shown(text)} » contient un caractère invisible ({code}) ; le retaper"
            return either(french, f"'{_shown(text)}' holds an invisible character ({code}); type it again")
    if text != text.strip() or "  " in text:
        return either(
            f"« {text} » a un espace de trop au début, à la fin ou entre deux mots",
            f"'{text}' has one space too many at its beginning, its end or between words",
        )
    if text != unicodedata.normalize("NFC", text):
        return either(
            f"« {text} » a des accents décomposés, comme en fait la copie d'un PDF ; le retaper",
            f"'{text}' has decomposed accents, as a copy from a PDF has; type it again",
        )
    for word in WORDS.findall(text):
        scripts = sorted({unicodedata.name(letter, "?").split()[0].lower() for letter in word if letter.isalpha()})
        scripts = [script for script in scripts if script != "modifier"]
        if len(scripts) > 1:
            both = ", ".join(scripts)
            return either(
                f"« {word} » mêle deux écritures ({both}) ; retaper le mot au clavier",
                f"'{word}' mixes two scripts ({both}); type the word again",
            )
    return ""


def _shown(text: str) -> str:
    return "".join(character if character.isprintable() else f"\\u{ord(character):04x}" for character in text)
