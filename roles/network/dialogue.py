"""A command that may ask before it is done: each question is known, and has one answer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from netmiko import BaseConnection


class DialogueError(Exception):
    """A device asked what nobody foresaw, or did not say that it was done."""


@dataclass(frozen=True)
class Dialogue:
    """`answers`: what is typed, by the pattern of its question. `said`: in what the device says once it is done."""

    command: str
    said: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    read_timeout: float = 60.0  # seconds

    def hold(self, connection: BaseConnection) -> str:
        """Type the command, answer its questions, return all that was said. Raises DialogueError."""
        prompt = rf"{re.escape(connection.base_prompt)}\S*[>#\]]\s*$"
        ending = "|".join([prompt, *self.answers])
        heard = said = str(self._type(connection, self.command, ending))
        for _ in range(len(self.answers) + 1):
            question = next((pattern for pattern in self.answers if re.search(pattern, said)), None)
            if question is None or re.search(prompt, said):
                break
            said = str(self._type(connection, self.answers[question], ending))
            heard += said
        if not re.search(self.said, heard):
            raise DialogueError(f"`{self.command}` answered: {' '.join(heard.split())}")
        return heard

    def _type(self, connection: BaseConnection, text: str, ending: str) -> str:
        return str(
            connection.send_command(
                text, expect_string=ending, read_timeout=self.read_timeout, strip_prompt=False, strip_command=False
            )
        )
