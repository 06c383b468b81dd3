"""A session with a VRP switch: netmiko's driver, which waits 2.2 seconds each time it looks for its prompt, made quick.

It also knows the questions that configuration lines ask, and is not led astray by what the switch logs meanwhile.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, TextIO

from netmiko.exceptions import ConfigInvalidException
from netmiko.huawei.huawei import HuaweiSSH

from roles.network.session import Session

PROMPT = r"(?m:^(?:HRP_.)?[<\[][~*]?[^\s<>\[\]]+[>\]])"  # at the beginning of a line, where no log line has it
QUESTION = r"\[[Yy]/[Nn]\]\s*:?\s*$"
# What a line may ask, and is answered with yes: the plan has decided it. Any other question is left unanswered.
EXPECTED = {
    r"undo vlan \d+$": "configurations of the VLAN will be deleted",
    r"port link-type ": "delete VLANs on this port|LNP is enabled",
    r"undo ip address": "router ID",
    r"undo (telnet|stelnet|http) |telnet server ": "operation will stop",
}
LINE_TIMEOUT = 15.0  # seconds
# A password in clear is asked for, twice; behind `cipher` there stands only what VRP made of one, which begins so.
SECRET = re.compile(r"(\s*snmp-agent usm-user v3 \S+ \S+-mode \S+) cipher (?![%$])(\S+)")
ASKS = r"(?i:password:\s*$)"


def asked(line: str) -> tuple[str, str | None]:
    """What is typed for a line of a plan, and the password that it then asks for."""
    found = SECRET.fullmatch(line)
    return (found[1], found[2]) if found else (line, None)


class HuaweiSession(Session, HuaweiSSH):
    """A session whose every step ends with a prompt, the way this module spells it."""

    prompt_pattern = PROMPT
    prompt_or_password_change = rf"(?:Change now|Please choose|{PROMPT})"
    prompt_timeout = 10.0  # seconds until an empty line is answered: a session that is cut is known by that

    def session_preparation(self) -> None:
        super().session_preparation()
        self._typed("undo terminal monitor")  # nothing is logged in the middle of an answer

    def find_prompt(self, *_waits: Any, **_options: Any) -> str:
        """The prompt that stands now, after all that came before it."""
        self.read_channel()
        self.write_channel(self.RETURN)
        said = self.read_until_pattern(pattern=PROMPT, read_timeout=self.prompt_timeout)
        self.clear_buffer()
        found = re.findall(PROMPT, said)
        return str(found[-1])

    def check_config_mode(self, *_patterns: Any, **_options: Any) -> bool:
        return self.find_prompt().endswith("]")

    def config_mode(self, config_command: str = "system-view", *_patterns: Any, **_options: Any) -> str:
        said = "" if self.check_config_mode() else self._typed(config_command)
        if said and not said.rstrip().endswith("]"):
            raise ValueError(f"`{config_command}` answered: {' '.join(said.split())}")
        return said

    def exit_config_mode(self, exit_config: str = "return", *_patterns: Any, **_options: Any) -> str:
        said = self._typed(exit_config) if self.check_config_mode() else ""
        if said and not said.rstrip().endswith(">"):
            raise ValueError(f"`{exit_config}` answered: {' '.join(said.split())}")
        return said

    def send_config_set(
        self,
        config_commands: str | Sequence[str] | Iterator[str] | TextIO | None = None,
        *,
        exit_config_mode: bool = True,
        read_timeout: float | None = None,
        error_pattern: str = "",
        **_options: Any,
    ) -> str:
        """Lines one by one, up to the first that is refused. Raises ConfigInvalidException; the mode stays then."""
        said = self.config_mode()
        for text in [config_commands] if isinstance(config_commands, str) else config_commands or ():
            line, password = asked(text)
            answer = self._typed(line, read_timeout or LINE_TIMEOUT, password)
            said += answer
            if error_pattern and (error := re.search(error_pattern, answer, flags=re.MULTILINE)):
                message = f"Invalid input detected at command: {line}, matched error: {error.group(0).strip()}"
                raise ConfigInvalidException(message)
        if exit_config_mode:
            said += self.exit_config_mode()
        return said

    def _typed(self, line: str, read_timeout: float = LINE_TIMEOUT, password: str | None = None) -> str:
        """One line; what it is answered with, after its echo, and with the prompt."""
        text, heard = line.strip(), ""
        self.write_channel(self.normalize_cmd(text))
        if password is not None:
            return self._with_password(text, password, read_timeout)
        for _ in range(3):  # no line asks more than twice
            self.read_until_pattern(pattern=re.escape(text), read_timeout=read_timeout)
            heard += self.read_until_pattern(pattern=rf"(?:{PROMPT}|{QUESTION})", read_timeout=read_timeout)
            if not re.search(QUESTION, heard):
                return heard
            if not any(re.match(known, line.strip()) and re.search(q, heard) for known, q in EXPECTED.items()):
                self.write_channel(self.normalize_cmd("n"))
                self.read_until_pattern(pattern=PROMPT, read_timeout=read_timeout)
                raise ConfigInvalidException(f"`{line.strip()}` asks what nobody expects: {' '.join(heard.split())}")
            text = "y"
            self.write_channel(self.normalize_cmd(text))
        raise ConfigInvalidException(f"`{line.strip()}` asks again and again: {' '.join(heard.split())}")

    def _with_password(self, text: str, password: str, read_timeout: float) -> str:
        """The answer to a line that asks for a password and for the same once more. Raises ReadTimeout."""
        self.read_until_pattern(pattern=re.escape(text), read_timeout=read_timeout)
        heard = ""
        for _ in range(2):
            heard += self.read_until_pattern(pattern=rf"(?:{PROMPT}|{ASKS})", read_timeout=read_timeout)
            if not re.search(ASKS, heard):
                return heard  # it refuses the line
            self.write_channel(self.normalize_cmd(password))
        return heard + self.read_until_pattern(pattern=PROMPT, read_timeout=read_timeout)
