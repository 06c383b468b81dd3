"""Backups of mail: they are made, and whoever takes over the mail server can neither delete nor replace one."""

import time
from collections.abc import Iterator
from shlex import quote
from uuid import uuid4

import pytest
from testinfra.host import Host

from inventory import mail_backups
from inventory.model import Administration, Machine
from tests.conftest import connect
from tests.waiting import within

pytestmark = pytest.mark.machines("mail")

SSH = "ssh -F /etc/mail-backup/ssh_config -i /etc/mail-backup/key"

# Says to the backup server what restic would never say: HTTP/2 over ssh, a connection for each request. Of each request
# (method path), a line: its status. The content is the same each time.
RAW = """
import socket, subprocess, sys
server = socket.create_server(("127.0.0.1", 0))
server.settimeout(60)
base = "http://127.0.0.1:%d" % server.getsockname()[1]
for request in sys.argv[1:]:
    method, path = request.split(" ", 1)
    body = ["--data-binary", "content of a test"] if method == "POST" else []
    curl = subprocess.Popen(
        ["curl", "--silent", "--max-time", "60", "--http2-prior-knowledge", "--path-as-is", "--output", "/dev/null",
         "--write-out", "%{http_code}", "--request", method, *body, base + path], stdout=subprocess.PIPE, text=True)
    came, _ = server.accept()
    with came, subprocess.Popen([*SSH, "backups"], stdin=came, stdout=came) as ssh:
        print(request, curl.communicate(timeout=90)[0], flush=True)
        ssh.terminate()
""".replace("SSH", repr(SSH.split()))


@pytest.fixture
def keeper(administration: Administration) -> Host:
    """The backup server."""
    return connect(administration, administration.running("backupserver")[0].name)


@pytest.fixture
def repository(machine: Machine) -> str:
    return mail_backups.repository(machine.name)


@pytest.fixture
def name(keeper: Host, repository: str) -> Iterator[str]:
    """That of a file that a test adds: no backup of anybody's is tried to be deleted."""
    name = (uuid4().hex + uuid4().hex)[:64]
    yield name
    keeper.run("rm -f %s/data/%s/%s", repository, name[:2], name)


def test_the_last_backup_is_recent(host: Host) -> None:
    def recent() -> bool:
        said = host.run("cat /var/lib/mail-backup/last").stdout.splitlines()
        figures = dict(line.split() for line in said if not line.startswith("#"))
        return time.time() - float(figures.get("mail_backup_last_success_timestamp_seconds", 0)) < 7200

    assert within(90, recent), host.run("journalctl -u mail-backup -n 5 -o cat").stdout


def test_the_next_backup_has_its_hour(host: Host) -> None:
    assert host.check_output("systemctl is-active mail-backup.timer") == "active"
    assert host.check_output("systemctl is-enabled mail-backup.timer") == "enabled"


def test_only_root_reads_the_secrets(host: Host) -> None:
    for secret in ("password", "key"):
        assert host.check_output("stat -c '%%U %%a' /etc/mail-backup/%s", secret) == "root 600"


def test_nothing_is_deleted_or_replaced(host: Host, keeper: Host, repository: str, name: str) -> None:
    def answers(*requests: str) -> list[str]:
        said = host.check_output(f"python3 -c {quote(RAW)} {' '.join(map(quote, requests))}").splitlines()
        return [line.rpartition(" ")[2] for line in said]

    place, above = f"/data/{name}", repository.rpartition("/")
    asked = [f"POST {place}", f"DELETE {place}", f"POST {place}", f"GET {place}"]
    assert answers(*asked) == ["200", "403", "403", "200"]
    # What makes the repository one, and a way out of it.
    assert answers("DELETE /config", "POST /config")[:2] == ["403", "403"]
    assert answers(f"GET /../{above[2]}/config") != ["200"]
    assert keeper.check_output("find %s -name %s", above[0], name) == f"{repository}/data/{name[:2]}/{name}"
    assert keeper.check_output(f"cat {repository}/data/{name[:2]}/{name}") == "content of a test"


def test_the_key_does_nothing_else(host: Host, keeper: Host) -> None:
    mark = f"/tmp/{uuid4()}"  # never made
    host.run(f"timeout 5 {SSH} backups touch {mark} </dev/null")
    assert keeper.run("test -e %s", mark).rc != 0
    forwarded = host.run(f"timeout 10 {SSH} -W 127.0.0.1:22 backups </dev/null || exit 1")
    assert "SSH-2.0" not in forwarded.stdout
    assert forwarded.rc != 0


def test_who_is_not_the_backup_server_gets_no_backup(host: Host) -> None:
    refused = host.run(f"timeout 20 {SSH} -o UserKnownHostsFile=/dev/null backups </dev/null || exit 1")
    assert refused.rc == 1  # 255 would be the end of our own ssh, to testinfra
    assert "Host key verification failed" in refused.stderr


def test_the_account_is_reached_from_the_mail_server_alone(
    keeper: Host, administration: Administration, machine: Machine
) -> None:
    account = mail_backups.ACCOUNT

    def may(address: str, user: str = account) -> str:
        asked = f"sshd -T -C user={user},addr={address},host={address},laddr=127.0.0.1,lport=22"
        return keeper.check_output(f"{asked} | grep '^pubkeyauthentication '").split()[1]

    others = [str(m.address) for m in administration.machines.values() if "mail" not in m.runs]
    assert may(str(machine.address)) == "yes"
    assert {may(address) for address in others[:4]} == {"no"}
    assert may(others[0], "root") == "yes"
    keys = keeper.check_output("cat /etc/ssh/backupserver.keys")
    assert f'from="{machine.address}"' in keys
    assert keeper.check_output("stat -c '%U %a' /etc/ssh/backupserver.keys") == "root 644"
