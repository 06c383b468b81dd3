"""The webmail's host: what its front answers, and what its processes may do, see and keep."""

import pytest
from testinfra.host import Host

from inventory.model import Administration, Machine
from inventory.model.administration import WEBMAIL

pytestmark = pytest.mark.machines("webmail")

AUTHORITY = "/etc/ssl/administration/ca.crt"
MAIN = "systemctl show -P MainPID webmail.service"


@pytest.fixture
def name(administration: Administration) -> str:
    return administration.fqdn(WEBMAIL)


def curl(host: Host, machine: Machine, name: str, path: str, output: str, scheme: str = "https") -> str:
    """What curl says of an answer of this machine, its certificate verified."""
    return host.check_output(
        "curl --silent --show-error --max-time 60 --cacert %s --resolve %s --resolve %s --output /dev/null"
        " --write-out %s %s",
        *(AUTHORITY, f"{name}:443:{machine.address}", f"{name}:80:{machine.address}", output),
        f"{scheme}://{name}{path}",
    )


def test_its_login_is_served_to_strict_browsers(host: Host, machine: Machine, name: str) -> None:
    assert curl(host, machine, name, "/", "%{http_code}") == "200"
    headers = curl(host, machine, name, "/", "%{header_json}").lower()
    for header in ("strict-transport-security", "content-security-policy", "x-content-type-options", "x-frame-options"):
        assert f'"{header}"' in headers
    for said in ("default-src 'self'", "frame-ancestors 'self'", "form-action 'self'", "object-src 'none'"):
        assert said in headers
    for attribute in ("; secure", "; httponly", "; samesite=strict"):
        assert attribute in headers
    for hidden in ("x-powered-by", "roundcube/"):
        assert hidden not in headers


def test_clear_http_only_redirects(host: Host, machine: Machine, name: str) -> None:
    answer = curl(host, machine, name, "/?_task=mail", "%{http_code} %{redirect_url}", "http")
    assert answer == f"301 https://{name}/"


def test_no_file_but_those_of_pages_is_served(host: Host, machine: Machine, name: str) -> None:
    for path in (
        *("/config/config.inc.php", "/SQL/sqlite.initial.sql", "/bin/updatedb.sh", "/logs/errors.log", "/.htaccess"),
        *("/installer/index.php", "/plugins/password/password.php", "/plugins/administration/administration.php"),
        *("/index.php/x", "/check", "/unavailable.html", "/program/lib/Roundcube/bootstrap.php"),
    ):
        assert curl(host, machine, name, path, "%{http_code}") in ("403", "404"), path
    assert curl(host, machine, name, "/program/js/app.min.js", "%{http_code}") == "200"


def test_another_name_gets_no_answer(host: Host, machine: Machine, administration: Administration) -> None:
    refused = host.run(
        "openssl s_client -connect %s -servername %s -CAfile %s </dev/null",
        *(f"{machine.address}:443", administration.fqdn("nobody"), AUTHORITY),
    )
    assert "unrecognized name" in refused.stdout + refused.stderr


def test_its_processes_are_sandboxed(host: Host) -> None:
    verdict = host.check_output("systemd-analyze security --no-pager webmail.service").splitlines()[-1]
    assert float(verdict.partition(": ")[2].split()[0]) <= 2.0, verdict
    main = host.check_output(MAIN)
    assert host.check_output("stat -c %%U /proc/%s", main) == "webmail"
    assert host.run("nsenter --mount --target %s test -e /etc/shadow", main).rc == 1
    assert not host.service("php8.4-fpm").is_running


def test_it_finds_its_peers_without_dns(host: Host, administration: Administration) -> None:
    main = host.check_output(MAIN)
    for peer in (administration.running("mail")[0], *administration.running("directory")):
        found = host.check_output("nsenter --mount --target %s getent --service files hosts %s", main, peer.fqdn)
        assert found.split()[0] == str(peer.address)


def test_its_key_is_in_nobody_elses_reach(host: Host) -> None:
    for path in ("/etc/webmail/session_key", "/etc/webmail/people.json", "/etc/roundcube/config.inc.php"):
        assert host.run("runuser -u www-data -- cat %s", path).rc != 0, path
        assert host.run("runuser -u webmail -- test -w %s", path).rc != 0, path


def test_sessions_are_in_memory_and_the_database_is_sound(host: Host) -> None:
    assert host.check_output("stat --file-system --format %T /run/webmail/sessions") == "tmpfs"
    database = "/var/lib/webmail/roundcube.sqlite"
    assert host.check_output("stat -c '%U %a' /var/lib/webmail") == "webmail 700"
    ask = "runuser -u webmail -- sqlite3 -readonly %s %s"
    assert host.check_output(ask, database, "PRAGMA integrity_check") == "ok"
    assert host.check_output(ask, database, "PRAGMA journal_mode") == "wal"
    assert host.check_output(ask, database, "SELECT count(*) FROM session") == "0"
    assert host.check_output(ask, database, "SELECT value FROM system WHERE name = 'roundcube-version'")


def test_debians_upkeep_works_as_its_user(host: Host) -> None:
    for unit in ("roundcube-cleandb", "roundcube-gc"):
        assert host.service(f"{unit}.timer").is_running
        host.check_output("systemctl start %s.service", unit)
        assert host.check_output("systemctl show -P User %s.service", unit) == "webmail"
