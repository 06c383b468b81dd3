"""The words of ProCurve: its arguments, and how it refuses what it does not know."""

from ..grammar import Grammar

GRAMMAR = Grammar(
    arguments={
        "<word>": r"\S+",
        "<line>": r"\S.*",
        "<text>": r'"[^"]*"|\S+',
        "<number>": r"\d{1,6}",
        "<vlan>": r"\d{1,4}",
        "<vlans>": r"\d{1,4}([,-]\d{1,4})*",
        "<ports>": r"\d{1,2}([,-]\d{1,2})*",
        "<ip>": r"(\d{1,3}\.){3}\d{1,3}",
        "<prefix>": r"(\d{1,3}\.){3}\d{1,3}/\d{1,2}",
    },
    invalid="Invalid input",
    incomplete="Incomplete input",
    ambiguous="Ambiguous input: {line}",
)
parse = GRAMMAR.parse
