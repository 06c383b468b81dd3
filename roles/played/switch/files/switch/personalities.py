"""The platforms that can be played, by their name in the inventory."""

from .ios.personality import IOS
from .personality import Personality
from .procurve.personality import PROCURVE
from .vrp.personality import VRP

PERSONALITIES: dict[str, Personality] = {each.name: each for each in (IOS, VRP, PROCURVE)}
