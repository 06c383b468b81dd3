"""Questions and their answers: given on the command line, or asked on a terminal until they are right."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from inventory.model.messages import either

T = TypeVar("T")

YES = ("o", "oui", "y", "yes", "1", "true")
NO = ("n", "non", "no", "0", "false")


class RefusedError(Exception):
    """An answer that cannot be taken; the message says why and what can."""


class AnswerError(Exception):
    """The command cannot go on: an answer is missing or was refused where nobody can be asked again."""


@dataclass(frozen=True)
class Question(Generic[T]):
    """`variable` names it on the command line. An optional one may be left empty."""

    variable: str
    text: str
    example: str
    check: Callable[[str], T]
    default: str = ""
    optional: bool = False


@dataclass
class Answers:
    """What was given, and a way to ask for the rest; None where there is no terminal."""

    given: Mapping[str, str]
    prompt: Callable[[str], str] | None = None
    tell: Callable[[str], None] = print

    def ask(self, question: Question[T]) -> T:
        """A checked answer. Raises AnswerError where there is none to be had."""
        if question.variable in self.given:
            return self._only(question, self.given[question.variable])
        if self.prompt is None:
            return self._only(question, question.default)
        while True:
            try:
                return _taken(question, self.prompt(_prompt(question)))
            except RefusedError as refused:
                self.tell(f"  {refused}")

    def _only(self, question: Question[T], answer: str) -> T:
        try:
            return _taken(question, answer)
        except RefusedError as refused:
            raise AnswerError(f"{question.variable}: {refused}") from None

    def confirm(self) -> bool:
        """Whether to write: YES=1, or the answer of a person."""
        if "YES" in self.given:
            return self.ask(Question("YES", either("Écrire ?", "Write?"), "1", yes_or_no))
        if self.prompt is None:
            raise AnswerError(either("rien n'est écrit : YES=1 pour écrire", "nothing is written: YES=1 writes it"))
        return self.prompt(either("Écrire ? [o/N] ", "Write? [y/N] ")).strip().casefold() in YES


def yes_or_no(answer: str) -> bool:
    """The check of a question that is answered by yes or no."""
    word = answer.casefold()
    if word not in YES + NO:
        raise RefusedError(either(f"« {answer} » : répondre oui ou non", f"'{answer}': answer yes or no"))
    return word in YES


def _taken(question: Question[T], answer: str) -> T:
    text = _clean(answer) or question.default
    if not text and not question.optional:
        example = either(f"(ex. {question.example})", f"(such as {question.example})")
        missing = either("il manque une réponse ", "an answer is missing")
        raise RefusedError(f"{missing}: {question.text} {example}")
    return question.check(text)


def _clean(answer: str) -> str:
    """One line of composed characters. A no-break space, which French typography pastes, is a space."""
    text = unicodedata.normalize("NFC", answer).replace("\u00a0", " ").replace("\u202f", " ").strip()
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise RefusedError(either("la réponse n'est pas en UTF-8", "the answer is not UTF-8"))
    if not text.isprintable():
        raise RefusedError(
            either(
                "la réponse contient un caractère invisible (retour à la ligne, tabulation, …) : l'enlever",
                "the answer holds an invisible character (line break, tab, …): remove it",
            )
        )
    return text


def _prompt(question: Question[T]) -> str:
    if question.default:
        return f"{question.text} [{question.default}] : "
    example = either(f"ex. {question.example}", f"such as {question.example}")
    none = either(" ; vide : aucun", "; empty: none") if question.optional else ""
    return f"{question.text} ({example}{none}) : "
