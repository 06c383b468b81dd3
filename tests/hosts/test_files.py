"""The file servers: their place in the domain, and what a stranger gets (nothing)."""

from shlex import quote

import pytest
from testinfra.host import Host

from inventory.model import Machine

# What a client says first (MS-SMB2 2.2.3: dialect 3.1.1, which needs a hash in its context); prints the SecurityMode
# of the answer (2.2.4). smbclient cannot tell: it signs as soon as the server asks.
NEGOTIATE = """
import socket, struct, sys
header = struct.pack("<4sHHIHHIIQIIQ16s", b"\\xfeSMB", 64, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, b"")
request = struct.pack("<HHHHI16sIHHHxx", 36, 1, 1, 0, 0, b"", 104, 1, 0, 0x311)
context = struct.pack("<HHIHHH", 1, 6, 0, 1, 0, 1)
with socket.create_connection((sys.argv[1], 445), 5) as server:
    packet = header + request + context
    server.sendall(struct.pack(">I", len(packet)) + packet)
    print(struct.unpack_from("<H", server.recv(4096), 4 + 64 + 2)[0])
"""

pytestmark = pytest.mark.machines("files")


def test_the_domain_trusts_it(host: Host) -> None:
    assert host.run("wbinfo -t").rc == 0


def test_its_keys_are_of_aes_alone(host: Host) -> None:
    keys = [line for line in host.check_output("klist -ke /etc/krb5.keytab").splitlines() if "@" in line]
    assert keys
    assert [line for line in keys if "(aes" not in line] == []


def test_a_stranger_sees_no_share(host: Host, machine: Machine) -> None:
    refused = host.run(f"smbclient -N -L //{machine.fqdn}")
    assert refused.rc == 1
    assert "NT_STATUS_ACCESS_DENIED" in refused.stdout + refused.stderr


@pytest.mark.parametrize("dialect", ["NT1", "SMB2_10", "SMB3_02"])
def test_an_old_dialect_is_refused(host: Host, machine: Machine, dialect: str) -> None:
    # The client's own lower bound is put away, so that the refusal is the server's.
    old = f"smbclient --option='client min protocol=NT1' -m {dialect} -N -L //{machine.fqdn}"
    refused = host.run(old)
    assert refused.rc == 1
    assert "Protocol negotiation" in refused.stdout + refused.stderr


def test_it_requires_signed_packets(host: Host, machine: Machine) -> None:
    enabled, required = 0x1, 0x2
    assert host.check_output(f"python3 -c {quote(NEGOTIATE)} {machine.fqdn}") == str(enabled | required)


def test_the_kernel_refuses_too(host: Host) -> None:
    # Were smbd mistaken, a process of nobody's would still read nothing.
    assert host.run("runuser -u nobody -- ls /srv/shares/*/").rc != 0


def test_it_listens_to_smb_alone(host: Host, machine: Machine) -> None:
    sockets = host.check_output("ss -Hltnp").splitlines()
    ours = {line.split()[3] for line in sockets if '"smbd"' in line or '"nmbd"' in line}
    assert ours == {f"{machine.address}:445", "127.0.0.1:445"}
