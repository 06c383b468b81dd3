"""Rule by rule, how hardened devices and the domain are: `python -m deploys.compliance [--from running] [--limit sw1]`.

`running` is what devices were last seen to run (`make history`), and what the domain controllers hold now; `intended`
needs neither, as in CI. Exits 0, 1 where a rule is not met and not waived, or a controller does not answer.
"""

import argparse
import json
import sys
from datetime import UTC, datetime

from cryptography import x509

from deploys.controllers import NoAnswerError, ask
from inventory.masking import SHOWN
from inventory.model import Administration, InventoryError, Machine, load
from inventory.model.load import HERE
from inventory.model.waivers import load_waivers
from inventory.repository import shown
from inventory.secrets import Secret, SecretError, secrets_of
from roles import lan, uplinks
from roles.compliance.audit import IDS, audit, table
from roles.compliance.domain import Content, Controller, settings_of
from roles.compliance.rules import Audited, Result
from roles.directory.config import CERTIFICATE, SMB_CONF, smb_conf
from roles.directory.facts import PROGRAMS
from roles.directory.objects import desired_of
from roles.directory.rights import delegations
from roles.network.history import History, HistoryError, Why, folder_of
from roles.network.plan import plan


def main() -> int:
    parser = argparse.ArgumentParser(prog="deploys.compliance", description=__doc__)
    parser.add_argument("--environment", default="lab", help="lab (the default) or production")
    parser.add_argument("--limit", metavar="DEVICE", help="this device or controller alone")
    parser.add_argument("--from", dest="source", choices=("running", "intended"), default="running")
    parser.add_argument("--verbose", action="store_true", help="every rule")
    arguments = parser.parse_args()
    try:
        administration = load(arguments.environment)
        waivers = load_waivers(HERE, administration, IDS)
        controllers = [c for c in administration.running("directory") if arguments.limit in (None, c.name)]
        found: list[Audited | Controller] = []
        if not controllers or arguments.limit is None:
            found += audited(administration, arguments.source, arguments.limit)
    except (InventoryError, HistoryError, SecretError, OSError, LookupError) as error:
        print(error, file=sys.stderr)
        return 1
    silent: list[str] = []
    for number, machine in enumerate(controllers):
        try:
            found.append(controller(administration, machine, arguments.source, first=number == len(silent)))
        except NoAnswerError as error:
            silent.append(str(error))
    verdicts = audit(found, waivers, datetime.now(UTC).date())
    for line in table(verdicts, arguments.verbose):
        print(shown(line))
    for line in silent:
        print(line, file=sys.stderr)
    return 1 if silent or any(verdict.result is Result.FAIL for verdict in verdicts) else 0


def controller(administration: Administration, machine: Machine, source: str, *, first: bool) -> Controller:
    """A domain controller; what all of them hold is judged on the first alone. Raises NoAnswerError."""
    path = administration.environment.certificates / f"{machine.name}.crt"
    settings, certificate = smb_conf(administration, machine), path.read_text() if path.exists() else None
    now, content = datetime.now(UTC), None
    if source == "running":
        found = json.loads(ask(administration, machine.name, PROGRAMS / "read_hardening.py", SMB_CONF, CERTIFICATE))
        settings, certificate = found["settings"], found["certificate"]
        now = datetime.fromtimestamp(found["now"], UTC)
        if first:
            wanted = delegations(desired_of(administration))
            content = Content(found["entries"], found["base_dn"], now, wanted)
    return Controller(
        device=machine.name,
        site=machine.site.site,
        fqdn=machine.fqdn,
        domain=administration.platform.domain,
        settings=settings_of(settings),
        certificate=x509.load_pem_x509_certificate(certificate.encode()) if certificate else None,
        today=now,
        content=content,
    )


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
