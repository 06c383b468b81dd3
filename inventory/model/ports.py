"""The names of ports: series of them, and those that a model does not have."""

import re
from collections.abc import Iterable, Mapping

from netutils.interface import canonical_interface_name

from inventory.model.chassis import CHASSIS, Chassis, RouterChassis
from inventory.model.messages import say
from inventory.model.validate import near

LONGEST_SERIES = 512
SERIES = re.compile(r"(.*?)([0-9]+)-([0-9]+)")


def ports_of(key: str) -> list[str]:
    """The ports that a key stands for: GigabitEthernet1/0/1-3 are three, anything else is itself."""
    match = SERIES.fullmatch(key)
    if match is None:
        return [key]
    stem, first, last = match[1], int(match[2][:6]), int(match[3][:6])
    return [f"{stem}{number}" for number in range(first, min(last, first + LONGEST_SERIES) + 1)]


def not_of_model(names: Iterable[str], model: str, models: Mapping[str, Chassis | RouterChassis] = CHASSIS) -> str:
    """What is said of the first port that a model does not have; nothing where it has them all, or is not known."""
    chassis = models.get(model)
    wrong = next((name for name in names if name not in chassis.ports), None) if chassis else None
    if chassis is None or wrong is None:
        return ""
    full = canonical_interface_name(wrong) if chassis.platform == "cisco_ios" else wrong
    alike = near(wrong, chassis.ports) if _stem(wrong) != _stem(chassis.ports[0]) else ""  # else the number is wrong
    hint = say("did_you_mean", near=full) if full in chassis.ports else alike
    first, last = chassis.ports[0], chassis.ports[-1]
    return say("port_of_model", model=model, value=wrong, first=first, last=last, hint=hint)


def _stem(port: str) -> str:
    return port.rstrip("0123456789")
