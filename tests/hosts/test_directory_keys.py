"""First passwords whose keys are derived beside samba (docs/decisions/0016): the same bytes, and they log people in."""

from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest

from inventory.model import Administration, Machine
from inventory.secrets import password
from roles.common.programs import WITH, program
from roles.directory import keys
from roles.directory.facts import PROGRAMS
from tests.conftest import Workstation, connect
from tests.passwords import settled

CHANGE = program(PROGRAMS / "change_entries.py", needs=keys).get_raw_value()
# The key of each kind opens the one service that a first password is good for.
KINDS = ("aes256-cts-hmac-sha1-96", "aes128-cts-hmac-sha1-96")


def on(administration: Administration, name: str) -> Workstation:
    """A controller, as one that commands with an input are run on."""
    return Workstation(connect(administration, name), name, str(administration.environment.ssh_config))


def unit(administration: Administration) -> str:
    return f"OU={next(iter(administration.institutions))},OU=Institutions,{administration.platform.base_dn}"


@pytest.mark.machines("directory")
def test_what_is_kept_of_a_password_is_what_samba_keeps(machine: Machine, administration: Administration) -> None:
    change = (PROGRAMS / "change_entries.py").read_text()
    with_them = WITH.format(name=keys.__name__, text=Path(str(keys.__file__)).read_text())
    with_them += WITH.format(name="roles.directory.programs.change_entries", text=change)
    check = Path(__file__).with_name("keys_as_samba.py").read_text()
    ran = on(administration, machine.name).run_stdin(f"python3 -I - '{unit(administration)}'", with_them + check)
    assert ran.stdout.strip() == "alike", ran.stderr


@pytest.mark.machines("directory")
def test_where_samba_keeps_something_else_it_sets_each_password(
    machine: Machine, administration: Administration
) -> None:
    controller = on(administration, machine.name)
    cursor = controller.host.check_output("journalctl -n 0 --show-cursor").rpartition("-- cursor: ")[2]
    hashes = "sed 's/nt hash store = auto/nt hash store = always/' /etc/samba/smb.conf"
    secrets = {f"keys-{number}.never": f"Aa1-{password()}" for number in range(3)} | {"keys-9.never": "short"}
    ran = controller.run_stdin(
        f"f=$(mktemp) && trap 'rm $f' EXIT && {hashes} >$f && export SMB_CONF_PATH=$f && {CHANGE}",
        people(administration, secrets),
    )
    assert ran.returncode == 1  # after all were tried in samba's way: the last is refused, so that none is there
    assert "keys-9.never" in ran.stderr.splitlines()[-1]
    said = controller.host.check_output(
        "journalctl --sync; journalctl --after-cursor=%s -t change-entries -o cat", cursor
    )
    assert said.startswith("a password has more to it here (['unicodePwd', 'ntPwdHistory'])"), said


def people(administration: Administration, secrets: dict[str, str]) -> str:
    """The LDIF that makes accounts with these first passwords."""
    lines = []
    for login, secret in secrets.items():
        lines += [f"dn: CN={login},{unit(administration)}", "changetype: add", "objectClass: user"]
        lines += ["userAccountControl: 512", "pwdLastSet: 0", f"sAMAccountName: {login}"]
        lines += [f"userPrincipalName: {login}@{administration.platform.domain}"]
        lines += ["unicodePwd:: " + b64encode(f'"{secret}"'.encode("utf-16-le")).decode(), ""]
    return "\n".join(lines)


def test_a_first_password_opens_what_it_must_and_is_changed(
    administration: Administration, workstation: Workstation, tmp_path: Path
) -> None:
    first = administration.running("directory")[0].name
    controller, realm = on(administration, first), administration.platform.realm
    secrets = {f"keys-{number}.exemple": f"Aa1-{password()}" for number in range(3)}
    cursor = controller.host.check_output("journalctl -n 0 --show-cursor").rpartition("-- cursor: ")[2]
    try:
        made = controller.run_stdin(f"{CHANGE} 2>/tmp/keys.said", people(administration, secrets))
        said = controller.host.check_output("cat /tmp/keys.said; rm /tmp/keys.said")
        assert made.returncode == 0, said
        # Made beside samba, and what is kept is never written down.
        assert '"supplementalCredentials": {"actions": [{"action": "replace", "redacted": true' in said
        wrong = controller.run_stdin(CHANGE, people(administration, {"keys-9.exemple": "short"}))
        assert wrong.returncode == 1
        assert "keys-9.exemple" in wrong.stderr.splitlines()[-1]
        short = people(administration, {"keys-7.exemple": f"Aa1-{password()}", "keys-8.exemple": "short"})
        assert controller.run_stdin(CHANGE, short).returncode == 1  # nor does one that would be made beside samba
        assert "keys-7.exemple" not in controller.host.check_output("samba-tool user list")  # all or nothing
        for login, secret in secrets.items():
            for kind in KINDS:
                _opens(workstation, login, secret, kind, realm)
            settled(login, secret, _say(workstation), tmp_path / "lock")
    finally:
        for login in secrets:
            controller.host.run(f"samba-tool user delete {login}")
    journal = controller.host.check_output("journalctl --after-cursor=%s -o cat", cursor)
    assert not any(secret in journal for secret in secrets.values())


def _opens(workstation: Workstation, login: str, secret: str, kind: str, realm: str) -> None:
    """Once the other controllers know of it: the first password gives a ticket for its change, and no other."""
    only = f"[libdefaults]\\ndefault_tkt_enctypes={kind}\\npermitted_enctypes={kind}\\n"
    start = f"f=$(mktemp) && trap 'rm $f' EXIT && printf '{only}' >$f && export KRB5_CONFIG=$f:/etc/krb5.conf &&"
    change = f"{start} for n in 1 2 3 4 5 6 7 8 9 10; do "
    change += f"kinit -c MEMORY: -S kadmin/changepw@{realm} {login} <$p && exit 0; sleep 1; done; exit 1"
    got = workstation.run_stdin(f"p=$(mktemp) && cat >$p && ( {change} ); r=$?; rm $p; exit $r", f"{secret}\n")
    assert got.returncode == 0, f"{login} {kind}: {got.stderr}"
    other = workstation.run_stdin(f"{start} kinit -c MEMORY: {login}", f"{secret}\n")
    assert other.returncode == 1, f"{login}: a first password opens everything"


def _say(workstation: Workstation) -> Callable[[str, str], tuple[int, str]]:
    def say(command: str, typed: str) -> tuple[int, str]:
        ran = workstation.run_stdin(command, typed)
        return ran.returncode, ran.stdout + ran.stderr

    return say
