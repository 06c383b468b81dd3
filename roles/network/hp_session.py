"""A session with a ProCurve: it speaks like IOS, but greets first, and paints its answers as a terminal shows them."""

import re
from secrets import token_urlsafe

from netmiko.hp.hp_procurve import HPProcurveSSH

from roles.network.ios_session import PROMPT, IosSession

# `snmpv3 enable` makes a user with weak algorithms, which the plan deletes: its passwords are nobody's.
INITIAL = "snmpv3 enable"
QUESTIONS = r"(?i:password: *$|\[y/n\]\s*:?\??\s*$)"
GREETING = "any key to continue"
NEW_LINE = re.compile(r"\x1b(?:E|\[2K)")  # the next one, or one that is wiped: a prompt is painted on it
ESCAPE = re.compile(r"\x1b(?:\[[\d;?]*[A-Za-z]|[=>])")
CUT_OFF = re.compile(r"\x1b(?:\[[\d;?]*)?$")  # the rest of it is still on its way


class ProCurveSession(IosSession, HPProcurveSSH):
    """netmiko's driver in fewer round trips, and without the seconds that it waits for a greeting."""

    _cut_off = ""

    def session_preparation(self) -> None:
        said = self.read_until_pattern(rf"{PROMPT}|{GREETING}", read_timeout=20)
        if GREETING in said:
            self.write_channel(self.RETURN)
            self.read_until_pattern(PROMPT)
        self.set_base_prompt()  # some show a prompt before they greet: this answers them
        self.enable()
        for line in ("no page", "terminal width 511"):
            self.send_command(line)

    def _typed(self, line: str, read_timeout: float) -> str:
        if line.strip() != INITIAL:
            return super()._typed(line, read_timeout)
        self.write_channel(self.normalize_cmd(line))
        self.read_until_pattern(re.escape(line.strip()), read_timeout=read_timeout)
        heard, password = "", token_urlsafe(12)
        for _ in range(8):  # it asks for two passwords, perhaps twice each, and two more questions
            heard += self.read_until_pattern(rf"{PROMPT}|{QUESTIONS}", read_timeout=read_timeout)
            if re.search(rf"{PROMPT}\Z", heard):
                return heard.rstrip()
            self.write_channel(self.normalize_cmd(password) if re.search(r"(?i)password: *$", heard) else "n")
        return heard

    def _heard(self, seconds: float) -> str:
        """What has come, as text: of what moves the cursor only the beginnings of lines are left."""
        kept, self._read_buffer = self._read_buffer, ""
        came = self._cut_off + super()._heard(seconds)
        found = CUT_OFF.search(came)
        self._cut_off = found[0] if found else ""
        return kept + ESCAPE.sub("", NEW_LINE.sub("\n", came.removesuffix(self._cut_off)))
