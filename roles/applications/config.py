"""What an application host serves, from the inventory."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from inventory.model import Administration, Application, Machine

APPLICATIONS = "/srv/apps"
CREDENTIALS = "/etc/applications"
AUTHORITY = "/etc/ssl/administration/ca.crt"


@dataclass(frozen=True)
class Release:
    """One delivered artefact: its name holds its content, so that what is served is never in doubt."""

    name: str
    artifact: Path
    folder: str


@dataclass(frozen=True)
class Served:
    """One application on this host."""

    name: str
    title: str
    server_name: str
    port: int
    program: str
    module: str
    release: Release
    environment: dict[str, str]
    peers: tuple[str, ...]

    @property
    def unit(self) -> str:
        return f"app-{self.name}.service"

    @property
    def migration(self) -> str:
        return f"app-{self.name}-migrate@.service"

    @property
    def current(self) -> str:
        return f"{APPLICATIONS}/{self.name}/current"

    @property
    def credentials(self) -> str:
        return f"{CREDENTIALS}/{self.name}"


def config_of(administration: Administration, machine: Machine) -> tuple[Served, ...]:
    """The applications of this machine."""
    return tuple(_served(administration, application) for application in administration.served_by(machine))


def release_of(application: Application, artifacts: Path) -> Release:
    """The release that an application's artefact makes. Raises FileNotFoundError where it was not delivered."""
    artifact = artifacts / application.artifact.file_name
    name = f"{application.artifact.version}-{sha256(artifact.read_bytes()).hexdigest()[:12]}"
    return Release(name, artifact, f"{APPLICATIONS}/{application.application}/releases/{name}")


def _served(administration: Administration, application: Application) -> Served:
    platform = administration.platform
    database = administration.machine(application.database)
    directory = administration.running("directory")
    name = application.application
    return Served(
        name=name,
        title=application.name,
        server_name=administration.fqdn(name),
        port=application.port,
        program=application.artifact.name,
        module=application.artifact.module,
        release=release_of(application, administration.environment.artifacts),
        environment={
            "APP_NAME": application.name,
            "APP_DATABASE": (
                f"host={database.fqdn} hostaddr={database.address} dbname={name} user={name}"
                f" sslmode=verify-full sslrootcert={AUTHORITY} channel_binding=require"
            ),
            "APP_LDAP_URIS": " ".join(f"ldaps://{controller.fqdn}" for controller in directory),
            "APP_LDAP_BASE": platform.base_dn,
            "APP_LDAP_CA": AUTHORITY,
            "APP_WORKGROUP": platform.workgroup,
            "APP_READERS": " ".join(administration.reader_groups(application)),
        },
        peers=tuple(str(peer.address) for peer in (database, *directory)),
    )
