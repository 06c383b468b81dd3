"""A help desk gives a new password to somebody of its own institution, and can do nothing to anybody else."""

import json
import subprocess
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from deploys.controllers import ask
from inventory.model import Administration, Person
from inventory.secrets import password
from roles.directory.facts import PROGRAMS
from tests.conftest import Workstation, connect

REFUSED = "LDAP_INSUFFICIENT_ACCESS_RIGHTS"


@dataclass(frozen=True)
class HelpDesk:
    """Somebody who assists, one of those who are assisted, and one of another institution."""

    workstation: Workstation
    administration: Administration
    agent: Person
    own: Person
    other: Person
    places: dict[str, str]  # login: DN

    def sets(self, login: str, attribute: str, value: str) -> subprocess.CompletedProcess[str]:
        """Replace an attribute over LDAP, as the help desk's tools do, with the ticket of the one who assists."""
        ldif = f"dn: {self.places[login]}\nchangetype: modify\nreplace: {attribute}\n{attribute}:{value}\n"
        server = self.administration.running("directory")[0].fqdn
        return self.workstation.run_stdin(
            f"KRB5CCNAME=FILE:/tmp/help-desk ldbmodify -H ldap://{server} --use-kerberos=required", ldif
        )

    def resets(self, login: str, new: str) -> subprocess.CompletedProcess[str]:
        packed = b64encode(f'"{new}"'.encode("utf-16-le")).decode()
        return self.sets(login, "unicodePwd", f": {packed}")

    def logs_in(self, login: str, secret: str) -> subprocess.CompletedProcess[str]:
        return self.workstation.run_stdin(f"kinit -c MEMORY: {login}", secret)


@pytest.fixture(scope="module")
def desk(administration: Administration, workstation, password_of: Callable[[str], str]) -> Iterator[HelpDesk]:
    institution = next(each for each in administration.institutions.values() if "assistance" in each.functions.held)
    others = next(each for each in administration.institutions.values() if each is not institution)
    agent = next(person for person in institution.present if person.login in institution.functions.held["assistance"])
    own = next(person for person in institution.present if person is not agent)
    units = f"OU=Institutions,{administration.platform.base_dn}"
    found = HelpDesk(workstation, administration, agent, own, others.present[0], {})
    for person, name in ((own, institution.institution), (found.other, others.institution)):
        found.places[person.login] = f"CN={person.login},OU={name},{units}"
    found.places["Administrator"] = f"CN=Administrator,CN=Users,{administration.platform.base_dn}"
    password_of(own.login)  # each has chosen one before any other is given
    got = workstation.run_stdin(f"kinit -c FILE:/tmp/help-desk {agent.login}", password_of(agent.login))
    assert got.returncode == 0, got.stderr
    yield found
    workstation.run("rm -f /tmp/help-desk")
    assert found.resets(own.login, password_of(own.login)).returncode != 0  # its ticket is gone


@pytest.fixture
def restored(desk: HelpDesk, password_of: Callable[[str], str]) -> Iterator[None]:
    """The person of the test has the present password again afterwards."""
    yield
    given = desk.resets(desk.own.login, password_of(desk.own.login))
    assert given.returncode == 0, given.stderr
    assert desk.sets(desk.own.login, "lockoutTime", " 0").returncode == 0
    assert desk.logs_in(desk.own.login, password_of(desk.own.login)).returncode == 0


