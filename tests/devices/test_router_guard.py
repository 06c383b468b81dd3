"""What netadmin may do on a router: its command line, the words of the guard, and nothing else."""

import pytest

from inventory.model import Administration
from tests.disturbances.lab import Lab

pytestmark = pytest.mark.xdist_group("edge1")


@pytest.fixture
def lab(administration: Administration) -> Lab:
    return Lab(administration)


def test_netadmin_has_the_command_line(lab: Lab) -> None:
    assert "FRRouting 10" in lab.cli("edge1", "show version").stdout


def test_the_guard_is_the_one_program_that_netadmin_runs_as_root(lab: Lab) -> None:
    rules = lab.run("edge1", "sudo -l -U netadmin").splitlines()
    assert [line.strip() for line in rules if line.strip().startswith("(")] == [
        "(root) NOPASSWD: /usr/local/sbin/router-guard"
    ]
    writable = "find /usr/local/sbin /usr/local/bin /etc/sudoers.d /var/lib/router-guard ! -user root -o -perm /022"
    assert lab.run("edge1", f"{writable} | grep -v -e '^$' || echo none") == "none\n"


def test_what_is_typed_is_kept_nowhere(lab: Lab) -> None:
    assert lab.run("edge1", "ls -A /home/netadmin | grep -i hist || echo none") == "none\n"


@pytest.mark.parametrize(
    "words", ["guard", "guard arm", "guard arm 0", "guard arm 5;id", "guard arm 5 6", "guard status -x"]
)
def test_the_guard_takes_its_words_and_no_others(lab: Lab, words: str) -> None:
    done = lab.cli("edge1", words)
    assert done.returncode != 0
    assert "uid=" not in done.stdout
    assert lab.cli("edge1", "guard status").stdout == "nothing waits\n"


@pytest.mark.parametrize(
    "command", ["id", "!id", "sudo -n id", "start-shell", "guard $(id)", "guard `id`", "guard status\nid"]
)
def test_netadmin_has_no_shell(lab: Lab, command: str) -> None:
    assert "uid=" not in lab.cli("edge1", command).stdout
