"""The operation on roles: random salts keep it out of the fixtures."""

from pyinfra.context import ctx_host, ctx_state
from pyinfra_testing.util import FakeState, create_host

from inventory.secrets import Secret
from roles.database.operations import role
from roles.database.scram import matches, verifier

PASSWORD = Secret("Hunter2Hunter2")


def commands(roles: dict[str, str]) -> list:
    state = FakeState()
    host = create_host(state, facts={"facts.Roles": roles})
    with ctx_state.use(state), ctx_host.use(host):
        return list(role._inner(role="e-cm", password=PASSWORD))


def test_a_role_with_its_password_is_left_alone() -> None:
    assert commands({"e-cm": verifier(PASSWORD.reveal())}) == []


def test_a_missing_role_is_created_and_a_wrong_password_replaced() -> None:
    for roles, verb in (({}, "CREATE"), ({"e-cm": ""}, "ALTER"), ({"e-cm": verifier("Old")}, "ALTER")):
        (command,) = commands(roles)
        sql = command.connector_arguments["_stdin"]
        assert f'{verb} ROLE "e-cm" LOGIN PASSWORD' in sql
        assert matches(sql.split("'")[1], PASSWORD.reveal())


def test_neither_password_nor_verifier_is_in_the_command_line() -> None:
    (command,) = commands({})
    assert PASSWORD.reveal() not in command.get_raw_value() + command.connector_arguments["_stdin"]
    assert "SCRAM" not in command.get_raw_value()
