"""The applications' host: what its front answers, what each application may do, and what the databases refuse it."""

import pytest
from testinfra.host import Host

from inventory.model import Administration, Application, Machine

pytestmark = pytest.mark.machines("applications")

AUTHORITY = "/etc/ssl/administration/ca.crt"
CONNECT = """
import pathlib, psycopg, sys
address, role, database, password, sslmode = sys.argv[1:]
if password == "its own":
    password = pathlib.Path(f"/etc/applications/{role}/database_password").read_text().strip()
try:
    psycopg.connect(
        host=address, user=role, dbname=database, password=password, sslmode=sslmode, connect_timeout=5
    ).close()
except psycopg.OperationalError as error:
    print(error)
else:
    print("connected")
"""


@pytest.fixture
def applications(administration: Administration, machine: Machine) -> list[Application]:
    return administration.served_by(machine)


def curl(host: Host, machine: Machine, name: str, url: str, output: str) -> str:
    """What curl says of an answer of this machine, its certificate verified."""
    return host.check_output(
        "curl --silent --show-error --cacert %s --resolve %s --resolve %s --output /dev/null --write-out %s %s",
        *(AUTHORITY, f"{name}:443:{machine.address}", f"{name}:80:{machine.address}", output, url),
    )


def handshake(host: Host, machine: Machine, name: str, protocol: str) -> str:
    """The outcome of a TLS handshake. SECLEVEL=0: the client would otherwise refuse TLS 1.1 itself."""
    result = host.run(
        "openssl s_client -connect %s -servername %s -CAfile %s -verify_return_error -cipher DEFAULT@SECLEVEL=0"
        f" -{protocol} </dev/null",
        *(f"{machine.address}:443", name, AUTHORITY),
    )
    return str(result.stdout + result.stderr)


def connect(
    host: Host,
    administration: Administration,
    application: Application,
    *,
    database: str | None = None,
    password: str = "its own",
    sslmode: str = "require",
) -> str:
    """Try an application's database from here: "connected", or why not."""
    address = str(administration.machine(application.database).address)
    role = application.application
    return host.check_output(
        "python3 -c %s %s %s %s %s %s", CONNECT, address, role, database or role, password, sslmode
    )


def test_every_application_is_healthy_through_verified_tls(
    host: Host, machine: Machine, administration: Administration, applications: list[Application]
) -> None:
    for application in applications:
        name = administration.fqdn(application.application)
        assert curl(host, machine, name, f"https://{name}/health/deep", "%{http_code}") == "200"


def test_clear_http_only_redirects(
    host: Host, machine: Machine, administration: Administration, applications: list[Application]
) -> None:
    for application in applications:
        name = administration.fqdn(application.application)
        answer = curl(host, machine, name, f"http://{name}/login?a=b", "%{http_code} %{redirect_url}")
        assert answer == f"301 https://{name}/login?a=b"


def test_browsers_are_told_to_be_strict(
    host: Host, machine: Machine, administration: Administration, applications: list[Application]
) -> None:
    for application in applications:
        name = administration.fqdn(application.application)
        headers = curl(host, machine, name, f"https://{name}/login", "%{header_json}").lower()
        for header in ("strict-transport-security", "content-security-policy", "x-content-type-options"):
            assert f'"{header}"' in headers
        for attribute in ("__host-session=", "; secure", "; httponly", "; samesite="):
            assert attribute in headers


def test_old_tls_is_refused_and_the_present_ones_accepted(
    host: Host, machine: Machine, administration: Administration, applications: list[Application]
) -> None:
    name = administration.fqdn(applications[0].application)
    assert "alert protocol version" in handshake(host, machine, name, "tls1_1")
    for protocol in ("tls1_2", "tls1_3"):
        assert "Verify return code: 0 (ok)" in handshake(host, machine, name, protocol)


def test_a_name_that_no_application_has_gets_no_answer(
    host: Host, machine: Machine, administration: Administration
) -> None:
    assert "unrecognized name" in handshake(host, machine, administration.fqdn("nobody"), "tls1_3")


def test_every_application_is_sandboxed(host: Host, applications: list[Application]) -> None:
    for application in applications:
        unit = f"app-{application.application}.service"
        verdict = host.check_output("systemd-analyze security --no-pager %s", unit).splitlines()[-1]
        assert float(verdict.partition(": ")[2].split()[0]) <= 3.0, verdict


def test_an_application_finds_its_peers_without_dns_and_sees_nothing_of_the_host(
    host: Host, administration: Administration, applications: list[Application]
) -> None:
    for application in applications:
        main = host.check_output("systemctl show -P MainPID app-%s.service", application.application)
        database = administration.machine(application.database)
        found = host.check_output("nsenter --mount --target %s getent --service files hosts %s", main, database.fqdn)
        assert found.split()[0] == str(database.address)
        assert host.run("nsenter --mount --target %s test -e /etc/shadow", main).rc == 1


def test_a_secret_is_in_nobody_elses_reach(host: Host, applications: list[Application]) -> None:
    for application in applications:
        folder = f"/etc/applications/{application.application}"
        assert host.run("runuser -u nobody -- ls %s", folder).rc != 0
        main = host.check_output("systemctl show -P MainPID app-%s.service", application.application)
        for key in ("database_password", "session_key"):
            assert host.run(f"grep -qzFf {folder}/{key} /proc/{main}/environ /proc/{main}/cmdline").rc == 1


def test_its_database_wants_tls_and_the_right_password(
    host: Host, administration: Administration, applications: list[Application]
) -> None:
    for application in applications:
        assert connect(host, administration, application) == "connected"
        assert "no encryption" in connect(host, administration, application, sslmode="disable")
        wrong = connect(host, administration, application, password="wrong")
        assert "password authentication failed" in wrong


def test_the_database_of_another_application_is_closed(
    host: Host, administration: Administration, applications: list[Application]
) -> None:
    for application in applications:
        for other in administration.applications.values():
            if other.database == application.database and other is not application:
                refused = connect(host, administration, application, database=other.application)
                assert "no pg_hba.conf entry" in refused
