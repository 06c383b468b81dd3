"""Which algorithms of SSH are admitted: none with SHA-1, but for an old device of which the inventory says so."""

import re

SHA1 = {
    "kex": ["diffie-hellman-group14-sha1", "diffie-hellman-group-exchange-sha1", "diffie-hellman-group1-sha1"],
    "keys": ["ssh-rsa"],
    "ciphers": ["aes128-cbc", "aes192-cbc", "aes256-cbc", "3des-cbc"],  # such devices have no counter mode
    "macs": ["hmac-sha1", "hmac-sha1-96"],
}
NEVER = {"macs": ["hmac-md5", "hmac-md5-96"]}
LACKING = re.compile(r"no acceptable (kex algorithm|host key|ciphers|macs)")


def disabled(sha1: bool) -> dict[str, list[str]]:
    """What paramiko 4 must not offer: its own lists still have SHA-1."""
    # An RSA key of ours: such devices cannot read the signatures that are newer than ssh-rsa.
    old = {"pubkeys": ["rsa-sha2-256", "rsa-sha2-512"]} if sha1 else {**SHA1, "pubkeys": ["ssh-rsa"]}
    return {kind: [*old.get(kind, []), *NEVER.get(kind, [])] for kind in {*old, *NEVER}}


def mend(name: str, said: str, sha1: bool) -> str | None:
    """What to do where a device speaks none of what is admitted; None where `said` is about anything else."""
    if LACKING.search(said) is None:
        return None
    if sha1:
        return f"{name} speaks an SSH that is older than SHA-1 key exchange: it can only be replaced"
    return f"{name} only speaks SSH with SHA-1: if it cannot be upgraded, write `ssh: sha1` under it in its site's file"
