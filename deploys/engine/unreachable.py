"""Why a host could not be reached, and what to do, in one line."""

import re

# What ssh libraries say -> what it means. The first that fits.
_REASONS = (
    (r"host key.*(does not match|changed)|BadHostKey|REMOTE HOST IDENTIFICATION",
     "its host key is not the one in {known_hosts}: find out why; if it was installed anew, replace that line"),
    (r"not found in known_hosts|No host key|no matching host key|Unknown (server|host)",
     "its host key is not in {known_hosts}: read it on the machine's console and add it there"),
    (r"Authentication fail|No authentication methods|Permission denied",
     "it refuses our ssh key: is the key of inventory/environments in its authorized_keys?"),
    (r"getaddrinfo|Could not resolve|Name or service not known", "its name does not resolve"),
    (r"refused|Unable to connect to port", "connection refused: is sshd running?"),
    (r"timed out|no answer within|Error reading SSH protocol banner|No existing session|banner",
     "no answer: is it on, and is the way to it open?"),
    (r"ProxyCommand|Broken pipe|EOF", "the way to it is closed (its proxy command ended): is it on?"),
)  # fmt: skip


def why_not(name: str, known_hosts: object, said: str) -> str:
    """What to do about a host that could not be reached; what ssh said of it where we know no better."""
    for pattern, meaning in _REASONS:
        if re.search(pattern, said, re.IGNORECASE):
            why = meaning.format(known_hosts=known_hosts or "known_hosts")
            # The command line of a proxy tells nothing more, and would keep many hosts from sharing one line.
            return why if "ProxyCommand(" in said else f"{why} ({said.removeprefix('SSH error ')})"
    return said or f"{name} cannot be reached"
