"""One failed login, or one change, is one line in a controller's journal: who, what, from where."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from inventory.model import Administration
from inventory.secrets import secrets_of
from tests.conftest import Workstation, connect

Lines = list[dict[str, Any]]
Audit = Callable[[], Lines]


@pytest.fixture
def audited(administration: Administration) -> Audit:
    """What the controllers recorded since the test began; a client may have asked any of them."""
    hosts = [connect(administration, machine.name) for machine in administration.running("directory")]
    cursors = [host.check_output("journalctl -n 0 --show-cursor").rpartition("-- cursor: ")[2] for host in hosts]

    def lines() -> Lines:
        ask = "journalctl --sync; journalctl --after-cursor=%s -t samba -o cat"
        said = [line for host, at in zip(hosts, cursors, strict=True) for line in host.run(ask, at).stdout.splitlines()]
        return [json.loads(line) for line in said if line.strip().startswith('{"timestamp"')]

    return lines


@pytest.fixture
def administrator(administration: Administration, workstation: Workstation) -> Callable[[str], None]:
    """A change over LDAP by the administrator, at the workstation."""
    secret = secrets_of(administration.environment).get("directory", "administrator").reveal()
    server = administration.running("directory")[0].fqdn
    command = f"ldbmodify -H ldap://{server} --use-kerberos=required -U Administrator@{administration.platform.realm}"

    def changes(ldif: str) -> None:
        ran = workstation.run_stdin(f"read -r PASSWD; export PASSWD; {command}", f"{secret}\n{ldif}\n")
        assert ran.returncode == 0, ran.stderr

    return changes


def of(kind: str, lines: Lines, **wanted: str) -> Lines:
    """The lines of a kind that say all of this."""
    found = [line[kind] for line in lines if line["type"] == kind]
    return [
        line for line in found if all(str(line[name]).casefold() == value.casefold() for name, value in wanted.items())
    ]


def at(administration: Administration, workstation: Workstation) -> str:
    """How a line begins to say where the workstation is."""
    return f"ipv4:{administration.machine(workstation.name).address}:"


def test_a_failed_login(administration: Administration, workstation, audited: Audit) -> None:
    login = next(person.login for _, person in administration.people())
    assert workstation.run_stdin(f"kinit -c MEMORY: {login}", "wrong").returncode == 1
    (line,) = of("Authentication", audited(), clientAccount=f"{login}@{administration.platform.realm}")
    assert (line["status"], line["eventId"]) == ("NT_STATUS_WRONG_PASSWORD", 4625)
    assert line["remoteAddress"].startswith(at(administration, workstation))


def test_a_name_that_does_not_exist(administration: Administration, workstation, audited: Audit) -> None:
    assert workstation.run_stdin("kinit -c MEMORY: nobody.at.all", "wrong").returncode == 1
    (line,) = of("Authentication", audited(), clientAccount=f"nobody.at.all@{administration.platform.realm}")
    assert line["status"] == "NT_STATUS_NO_SUCH_USER"
    assert line["remoteAddress"].startswith(at(administration, workstation))


def test_a_change_of_an_entry(
    administration: Administration, workstation, audited: Audit, administrator: Callable[[str], None]
) -> None:
    dn = f"CN=Guest,CN=Users,{administration.platform.base_dn}"
    head = f"dn: {dn}\nchangetype: modify\nreplace: info\n"
    administrator(f"{head}info: seen\n")
    try:
        (line,) = [each for each in of("dsdbChange", audited(), dn=dn) if "info" in each["attributes"]]
        assert (line["operation"], line["status"]) == ("Modify", "Success")
        assert line["userSid"].endswith("-500")
        assert line["remoteAddress"].startswith(at(administration, workstation))
        assert line["attributes"] == {"info": {"actions": [{"action": "replace", "values": [{"value": "seen"}]}]}}
    finally:
        administrator(head)


def test_who_is_put_in_a_group(
    administration: Administration, workstation, audited: Audit, administrator: Callable[[str], None]
) -> None:
    base = administration.platform.base_dn
    group, member = f"CN=Performance Monitor Users,CN=Builtin,{base}", f"CN=Guest,CN=Users,{base}"
    administrator(f"dn: {group}\nchangetype: modify\nadd: member\nmember: {member}\n")
    try:
        (line,) = of("groupChange", audited(), group=group)
        assert (line["action"], line["user"]) == ("Added", member)
        assert line["userSid"].endswith("-500")
        assert line["remoteAddress"].startswith(at(administration, workstation))
    finally:
        administrator(f"dn: {group}\nchangetype: modify\ndelete: member\nmember: {member}\n")
