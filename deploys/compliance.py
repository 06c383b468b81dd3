"""Rule by rule, how hardened devices are: `python -m deploys.compliance [--from running|intended] [--limit sw1]`.

`running` is what devices were last seen to run (`make history`); `intended` needs no device, as in CI.
Exits 0, 1 where a rule is not met and not waived.
"""

import argparse
import sys
from datetime import UTC, datetime

from inventory.masking import SHOWN
from inventory.model import Administration, InventoryError, load
from inventory.model.load import HERE
from inventory.model.waivers import load_waivers
from inventory.repository import shown
from inventory.secrets import Secret, SecretError, secrets_of
from roles import lan, uplinks
from roles.compliance.audit import IDS, audit, table
from roles.compliance.rules import Audited, Result
from roles.network.history import History, HistoryError, Why, folder_of
from roles.network.plan import plan


def main() -> int:
    parser = argparse.ArgumentParser(prog="deploys.compliance", description=__doc__)
    parser.add_argument("--environment", default="lab", help="lab (the default) or production")
    parser.add_argument("--limit", metavar="DEVICE", help="this device alone")
    parser.add_argument("--from", dest="source", choices=("running", "intended"), default="running")
    parser.add_argument("--verbose", action="store_true", help="every rule")
    arguments = parser.parse_args()
    try:
        administration = load(arguments.environment)
        waivers = load_waivers(HERE, administration, IDS)
        devices = audited(administration, arguments.source, arguments.limit)
        verdicts = audit(devices, waivers, datetime.now(UTC).date())
    except (InventoryError, HistoryError, SecretError, OSError, LookupError) as error:
        print(error, file=sys.stderr)
        return 1
    for line in table(verdicts, arguments.verbose):
        print(shown(line))
    return 1 if any(verdict.result is Result.FAIL for verdict in verdicts) else 0


def audited(administration: Administration, source: str, limit: str | None = None) -> list[Audited]:
    """What is held against the rules. Raises LookupError where a device is unknown or was never seen."""
    devices = [*administration.switches, *(administration.routers.keys() - administration.machines.keys())]
    names = [name for name in devices if limit in (None, name)]
    if not names:
        raise LookupError(f"no switch or router {limit} in the inventory")
    # What is intended is judged without a key, as in CI: no rule asks for a secret.
    secret_of = secrets_of(administration.environment).get if source == "running" else _unknown
    # History keeps no keys of sessions, so none are held against it.
    switches = lan.targets(administration, secret_of)
    routers = uplinks.targets(administration, lambda _scope, _key: Secret(SHOWN))
    targets = {name: switches[name] if name in switches else routers[name] for name in names}
    running = {name: target.intended for name, target in targets.items()}
    if source == "running":
        running = _last_seen(administration, names)
    found = []
    for name in names:
        switch, target = administration.switches.get(name), targets[name]
        wanted = lan.wanted(administration, name, secret_of) if switch else None
        site = (switch or administration.routers[name]).site.site
        lacking = plan(target.platform, running[name], target.intended).texts
        found.append(Audited(name, site, target.platform.name, wanted, running[name], lacking))
    return found


def _unknown(_scope: str, _key: str) -> Secret:
    return Secret("unknown")


def _last_seen(administration: Administration, names: list[str]) -> dict[str, str]:
    history = History(folder_of(administration.environment), Why(""))
    kept = history.content(history.head(), names) if history.folder.exists() else dict.fromkeys(names)
    if unseen := [name for name in names if kept[name] is None]:
        raise LookupError(f"never seen: {', '.join(unseen)}; make lan PLAN=1 looks, FROM=intended needs no device")
    return {name: (kept[name] or b"").decode() for name in names}


if __name__ == "__main__":
    sys.exit(main())
