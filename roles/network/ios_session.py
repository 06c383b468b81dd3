"""A session with a device that speaks like IOS: a prompt that is a line of its own ends every answer."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, TextIO

from netmiko.cisco.cisco_ios import CiscoIosSSH
from netmiko.exceptions import ConfigInvalidException

from roles.network.session import Session

PROMPT = r"(?m:^[\w.-]+(?:\([\w.-]+\))?[#>]\s*$)"
ANSWERED_WITHIN = 15.0  # seconds, of one configuration line


class IosSession(Session, CiscoIosSSH):
    """netmiko's driver in fewer round trips. The name of a device may change while it is configured."""

    def _try_session_preparation(self, force_data: bool = True) -> None:  # noqa: ARG002 (netmiko's own signature)
        super()._try_session_preparation(force_data=False)  # the device speaks first

    def session_preparation(self) -> None:
        self._named(self.read_until_pattern(PROMPT, read_timeout=20))
        for line in ("terminal width 511", "terminal length 0"):
            self.send_command(line)

    def find_prompt(self, *_waits: Any, **_options: Any) -> str:
        self.read_channel()  # what was said before
        self.write_channel(self.RETURN)
        return _last_line(self.read_until_pattern(PROMPT))

    def set_base_prompt(self, *_terminators: Any, **_options: Any) -> str:
        return self._named(self.find_prompt())

    def _named(self, said: str) -> str:
        """What every prompt of the device begins with: IOS cuts long names in its configuration mode."""
        name = re.split(r"[(#>]", _last_line(said))[0]
        self.base_prompt = name[:16]
        return str(self.base_prompt)

    def check_enable_mode(self, *_signs: Any, **_options: Any) -> bool:
        return self.find_prompt().endswith("#")

    def check_config_mode(self, *_signs: Any, **_options: Any) -> bool:
        return self.find_prompt().endswith(")#")

    def config_mode(self, config_command: str = "configure terminal", *_patterns: Any, **_options: Any) -> str:
        said = "" if self.check_config_mode() else self._typed(config_command, ANSWERED_WITHIN)
        if said and not said.endswith(")#"):
            raise ValueError(f"`{config_command}` answered: {' '.join(said.split())}")
        return said

    def exit_config_mode(self, exit_config: str = "end", *_patterns: Any, **_options: Any) -> str:
        said = self._typed(exit_config, ANSWERED_WITHIN) if self.check_config_mode() else ""
        if said.endswith(")#"):
            raise ValueError(f"`{exit_config}` answered: {' '.join(said.split())}")
        return said

    def send_command(  # type: ignore[override]  # the options that are used
        self,
        command_string: str,
        expect_string: str | None = None,
        read_timeout: float = 10.0,
        strip_prompt: bool = True,
        strip_command: bool = True,
        **_options: Any,
    ) -> str:
        """The answer to a command: what stands between its echo and the next prompt of this very device."""
        ending = expect_string or rf"(?m:^{re.escape(self.base_prompt)}\S*[#>]\s*$)"
        command = command_string.strip()
        self.write_channel(self.normalize_cmd(command_string))
        echo = self.command_echo_read(command, read_timeout=10) if command else ""
        said = echo + self.read_until_pattern(ending, read_timeout=read_timeout)
        return str(
            self._sanitize_output(said.rstrip(" "), strip_command, self.normalize_cmd(command_string), strip_prompt)
        )

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
        lines = [config_commands] if isinstance(config_commands, str) else list(config_commands or ())
        said = self.config_mode()
        for line in lines:
            answer = self._typed(line, read_timeout or ANSWERED_WITHIN)
            said += answer
            if error_pattern and (error := re.search(error_pattern, answer, flags=re.MULTILINE)):
                message = f"Invalid input detected at command: {line}, matched error: {error.group(0)}"
                raise ConfigInvalidException(message)
        return said + (self.exit_config_mode() if exit_config_mode else "")

    def _typed(self, line: str, read_timeout: float) -> str:
        """What one line is answered with, after its echo and with the prompt."""
        self.write_channel(self.normalize_cmd(line))
        self.read_until_pattern(re.escape(line.strip()), read_timeout=read_timeout)
        return self.read_until_pattern(PROMPT, read_timeout=read_timeout).rstrip()


def _last_line(said: str) -> str:
    return said.rstrip().rpartition("\n")[2].strip()
