"""Whether what is served of each mail domain is what is wanted: `make dns-check [SERVER=192.0.2.53]`.

Without SERVER, it asks our name servers, through ssh to each; with it, that server, over TCP. The MTA-STS policy of
each domain is asked where these names lead.
"""

import argparse
import sys
from collections.abc import Iterator
from functools import partial
from socket import create_connection

from deploys.capabilities import mail_ports
from deploys.dns_asking import PATIENCE, SILENT, direct, through, tunnel
from deploys.policy_asking import policy_differences
from inventory.model import Administration, InventoryError, load
from inventory.model.administration import MTA_STS
from inventory.model.messages import either
from inventory.secrets import SecretError, secrets_of
from roles.nameserver.config import keys_of
from roles.nameserver.served import Ask, Difference, differences, told
from roles.nameserver.zones import WEB, zones_of


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="deploys.dns_check",
        description=__doc__,
        epilog="exit codes: 0 all is as wanted, 1 a difference or an error",
    )
    parser.add_argument("--environment", default="lab", help="lab (the default) or production")
    parser.add_argument("--server", help="the address of a server that is not ours")
    arguments = parser.parse_args()
    try:
        found = list(check(load(arguments.environment), arguments.server))
    except (InventoryError, SecretError) as error:
        print(error, file=sys.stderr)
        return 1
    for line in found:
        print(line)
    if not found:
        print(either("ce qui est servi est ce qui est voulu", "what is served is what is wanted"))
    return 1 if found else 0


def check(administration: Administration, server: str | None) -> Iterator[str]:
    """A line for each difference, and for each server that does not answer."""
    zones = zones_of(administration, keys_of(administration, secrets_of(administration.environment)), mail_ports())
    ours = administration.running("nameserver")
    if server is None and not ours:
        yield either(
            "aucun serveur de noms dans l'inventaire (« nameserver ») : indiquer SERVER=<adresse>",
            "no name server in the inventory ('nameserver'): say SERVER=<address>",
        )
        return
    for name in [server] if server else [machine.name for machine in ours]:
        try:
            with direct(name) if server else through(administration, administration.machine(name)) as ask:
                for zone in zones:
                    for difference in differences(zone, ask, ours=server is None):
                        yield f"{name}: {said(difference)}"
                if server:
                    yield from _policies(administration, ask)
        except (*SILENT, ValueError) as error:
            why = str(error) or type(error).__name__
            yield either(f"{name} : ne répond pas : {why}", f"{name}: no answer: {why}")
    if server is None:
        for web in administration.running("webmail"):
            for domain in administration.mail_domains:
                yield from policy_differences(administration, domain, partial(tunnel, administration, web, WEB))


def _policies(administration: Administration, ask: Ask) -> Iterator[str]:
    """What differs of the policies, each asked at the addresses that a name server gives."""
    for domain in administration.mail_domains if administration.running("webmail") else ():
        for address in told(ask, f"{MTA_STS}.{domain}", "A"):
            connect = partial(create_connection, (address, WEB), timeout=PATIENCE)
            yield from policy_differences(administration, domain, connect)


def said(difference: Difference) -> str:
    """A difference in words."""
    about = f"{difference.name} {difference.kind}"
    match difference.what:
        case "missing":
            return either(f"{about} : il manque {difference.data}", f"{about}: {difference.data} is missing")
        case "extra":
            return either(f"{about} : {difference.data} est de trop", f"{about}: {difference.data} is too much")
        case "refused":
            return either(f"{about} : pas servi ({difference.data})", f"{about}: not served ({difference.data})")
        case "unsigned":
            return either(f"{about} : pas signé", f"{about}: not signed")
        case "bogus":
            return either(f"{about} : signature fausse ou expirée", f"{about}: its signature is wrong or expired")


if __name__ == "__main__":
    sys.exit(main())
