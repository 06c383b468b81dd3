"""The words of IOS: its arguments, and how it refuses what it does not know."""

from ..grammar import Grammar, Invalid

GRAMMAR = Grammar(
    arguments={
        "<word>": r"\S+",
        "<line>": r"\S.*",
        "<number>": r"\d{1,4}",
        "<large>": r"\d{1,6}",
        "<ip>": r"(\d{1,3}\.){3}\d{1,3}",
    },
    invalid="% Invalid input detected at '^' marker.",
    incomplete="% Incomplete command.",
    ambiguous='% Ambiguous command:  "{line}"',
)


def invalid(column: int) -> Invalid:
    """The refusal of the word that begins at this column."""
    return Invalid(column, GRAMMAR.invalid)
