from pathlib import Path

from pyinfra_testing.facts import make_fact_tests
from pyinfra_testing.operations import make_operation_tests

HERE = Path(__file__).parent

TestRoles = make_fact_tests("roles.database", "facts.Roles", HERE / "facts/Roles")
TestDatabases = make_fact_tests("roles.database", "facts.Databases", HERE / "facts/Databases")
TestPendingRestart = make_fact_tests("roles.database", "facts.PendingRestart", HERE / "facts/PendingRestart")

TestDatabase = make_operation_tests("roles.database", "operations.database", HERE / "operations/database")
TestSettings = make_operation_tests(
    "roles.database", "operations.settings_in_force", HERE / "operations/settings_in_force"
)
