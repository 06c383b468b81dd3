"""What an application host serves, from the inventory."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from inventory.model import Administration, Application, Machine
from inventory.model.institution import account_of
from roles.applications.systemd import quoted

APPLICATIONS = "/srv/apps"
SETTINGS = "/etc/applications"
AUTHORITY = "/etc/ssl/administration/ca.crt"


class ArtifactError(Exception):
    """An artefact was not delivered; the message says which and what to do."""


@dataclass(frozen=True)
class Release:
    """One delivered artefact. Its content is part of its name, so that what is served is never in doubt."""

    name: str
    artifact: Path
    folder: str


@dataclass(frozen=True)
class Served:
    """One application on this host."""

    name: str
    server_name: str
    port: int
    program: str
    module: str
    release: Release
    environment: tuple[str, ...]  # KEY=value, as a unit file writes it
    people: tuple[str, ...]  # the accounts that it admits
    peers: tuple[Machine, ...]  # all that it talks to

    @property
    def admitted(self) -> str:
        """The file that says whom it admits, which it reads at each request."""
        return f"{self.folder}/admitted"

    @property
    def unit(self) -> str:
        return f"app-{self.name}.service"

    @property
    def migration(self) -> str:
        return f"app-{self.name}-migrate@.service"

    @property
    def folder(self) -> str:
        return f"{APPLICATIONS}/{self.name}"

    @property
    def settings(self) -> str:
        return f"{SETTINGS}/{self.name}"


def config_of(administration: Administration, machine: Machine) -> tuple[Served, ...]:
    """The applications of this machine."""
    return tuple(_served(administration, application) for application in administration.served_by(machine))


def release_of(application: Application, artifacts: Path) -> Release:
    """The release that an application's artefact makes. Raises ArtifactError where it was not delivered."""
    artifact = artifacts / application.artifact.file_name
    try:
        digest = sha256(artifact.read_bytes()).hexdigest()
    except FileNotFoundError:
        raise ArtifactError(
            f"{artifact}: the artefact of {application.application} is not there: run `make artifacts`"
        ) from None
    name = f"{application.artifact.version}-{digest[:12]}"
    return Release(name, artifact, f"{APPLICATIONS}/{application.application}/releases/{name}")


def _served(administration: Administration, application: Application) -> Served:
    database = administration.machine(application.database)
    directory = administration.running("directory")
    settings = {
        "APP_NAME": application.name,
        "APP_DATABASE": (
            f"host={database.fqdn} dbname={application.application} user={application.application}"
            f" sslmode=verify-full sslrootcert={AUTHORITY} channel_binding=require"
        ),
        "APP_LDAP_URIS": " ".join(f"ldaps://{controller.fqdn}" for controller in directory),
        "APP_LDAP_BASE": administration.platform.base_dn,
        "APP_LDAP_CA": AUTHORITY,
        "APP_WORKGROUP": administration.platform.workgroup,
        "APP_READERS": " ".join(administration.reader_groups(application)),
    }
    readers = (administration.groups[name].members for name in administration.reader_groups(application))
    return Served(
        name=application.application,
        server_name=administration.fqdn(application.application),
        port=application.port,
        program=application.artifact.name,
        module=application.artifact.module,
        release=release_of(application, administration.environment.artifacts),
        environment=tuple(quoted(f"{key}={value}") for key, value in settings.items()),
        people=tuple(sorted({account_of(login) for members in readers for login in members})),
        peers=(database, *directory),
    )
