"""A person opens the institution's share from a workstation with a Kerberos ticket; another ministry's stays shut."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from shlex import quote
from subprocess import CompletedProcess
from uuid import uuid4

import pytest

from inventory.model import Administration, Institution


@dataclass(frozen=True)
class Share:
    """A share, and who may do what with it."""

    name: str
    writers: frozenset[str]
    readers: frozenset[str]  # those who only read


def members(administration: Administration, institution: Institution, groups: list[str]) -> frozenset[str]:
    names = [f"{institution.institution}-{group}" for group in groups]
    return frozenset(login for name in names for login in administration.groups[name].members)


@pytest.fixture
def shares(administration: Administration) -> list[Share]:
    found = []
    for institution in administration.institutions.values():
        for name, share in institution.shares.items():
            writers = members(administration, institution, share.write)
            found.append(Share(name, writers, members(administration, institution, share.read) - writers))
    return found


@pytest.fixture
def tickets(workstation) -> Iterator[str]:
    """A private folder for tickets, gone with them after the test."""
    folder = workstation.run("mktemp -d -p /run").stdout.strip()
    yield folder
    workstation.run(f"rm -r {folder}")


Smb = Callable[..., CompletedProcess[str]]


@pytest.fixture
def smb(administration: Administration, workstation, password_of, tickets: str) -> Smb:
    """Log in as somebody and say something to a share; or, without a share, list those that can be seen."""
    server = administration.running("files")[0].fqdn

    def smb(login: str, share: str | None, say: str = "", options: str = "") -> CompletedProcess[str]:
        ticket = f"FILE:{tickets}/{login}"
        logged_in = workstation.run_stdin(f"klist -s -c {ticket} || kinit -c {ticket} {login}", password_of(login))
        assert logged_in.returncode == 0, logged_in.stderr
        what = f"//{server}/{share} -c {quote(say)}" if share else f"-g -L //{server}"
        return workstation.run(f"smbclient --use-kerberos=required --use-krb5-ccache={ticket} {options} {what}")

    return smb


def test_what_a_person_writes_a_colleague_reads_and_nobody_else(
    administration: Administration, shares: list[Share], smb: Smb
) -> None:
    everybody = {person.login for _, person in administration.people()}
    for share in shares:
        folder = f"journey-{uuid4().hex}"
        writer = min(share.writers)
        written = smb(writer, share.name, f"mkdir {folder}; cd {folder}; put /etc/os-release note; ls")
        assert written.returncode == 0, f"{writer}, {share.name}: {written.stdout}"
        assert " note " in written.stdout
        for reader in share.writers | share.readers:
            read = smb(reader, share.name, f"cd {folder}; get note -")
            assert "VERSION_CODENAME" in read.stdout, f"{reader}, {share.name}: {read.stdout}"
        for stranger in everybody - share.writers - share.readers:
            refused = smb(stranger, share.name, "ls")
            assert "NT_STATUS_ACCESS_DENIED" in refused.stdout, f"{stranger}, {share.name}: {refused.stdout}"
        assert smb(max(share.writers), share.name, f"deltree {folder}").returncode == 0


def test_who_only_reads_does_not_write(shares: list[Share], smb: Smb) -> None:
    cases = [(share, reader) for share in shares for reader in share.readers]
    assert cases, "no share of the inventory has people who only read it"
    for share, reader in cases:
        for attempt in ("put /etc/os-release note", "mkdir folder"):
            refused = smb(reader, share.name, attempt)
            assert "NT_STATUS_ACCESS_DENIED" in refused.stdout, f"{reader}, {share.name}: {refused.stdout}"


def test_a_person_sees_the_shares_that_the_person_may_open(
    administration: Administration, shares: list[Share], smb: Smb
) -> None:
    for _, person in administration.people():
        listed = smb(person.login, None).stdout.splitlines()
        seen = {line.split("|")[1] for line in listed if line.startswith("Disk|")}
        assert seen == {share.name for share in shares if person.login in share.writers | share.readers}


def test_who_made_a_file_does_not_open_it_to_others(
    administration: Administration, shares: list[Share], smb: Smb, workstation, tickets: str
) -> None:
    share, note = shares[0], f"journey-{uuid4().hex}"
    writer = min(share.writers)
    assert smb(writer, share.name, f"put /etc/os-release {note}").returncode == 0
    server = administration.running("files")[0].fqdn
    everyone = f"smbcacls --use-kerberos=required --use-krb5-ccache=FILE:{tickets}/{writer} //{server}/{share.name}"
    refused = workstation.run(f"{everyone} {note} -a 'ACL:Everyone:ALLOWED/0x0/FULL'")
    assert refused.returncode != 0
    assert "NT_STATUS_ACCESS_DENIED" in refused.stdout + refused.stderr
    assert smb(writer, share.name, f"rm {note}").returncode == 0


def test_a_password_without_kerberos_is_refused(
    administration: Administration, shares: list[Share], workstation, password_of
) -> None:
    login = min(shares[0].writers)
    server = administration.running("files")[0].fqdn
    command = f"smbclient --use-kerberos=off -U {login} //{server}/{shares[0].name} -c ls"
    refused = workstation.run_stdin(command, password_of(login))
    assert refused.returncode == 1
    assert "NT_STATUS_" in refused.stdout
