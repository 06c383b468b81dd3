"""How far and how much a person may send: by their own line, or else as others do."""

from dataclasses import asdict, dataclass

from inventory.model import Administration, Institution
from inventory.model.institution import AGENTS, Person
from inventory.model.sending import REACHES, Limits


@dataclass(frozen=True)
class Sending:
    """What one account may send to the outside, as the service that Postfix asks reads it; nothing, if nothing says."""

    reach: str = "internal"
    per_hour: int = 0
    per_day: int = 0
    recipients_per_message: int = 0
    recipients_per_day: int = 0
    held: int = 0

    @property
    def written(self) -> dict[str, str | int]:
        return asdict(self)


NOTHING = Sending()


def sending_of(administration: Administration, institution: Institution, person: Person) -> Sending:
    """What a person may send. Of several groups the widest word counts, as with rights on shares."""
    mail = administration.platform.mail
    names = _names(administration, institution, person)
    reaches = [[institution.reach[name] for name in level if name in institution.reach] for level in names]
    found = next((level for level in reaches if level), [mail.reach])
    limits = {key: _limit(institution, names, key) or getattr(mail.sending, key) for key in Limits.model_fields}
    return Sending(reach=max(found, key=REACHES.index), **limits)


def _names(administration: Administration, institution: Institution, person: Person) -> list[list[str]]:
    """By which a person is meant in mail.yaml, the nearest first: alone, in groups, as one of all."""
    groups = []
    for name in dict.fromkeys([*institution.reach, *institution.sending]):  # only these matter; there may be hundreds
        group = administration.groups.get(f"{institution.institution}-{name}")
        if name != AGENTS and group and person.login in group.members:
            groups.append(name)
    return [[person.login], groups, [AGENTS]]


def _limit(institution: Institution, names: list[list[str]], key: str) -> int | None:
    for level in names:
        said: list[int | None] = [
            getattr(institution.sending[name], key) for name in level if name in institution.sending
        ]
        if numbers := [number for number in said if number is not None]:
            return max(numbers)
    return None