@pytest.mark.usefixtures("restored")
def test_a_new_password_is_given_to_somebody_of_the_institution(desk: HelpDesk) -> None:
    new = password()
    controller = connect(desk.administration, desk.administration.running("directory")[0].name)
    cursor = controller.check_output("journalctl -n 0 --show-cursor").rpartition("-- cursor: ")[2]
    given = desk.resets(desk.own.login, new)
    assert given.returncode == 0, given.stderr
    assert desk.logs_in(desk.own.login, new).returncode == 0
    recorded = controller.run("journalctl --sync; journalctl --after-cursor=%s -t samba -o cat", cursor).stdout
    (line,) = [json.loads(each)["passwordChange"] for each in recorded.splitlines() if '"passwordChange"' in each]
    assert (line["eventId"], line["dn"]) == (4724, desk.places[desk.own.login])
    assert line["remoteAddress"].startswith(f"ipv4:{desk.administration.machine(desk.workstation.name).address}:")
    who = controller.check_output(f"wbinfo --sid-to-name {line['userSid']}")
    assert f"\\{desk.agent.account} ".casefold() in who.casefold()


@pytest.mark.usefixtures("restored")
def test_the_new_password_must_be_changed_where_the_help_desk_says_so(desk: HelpDesk) -> None:
    new = password()
    assert desk.resets(desk.own.login, new).returncode == 0
    assert desk.sets(desk.own.login, "pwdLastSet", " 0").returncode == 0
    asked = desk.logs_in(desk.own.login, new)
    assert asked.returncode == 1
    assert "Password expired" in asked.stdout + asked.stderr


@pytest.mark.usefixtures("restored")
def test_somebody_who_locked_the_account_is_let_in_again(desk: HelpDesk, password_of: Callable[[str], str]) -> None:
    login = desk.own.login
    desk.workstation.run(f"for i in $(seq 11); do echo wrong | kinit -c MEMORY: {login}; done")
    assert desk.logs_in(login, password_of(login)).returncode == 1
    assert desk.sets(login, "lockoutTime", " 0").returncode == 0
    assert desk.logs_in(login, password_of(login)).returncode == 0


@pytest.mark.parametrize("whom", ["other", "administrator"])
def test_nobody_else_s_password_is_in_reach(desk: HelpDesk, whom: str) -> None:
    login = desk.other.login if whom == "other" else "Administrator"
    for refused in (
        desk.resets(login, password()),
        *(desk.sets(login, name, " 0") for name in ("pwdLastSet", "lockoutTime")),
    ):
        assert refused.returncode == 50  # insufficientAccessRights (RFC 4511)
        assert REFUSED in refused.stdout + refused.stderr


@pytest.mark.parametrize(("attribute", "value"), [("userAccountControl", " 514"), ("mail", " x@example.org")])
def test_of_its_own_people_nothing_else_is_in_reach(desk: HelpDesk, attribute: str, value: str) -> None:
    refused = desk.sets(desk.own.login, attribute, value)
    assert refused.returncode == 50  # insufficientAccessRights (RFC 4511)
    assert REFUSED in refused.stdout + refused.stderr


def test_who_does_not_assist_gives_no_password(desk: HelpDesk, password_of: Callable[[str], str]) -> None:
    got = desk.workstation.run_stdin(f"kinit -c FILE:/tmp/nobody {desk.other.login}", password_of(desk.other.login))
    assert got.returncode == 0
    ldif = f"dn: {desk.places[desk.own.login]}\nchangetype: modify\nreplace: pwdLastSet\npwdLastSet: 0\n"
    server = desk.administration.running("directory")[0].fqdn
    command = f"KRB5CCNAME=FILE:/tmp/nobody ldbmodify -H ldap://{server} --use-kerberos=required"
    refused = desk.workstation.run_stdin(f"{command}; r=$?; rm -f /tmp/nobody; exit $r", ldif)
    assert refused.returncode == 50  # insufficientAccessRights (RFC 4511)
    assert REFUSED in refused.stdout + refused.stderr


def test_tickets_outlive_a_change_of_the_key_that_seals_them(desk: HelpDesk) -> None:
    first = desk.administration.running("directory")[0]
    ask(desk.administration, first.name, PROGRAMS / "krbtgt.py", "change")
    server = desk.administration.running("files")[0].fqdn
    got = desk.workstation.run(f"KRB5CCNAME=FILE:/tmp/help-desk kvno cifs/{server}")
    assert got.returncode == 0, got.stderr
