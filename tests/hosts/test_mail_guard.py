"""Who guesses passwords from outside is shut out of mail for a time; who is inside never is."""

import json

import pytest
from testinfra.host import Host

from inventory.model import Administration, Machine
from tests.conftest import connect
from tests.waiting import within
from tests.world import World, world

__all__ = ["world"]
pytestmark = pytest.mark.machines("mail")

# As many wrong logins at a time as asked, by IMAP and by submission in turn, of nobody's account: none is locked.
GUESS = r"""
import imaplib, json, smtplib, socket, ssl, sys
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4
server, source, domain, count = sys.argv[1:]
tls = ssl.create_default_context()
tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE  # the world does not know our authority
class Imap(imaplib.IMAP4_SSL):
    def _create_socket(self, timeout):
        plain = socket.create_connection((self.host, self.port), 60, (source, 0))
        return self.ssl_context.wrap_socket(plain)
def guess(place):
    login, wrong = f"personne-{uuid4().hex[:8]}@{domain}", uuid4().hex
    try:
        if place % 2:
            with smtplib.SMTP_SSL(server, 465, timeout=60, context=tls, source_address=(source, 0)) as client:
                client.login(login, wrong)
        else:
            Imap(server, 993, ssl_context=tls, timeout=60).login(login, wrong)
    except Exception as error:
        return repr(error)
    return "logged in"
with ThreadPoolExecutor(int(count)) as pool:
    print(json.dumps(list(pool.map(guess, range(int(count))))))
"""
CONNECTS = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[3])), 20, (sys.argv[2], 0)).close()"
# A browser's login at the webmail, as the mail server sees it: who asks is said before the password.
THROUGH_THE_WEBMAIL = r"""
import imaplib, sys
server, browser, login = sys.argv[1:]
client = imaplib.IMAP4_SSL(server, timeout=60)
client.xatom("ID", f'("x-originating-ip" "{browser}")')
try:
    client.login(login, "faux")
except imaplib.IMAP4.error as error:
    print(error)
"""


def guess(desk: Host, server: Machine, source: str, domain: str, count: int) -> list[str]:
    """How so many wrong logins from an address of a machine end."""
    said: list[str] = json.loads(
        desk.check_output(
            "timeout 120 python3 -c %s %s %s %s %s", GUESS, str(server.address), source, domain, str(count)
        )
    )
    assert "logged in" not in said
    return said


def opens(desk: Host, server: Machine, source: str, port: int) -> bool:
    """Whether a port answers an address of a machine."""
    return bool(desk.run("python3 -c %s %s %s %s", CONNECTS, str(server.address), source, str(port)).rc == 0)


def test_who_guesses_from_outside_is_shut_out_and_others_are_not(
    host: Host, machine: Machine, administration: Administration, world: World
) -> None:
    guesser, other = world.address(150), world.address(151)
    domain, tries = administration.mail_domains[0], administration.platform.mail.guessing.tries

    def shut() -> bool:
        return guesser in host.check_output("nft list set inet mail_guard shut")

    try:
        assert within(30, lambda: opens(world.host, machine, guesser, 993))
        guess(world.host, machine, guesser, domain, tries)
        if not within(15, shut):  # one that a busy directory did not judge is no guess: it is made up for
            guess(world.host, machine, guesser, domain, tries)
        assert within(30, shut), host.run("mail-guard list").stdout
        # Shut for people's ports, not for the mail of whoever is behind the same address; and for that address alone.
        for port in (465, 587, 993, 4190):
            assert not opens(world.host, machine, guesser, port), port
            assert within(30, lambda port=port: opens(world.host, machine, other, port)), port  # type: ignore[misc]
        assert within(30, lambda: opens(world.host, machine, guesser, 25))
        # Nor does it come in through the webmail: its passwords are not even asked of the directory.
        login = f"personne@{domain}"
        through = ("timeout 60 python3 -c %s %s %s %s", THROUGH_THE_WEBMAIL, machine.fqdn, guesser, login)
        for web in (connect(administration, each.name) for each in administration.running("webmail")):
            assert within(30, lambda web=web: "Trop de mots de passe faux" in web.run(*through).stdout)  # type: ignore[misc]
        # Rules that are loaded anew forget it for a moment only.
        host.check_output("systemctl reload nftables")
        assert within(30, shut)
        # Nor does a guard that dies let anybody in.
        host.check_output("systemctl kill --signal KILL mail-guard.service")
        assert within(30, lambda: guesser in host.run("mail-guard list").stdout)
        assert not opens(world.host, machine, guesser, 993)
        assert "shut out" in host.check_output("journalctl -u mail-guard -g %s -n 1 -o cat", guesser)
        assert within(30, lambda: _shut_by_the_figures(host) >= 1)
        assert host.check_output("mail-guard open %s", guesser) == f"{guesser}: let in again"
        assert within(30, lambda: opens(world.host, machine, guesser, 993))
    finally:
        host.run("mail-guard open %s %s", guesser, other)


def _shut_by_the_figures(host: Host) -> int:
    """How many addresses are shut out, as a Prometheus is told."""
    lines = host.run("cat /run/mail-guard/figures").stdout.splitlines()
    return int(dict(line.rsplit(" ", 1) for line in lines).get("mail_guard_shut_addresses", 0))


def test_who_is_inside_is_never_shut_out(host: Host, machine: Machine, administration: Administration) -> None:
    (desk, *_) = administration.running("workstation")
    source, tries = str(desk.address), administration.platform.mail.guessing.tries
    guess(connect(administration, desk.name), machine, source, administration.mail_domains[0], tries + 2)
    assert source not in host.check_output("mail-guard list")
    assert within(30, lambda: opens(connect(administration, desk.name), machine, source, 993))


def test_only_dovecot_and_root_tell_the_guard(host: Host) -> None:
    ask = (
        "import http.client, sys; c = http.client.HTTPConnection('127.0.0.1', 4130, timeout=20); c.request('GET', '/')"
    )
    assert host.run("python3 -c %s", ask).succeeded
    for account in ("nobody", "vmail", "postfix"):
        assert host.run("runuser -u %s -- python3 -c %s", account, ask).failed, account


def test_the_guard_is_sandboxed(host: Host) -> None:
    verdict = host.check_output("systemd-analyze security --no-pager mail-guard.service").splitlines()[-1]
    assert float(verdict.partition(": ")[2].split()[0]) <= 2.5, verdict
