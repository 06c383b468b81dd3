from pathlib import Path

from pyinfra_testing.facts import make_fact_tests
from pyinfra_testing.operations import make_operation_tests

HERE = Path(__file__).parent

TestReleaseState = make_fact_tests("roles.applications", "facts.ReleaseState", HERE / "facts/ReleaseState")
TestCurrentRelease = make_fact_tests("roles.applications", "facts.CurrentRelease", HERE / "facts/CurrentRelease")
TestApplicationUnits = make_fact_tests("roles.applications", "facts.ApplicationUnits", HERE / "facts/ApplicationUnits")

TestRelease = make_operation_tests("roles.applications", "operations.release", HERE / "operations/release")
TestCurrent = make_operation_tests("roles.applications", "operations.current", HERE / "operations/current")
TestOnly = make_operation_tests("roles.applications", "operations.only", HERE / "operations/only")
