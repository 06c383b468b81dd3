"""A login to LDAP with a Kerberos ticket and neither signature nor TLS: prints the result code of the bind (RFC 4511).

Run on a machine of the domain, with its own account: `python3 - HOST`. samba's own clients sign always.
"""

import socket
import sys

from samba import gensec
from samba.credentials import MUST_USE_KERBEROS, Credentials
from samba.param import LoadParm


def ber(tag: int, body: bytes) -> bytes:
    """X.690: lengths above 127 in their long form."""
    size = len(body)
    length = bytes([size]) if size < 128 else b"\x82" + size.to_bytes(2, "big")
    return bytes([tag]) + length + body


def parts(body: bytes) -> list[tuple[int, bytes]]:
    """The elements of a constructed one."""
    found = []
    while body:
        size, start = body[1], 2
        if size & 128:
            start += size & 127
            size = int.from_bytes(body[2:start], "big")
        found.append((body[0], body[start : start + size]))
        body = body[start + size :]
    return found


server = sys.argv[1]
lp = LoadParm()
lp.load_default()
credentials = Credentials()
credentials.guess(lp)
credentials.set_machine_account(lp)
credentials.set_kerberos_state(MUST_USE_KERBEROS)
client = gensec.Security.start_client({"lp_ctx": lp, "target_hostname": server})
client.set_credentials(credentials)
client.set_target_service("ldap")
client.set_target_hostname(server)
client.start_mech_by_sasl_name("GSSAPI")  # neither signature nor encryption is asked for

connection = socket.create_connection((server, 389), timeout=10)
code, answer = 14, b""  # saslBindInProgress
for number in range(1, 6):
    _, token = client.update(answer)
    sasl = ber(0xA3, ber(4, b"GSSAPI") + ber(4, token))
    bind = ber(0x60, ber(2, b"\x03") + ber(4, b"") + sasl)
    connection.sendall(ber(0x30, ber(2, bytes([number])) + bind))
    ((_, message),) = parts(connection.recv(65536))
    fields = parts(parts(message)[1][1])
    code = int.from_bytes(fields[0][1], "big")
    answer = next((value for tag, value in fields if tag == 0x87), b"")
    if code != 14:
        break
print(code, fields[2][1].decode(errors="replace"))
