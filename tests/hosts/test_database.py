"""PostgreSQL: who may connect, how, and to what. Seen from the server; test_applications.py sees it from outside."""

import pytest
from testinfra.host import Host

from inventory.model import Administration, Machine

pytestmark = pytest.mark.machines("database")


def query(host: Host, sql: str) -> list[str]:
    return host.check_output("runuser -u postgres -- psql -XAtqc %s", sql).splitlines()


def test_it_listens_on_its_own_address_alone(host: Host, machine: Machine) -> None:
    sockets = host.check_output("ss -Hltn sport = :5432").splitlines()
    assert [line.split()[3] for line in sockets] == [f"{machine.address}:5432"]


def test_it_understands_its_configuration(host: Host) -> None:
    assert query(host, "SELECT line_number, error FROM pg_hba_file_rules WHERE error IS NOT NULL") == []
    assert query(host, "SELECT name, error FROM pg_file_settings WHERE error IS NOT NULL") == []
    assert query(host, "SELECT name FROM pg_settings WHERE pending_restart") == []


def test_no_password_is_stored_that_could_be_stolen(host: Host) -> None:
    assert query(host, "SELECT rolname FROM pg_authid WHERE rolpassword NOT LIKE 'SCRAM-SHA-256$%'") == []


def test_an_application_owns_its_database_and_nobody_else_enters(
    host: Host, machine: Machine, administration: Administration
) -> None:
    names = sorted(a.application for a in administration.applications.values() if a.database == machine.name)
    for name in names:
        may = f"SELECT rolname FROM pg_roles WHERE rolcanlogin AND has_database_privilege(rolname, '{name}', 'CONNECT')"
        assert sorted(query(host, may)) == sorted([name, "postgres"])
        assert query(host, f"SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = '{name}'") == [name]


def test_an_application_is_no_administrator(host: Host) -> None:
    powers = "rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls"
    assert query(host, f"SELECT rolname FROM pg_roles WHERE ({powers}) AND rolcanlogin") == ["postgres"]


def test_any_other_machine_is_refused(host: Host, machine: Machine, administration: Administration) -> None:
    # This machine itself is one: only the application's host is in the access rules.
    for application in administration.applications.values():
        if application.database == machine.name and application.host != machine.name:
            name = application.application
            refused = host.run("psql -w %s", f"host={machine.address} dbname={name} user={name} sslmode=require")
            assert refused.rc == 2
            assert "no pg_hba.conf entry" in refused.stderr
