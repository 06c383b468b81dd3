"""The key that the zone above names, brought to Knot before it would make one of its own."""

from collections.abc import Generator, Mapping
from typing import Any

from pyinfra import host
from pyinfra.api import FactBase, QuoteString, StringCommand, operation

from inventory import dnssec
from inventory.secrets import Secret
from roles.common.commands import Explained
from roles.common.late import Late

KEYMGR = ("runuser", "-u", "knot", "--", "keymgr")
KEY = f"algorithm={dnssec.ALGORITHM} size=256"
# Imported, it waits for nobody's word on the zone above, which has its DS already or gets it from a person.
NOW = "created=+0 publish=+0 active=+0"


class KeysAtHand(FactBase[dict[str, set[str]]]):
    """By zone, what DNSKEY says of each key that Knot has for the zone above to name."""

    default = dict

    def command(self, zones: list[str], state: str) -> StringCommand:
        return StringCommand(
            *("! test -f", QuoteString(f"{state}/keys/data.mdb"), "|| for zone in", *map(QuoteString, zones)),
            *(";", "do", *KEYMGR, '"$zone"', "dnskey || exit 1; done"),
        )

    def process(self, output: Any) -> dict[str, set[str]]:
        keys: dict[str, set[str]] = {}
        for line in output:
            zone, _, key = line.partition(". DNSKEY ")
            keys.setdefault(zone, set()).add(key)
        return keys


@operation()
def named_above(keys: Mapping[str, Secret], state: str) -> Generator[Explained, None, None]:
    """
    Ensure that Knot signs with the keys that zones above name. Others that it has stay: a rollover is a person's.

    + keys: by zone
    + state: Knot's folder
    """
    found: dict[str, set[str]] = host.get_fact(KeysAtHand, zones=list(keys), state=state)
    missing = {zone: key for zone, key in keys.items() if dnssec.dnskey(key) not in found.get(zone, ())}
    for zone, key in missing.items():
        keymgr = (*KEYMGR, QuoteString(zone))
        yield Explained(
            # keymgr wants a file, and asks for its size: one that only Knot reads, in memory, for that long.
            *("umask 077; d=$(mktemp -d /run/ksk.XXXXXX) && trap 'rm -rf \"$d\"' EXIT", '&& cat >"$d/key"'),
            *('&& chown -R knot "$d" &&', *keymgr, f'import-pem "$d/key" {KEY} ksk=yes ready=+0 {NOW} >&2'),
            # Without a key for records beside it, Knot would begin a change of both, and not serve the zone meanwhile.
            *("&& {", *keymgr, "list | grep -q ' ZSK ' ||", *keymgr, f"generate {KEY} ksk=no {NOW} >&2; }}"),
            *("&& { ! knotc zone-status", QuoteString(zone), ">/dev/null 2>&1 ||"),
            *("knotc --blocking zone-keys-load", QuoteString(zone), ">&2; }"),
            changes=[f"zone {zone}: import the key that the zone above names"],
            _stdin=Late(key.reveal),
        )
    if not missing:
        host.noop("every zone has the key that the zone above names")
