"""How many questions a run asks, and which, counted by the machines themselves."""

from tests.unit.engine.conftest import Place
from tests.unit.engine.machine import Machines

FILES = """
for number in (1, 2, 3):
    config_file(
        name=f"test: file {number}", template="base/resolv.conf.j2", path=f"/srv/file{number}",
        cfg={"domain": "example.org", "resolvers": ["192.0.2.53"]},
    )
"""


def test_a_pass_with_nothing_to_do_is_one_exec_a_host(checkout: Place, machines: Machines) -> None:
    checkout.deploy(FILES)
    first = checkout.run("deploy")
    print(first.stdout, first.stderr)
    assert first.returncode == 0, first.stdout + first.stderr
    for machine in machines:
        assert "nameserver 192.0.2.53" in (machine.srv / "file3").read_text()
        machine.ran.clear()
    again = checkout.run("deploy", "--expect-no-changes")
    assert (again.returncode, again.stderr) == (0, "")
    assert {machine.name: len(machine.ran) for machine in machines} == dict.fromkeys(
        ("guest1", "dc1", "dc2", "mail1", "files1"), 1
    )
    print(machines["dc1"].ran[0].questions, again.stdout)
