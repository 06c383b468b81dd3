"""The names of each machine's certificate, for whoever issues them: `make certificate-names ENV=production`."""

import argparse
import sys

from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from inventory.model import Administration, InventoryError, Machine, load
from inventory.model.messages import either


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="deploys.certificate_names", description=__doc__, epilog="exit codes: 0 all are there, 1 a name is missing"
    )
    parser.add_argument("--environment", default="lab", help="lab (the default) or production")
    try:
        administration = load(parser.parse_args().environment)
        lacking = [_told(administration, machine) for machine in administration.machines.values()]
    except (InventoryError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 1 if any(lacking) else 0


def _told(administration: Administration, machine: Machine) -> bool:
    """Say the names of a machine's certificate, and which the present one lacks; whether it lacks any."""
    held = names_held(administration, machine)
    lacking = False
    for name in administration.certificate_names(machine):
        missing = name not in held
        lacking |= missing
        print(f"{machine.name}.crt: {name}{either('  (à ajouter)', '  (to be added)') if missing else ''}")
    return lacking


def names_held(administration: Administration, machine: Machine) -> frozenset[str]:
    """The names that a machine's present certificate holds; none where there is no certificate, or no name in it.

    Raises OSError of a file that is no certificate.
    """
    path = administration.environment.certificates / f"{machine.name}.crt"
    if not path.exists():
        return frozenset()
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
        extension = certificate.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME)
    except x509.ExtensionNotFound:
        return frozenset()
    except ValueError:
        raise OSError(f"{path}: is no certificate (PEM); ask its authority for it again") from None
    assert isinstance(extension.value, x509.SubjectAlternativeName)
    return frozenset(extension.value.get_values_for_type(x509.DNSName))


if __name__ == "__main__":
    sys.exit(main())
