"""The platforms that can be played, by their name in the inventory."""

from .ios.personality import CISCO_IOS
from .personality import Personality

PERSONALITIES: dict[str, Personality] = {each.name: each for each in (CISCO_IOS,)}
