"""The platforms that we know, by the name that the inventory gives them."""

from roles.network.cisco_ios import CISCO_IOS
from roles.network.frr import FRR

PLATFORMS = {platform.name: platform for platform in (CISCO_IOS, FRR)}
