"""The machine's certificate and key, and trust in the authority that signed it."""

from collections.abc import Generator

from pyinfra import host
from pyinfra.api import FactBase, deploy, operation
from pyinfra.operations import files

from inventory.model import Administration, Machine
from inventory.secrets import secrets_of
from roles.common import copied_file, local_group, secret_file
from roles.common.commands import Explained

FOLDER = "/etc/ssl/administration"
CERTIFICATE, KEY, AUTHORITY = f"{FOLDER}/host.crt", f"{FOLDER}/host.key", f"{FOLDER}/ca.crt"
TRUSTED = "/usr/local/share/ca-certificates/administration.crt"
PUBLIC = "/usr/local/share/ca-certificates/played-world.crt"
SENDS: frozenset[str] = frozenset({"mail", "mailstandby"})  # to servers that a public authority certifies


class AuthorityTrusted(FactBase[bool]):
    """Whether the system's trust store was made after the authority's certificate was last written."""

    def command(self) -> str:
        made = "/etc/ssl/certs/ca-certificates.crt"
        return f"! test {TRUSTED} -nt {made} && ! test {PUBLIC} -nt {made} && test -e {TRUSTED} && echo yes || echo no"

    def process(self, output: list[str]) -> bool:
        return list(output) == ["yes"]


@operation()
def trusted() -> Generator[Explained, None, None]:
    """Ensure that programs trust the administration's authority."""
    if host.get_fact(AuthorityTrusted):
        host.noop("the authority is trusted")
        return
    yield Explained(
        "update-ca-certificates --fresh >/dev/null && touch /etc/ssl/certs/ca-certificates.crt",
        changes=["the system trusts the administration's authority"],
    )


@deploy("Certificates")
def certificates(administration: Administration, machine: Machine) -> None:
    """Ensure the certificate of a machine. Services read the key through the group ssl-cert."""
    folder = administration.environment.certificates
    authority, certificate = folder / "ca.crt", folder / f"{machine.name}.crt"
    key = secrets_of(administration.environment).get(f"certificate-{machine.name}", "key")

    local_group(name="certificates: group ssl-cert", group="ssl-cert", system=True)
    files.directory(name="certificates: folder", path=FOLDER, mode="755")
    copied_file(name="certificates: authority", source=authority, path=AUTHORITY)
    copied_file(name="certificates: authority to trust", source=authority, path=TRUSTED)
    copied_file(name="certificates: certificate", source=certificate, path=CERTIFICATE)
    if (world := administration.environment.world) and SENDS.intersection(machine.runs):
        # Debian's list has the public authorities of the real one.
        copied_file(name="certificates: the played world's authority to trust", source=world.authority, path=PUBLIC)
    secret_file(name="certificates: key", content=key, path=KEY, group="ssl-cert", mode="640")
    trusted(name="certificates: authority trusted")
