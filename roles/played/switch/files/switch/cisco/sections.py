"""A configuration of Cisco's: sections of lines, of which each is a setting."""

from dataclasses import dataclass, field
from typing import ClassVar

TOP = ""  # the section of the lines that stand by themselves
ARCHIVE = "archive"
BANNER = "banner login"
WITHIN = " | "  # a section within a section is `outer | inner`


@dataclass
class Sections:
    """Section -> setting -> line. A setting that is not there has its default."""

    unnamed: ClassVar[str]  # what it is called until somebody says otherwise

    sections: dict[str, dict[str, str]] = field(default_factory=lambda: {TOP: {}})
    users: dict[str, str] = field(default_factory=dict)  # of SNMP: their lines are in no configuration that is shown

    @property
    def hostname(self) -> str:
        return self.value(TOP, "hostname") or self.unnamed

    @property
    def archive(self) -> str | None:
        """Where copies of the configuration are kept; None while it is not configured."""
        return self.value(ARCHIVE, "path")

    def value(self, header: str, setting: str) -> str | None:
        """What a setting is; None where it has its default."""
        line = self.sections.get(header, {}).get(setting)
        return None if line is None else line.removeprefix(setting).strip()

    def section(self, header: str) -> dict[str, str]:
        """The lines of a section, which is there from now on."""
        return self.sections.setdefault(header, {})

    def remove(self, header: str) -> None:
        """A section with what is within it."""
        for each in [h for h in self.sections if h == header or h.startswith(f"{header}{WITHIN}")]:
            del self.sections[each]
