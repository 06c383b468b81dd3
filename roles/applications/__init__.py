"""The applications' host: nginx in front, one sandboxed service for each application, releases side by side."""

from pyinfra import host
from pyinfra.api import deploy
from pyinfra.operations import files

from inventory.model import Administration, Machine
from inventory.secrets import Secrets, secrets_of
from roles import common
from roles.applications import operations
from roles.applications.config import APPLICATIONS, Served, config_of
from roles.common.health import Health

# Python packages come from Debian, so that their security updates come with the system's.
PACKAGES = [
    "curl",
    "nginx",
    "python3-flask",
    "python3-gunicorn",
    "python3-installer",
    "python3-ldap3",
    "python3-psycopg",
]
OPEN_PORTS = [common.Port("tcp", 80), common.Port("tcp", 443)]
HEALTH = Health(("nginx",), (443,))

CERTIFICATE = ["/etc/ssl/administration/host.crt", "/etc/ssl/administration/host.key"]
NGINX = "/etc/nginx/nginx.conf"
SECRETS = ("database_password", "session_key")


@deploy("Applications")
def applications(administration: Administration, machine: Machine) -> None:
    """Every application of this machine, behind nginx."""
    served = config_of(administration, machine)
    secrets = secrets_of(administration.environment)
    common.packages(name="applications: packages", names=PACKAGES)
    files.directory(name="applications: folder", path=APPLICATIONS)
    common.config_file(
        name="applications: switch of releases",
        template="applications/switch-release",
        path=operations.SWITCH,
        mode="755",
    )
    operations.only(name="applications: none but those of the inventory", applications=[each.name for each in served])
    for application in host.loop(served):
        _application(application, secrets)
    _front(served)


def _application(application: Served, secrets: Secrets) -> None:
    name, release = f"applications: {application.name}", application.release
    files.directory(name=f"{name}: settings folder", path=application.settings, mode="700")
    for key in host.loop(SECRETS):
        common.secret_file(
            name=f"{name}: {key}",
            path=f"{application.settings}/{key}",
            content=secrets.get(f"application-{application.name}", key),
        )
    common.config_file(
        name=f"{name}: names of its peers",
        template="applications/hosts.j2",
        path=f"{application.settings}/hosts",
        application=application,
    )
    units = {application.unit: "app.service.j2", application.migration: "migrate.service.j2"}
    for unit, template in host.loop(list(units.items())):
        common.config_file(
            name=f"{name}: {unit}",
            template=f"applications/{template}",
            path=f"/etc/systemd/system/{unit}",
            application=application,
        )
    files.directory(name=f"{name}: folder", path=application.folder)
    common.config_file(
        name=f"{name}: only people of the inventory have a session",  # it ends the others' at their next click
        template="applications/admitted.j2",
        path=application.admitted,
        application=application,
    )
    artifact = f"{release.folder}/{release.artifact.name}"
    files.directory(name=f"{name}: folder of {release.name}", path=release.folder)
    common.copied_file(name=f"{name}: artefact {release.name}", source=release.artifact, path=artifact)
    operations.release(name=f"{name}: release {release.name}", folder=release.folder, artifact=artifact)
    operations.current(
        name=f"{name}: serves {release.name}",
        application=application.name,
        release=release.name,
        port=application.port,
    )
    common.service(
        name=f"{name}: runs with its present configuration",
        unit=application.unit,
        watches=[f"/etc/systemd/system/{application.unit}", application.settings, f"{application.folder}/current"],
    )


def _front(served: tuple[Served, ...]) -> None:
    common.config_file(
        name="applications: page shown when an application is down",
        template="common/unavailable.html",
        path=f"{APPLICATIONS}/unavailable.html",
    )
    common.config_file(
        name="applications: nginx configuration is valid and in place",
        template="applications/nginx.conf.j2",
        path=NGINX,
        check="nginx -q -t -c {}",
        applications=served,
    )
    common.service(
        name="applications: nginx runs with its present configuration",
        unit="nginx.service",
        watches=[NGINX, *CERTIFICATE],
        reload=True,
    )
