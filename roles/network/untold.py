"""Secrets that a device does not tell, or not as they were given to it: they are no difference.

What is sent has them; what is compared has not. Whether one changed is seen by a name that changes with it
(credentials.py).
"""

import re

from hier_config import HConfig
from hier_config.child import HConfigChild

from inventory.masking import SHOWN


def leave_known(remediation: HConfig | HConfigChild, running: HConfig | HConfigChild, secret: re.Pattern[str]) -> None:
    """Lines that differ from one that runs in nothing but `secret` (behind its first group) are not sent again."""
    known = {_without(secret, line.text) for line in running.children if secret.search(line.text)}
    for line in list(remediation.children):
        if secret.search(line.text) and _without(secret, line.text) in known:
            line.delete()


def _without(secret: re.Pattern[str], line: str) -> str:
    return secret.sub(rf"\g<1> {SHOWN}", line)
