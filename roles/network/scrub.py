"""A configuration without its secrets: by where they stand in it, and by value."""

import re
from functools import lru_cache

from netutils.config.clean import clean_config, sanitize_config

from inventory.masking import SHOWN, masked

TYPE = r"(?:(?:\d|cipher|irreversible-cipher|simple|sha1|sha256|plaintext|ciphertext|encrypted) )?"
VALUE = r"(?:\"[^\"]*\"|\S+)"
THEN = r"(?=$| (?:RO|RW|view|mib-view|unrestricted|restricted|operator|manager)\b)"


def _after(words: str) -> dict[str, str]:
    """A secret that stands after some words, perhaps with its type before it, and what is known to follow it."""
    return {"regex": rf"(?i)^(.*?\b(?:{words}) {TYPE}){VALUE}{THEN}", "replace": rf"\g<1>{SHOWN}"}


def _rest(words: str, but: str = r"(?!)") -> dict[str, str]:
    """Everything after some words, where what follows has many forms."""
    return {"regex": rf"(?i)^(?!.*\b(?:{but}))(.*?\b(?:{words})) (?!{TYPE}\*\*\*).*", "replace": rf"\g<1> {SHOWN}"}


# The number of a key, and keys that are public.
NUMBER_OR_PUBLIC = r"(?<=^ )key \d{1,3}$|key chain|ntp (?:server|trusted-key)|crypto key|public-key|authorized-keys?"
# What is known keeps its type and what follows; then whatever else bears the name of a secret ends there.
BY_PLACE = [
    _after(r"enable (?:secret|password)"),
    _after(r"snmp-server community|snmp-agent community (?:read|write)|snmp-agent community"),
    _after(r"key-string|shared-key|pre-shared-key|message-digest-key \d+ md5|(?:peer|neighbor) \S+ password"),
    _rest(
        r"snmp-server host \S+|snmp-server user \S+|snmpv3 user \S+|snmp-agent target-host"
        r"|snmp-agent usm-user v3 \S+(?! (?:group|acl|authentication-mode \S+ cipher|privacy-mode \S+ cipher) )"
    ),
    _rest(r"ntp authentication-key \d+ \S+|ntp-service authentication-keyid \d+|authentication(?: mode)? md5"),
    _rest(
        r"(?:standby|vrrp|glbp)(?: \S+)* authentication(?: text| md5 key-string)?|ospf authentication-key|isakmp key"
    ),
    _rest(r"password|secret|passphrase|psk|cipher|irreversible-cipher|wpa-psk \S+|wep key \d|hashed-password"),
    _rest(r"community", but=r"(?:set|match) community|send-community|bgp-community|community-list"),
    _rest(r"key", but=NUMBER_OR_PUBLIC),
]
PRIVATE_KEY = {
    "regex": r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?:.|\n)*?-----END [A-Z ]*PRIVATE KEY-----",
    "replace": f"a private key: {SHOWN}",
}
SUSPECT = re.compile(r"passw|secret|key|passphrase|psk|cipher|communit|snmp|authentication|enable", re.IGNORECASE)
# What differs from one time to the next although nothing was changed.
VOLATILE = [
    {"regex": rf"^{line}.*\n?"}
    for line in (
        r"Building configuration",
        r"Current configuration",
        r"! (?:Last configuration change|NVRAM config last updated|No configuration change)",
        r"!Time: ",
        r"!Last configuration was saved",
        r"ntp clock-period ",
    )
]


class Scrubbed(str):
    """What may be kept of a configuration: whoever has one need not scrub it again."""

    __slots__ = ()


def scrubbed(configuration: str) -> Scrubbed:
    """What may be kept of a configuration: the same text as long as nothing but secrets and clocks differ.

    By value it knows what this process has revealed (inventory/masking.py).
    """
    if isinstance(configuration, Scrubbed):
        return configuration
    lines = "".join(f"{line.rstrip()}\n" for line in configuration.splitlines())
    kept = sanitize_config(clean_config(lines, VOLATILE), [PRIVATE_KEY]).strip("\n")
    return Scrubbed(masked("".join(f"{_without_secret(line)}\n" for line in kept.split("\n"))))


def shown(line: str) -> str:
    """One line of a configuration as people may see it, in a plan or a message."""
    return masked(_without_secret(line))


@lru_cache(maxsize=20_000)  # the switches of a building have most of their lines in common
def _without_secret(line: str) -> str:
    return sanitize_config(line, BY_PLACE) if SUSPECT.search(line) else line
