from inventory.model import load
from roles.database.config import config_of
from roles.rendering import render

ADMINISTRATION = load("lab")
DB1 = ADMINISTRATION.machine("db1")


def test_each_application_has_a_tenant_at_its_host_address() -> None:
    tenants = {tenant.name: str(tenant.address) for tenant in config_of(ADMINISTRATION, DB1).tenants}
    assert tenants == {"cim": "10.10.10.14", "e-cm": "10.10.10.14"}


def test_access_rules_name_one_database_one_role_one_address() -> None:
    rules = render("database/pg_hba.conf.j2", tenants=config_of(ADMINISTRATION, DB1).tenants)
    assert [line.split() for line in rules.splitlines() if not line.startswith("#")] == [
        ["local", "all", "postgres", "peer"],
        ["hostssl", '"cim"', '"cim"', "10.10.10.14/32", "scram-sha-256"],
        ["hostssl", '"e-cm"', '"e-cm"', "10.10.10.14/32", "scram-sha-256"],
    ]
