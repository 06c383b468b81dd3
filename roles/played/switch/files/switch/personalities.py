"""The platforms that can be played, by their name in the inventory."""

from .ios.personality import IOS
from .personality import Personality

PERSONALITIES: dict[str, Personality] = {each.name: each for each in (IOS,)}
