"""A DHCP client that leaves its machine as it is: it asks as a desk would, and keeps nothing of what it is given.

A program for python3 on a machine of the lab, over ssh. A real client would take the address, and cut off the machine.
"""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

# Arguments: interface; "-" or the MAC address to ask with; "-" or the address to ask for again (INIT-REBOOT); what is
# done with a lease ("keep" or "release"). RFC 2131: what a client sends (table 5), what it is answered (4.3.1, 4.3.2).
CLIENT = """
import json, random, socket, struct, sys, time
nic, mac, again, after = sys.argv[1:5]
link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
link.bind((nic, 0x0800))
me = link.getsockname()[4] if mac == "-" else bytes.fromhex(mac.replace(":", ""))
xid, everybody, nobody = random.randbytes(4), b"\\xff" * 6, bytes(4)
DISCOVER, OFFER, REQUEST, ACK, NAK, RELEASE = 1, 2, 3, 5, 6, 7
WANTED = bytes([1, 3, 6, 15, 42, 51])

def checksum(data):
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    total = (total & 0xffff) + (total >> 16)
    return ~(total + (total >> 16)) & 0xffff

def send(kind, options, ciaddr=nobody, to=(everybody, b"\\xff" * 4)):
    flags = 0x8000 if ciaddr == nobody else 0  # answer to all: the machine does not have the address
    text = struct.pack(">BBBB4sHH4s12s16s192s", 1, 1, 6, 0, xid, 0, flags, ciaddr, b"", me, b"")
    text += bytes.fromhex("63825363") + bytes([53, 1, kind])
    text += b"".join(bytes([code, len(data)]) + data for code, data in options) + b"\\xff"
    udp = struct.pack(">HHHH", 68, 67, 8 + len(text), 0) + text
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, ciaddr, to[1])
    head = head[:10] + checksum(head).to_bytes(2, "big") + head[12:]
    link.send(to[0] + me + b"\\x08\\x00" + head + udp)

def answers(seconds):
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        link.settimeout(left)
        try:
            frame = link.recv(4096)
        except TimeoutError:
            return
        text = frame[14 + (frame[14] & 15) * 4 + 8:]
        if frame[23] != 17 or frame[14 + (frame[14] & 15) * 4:][:4] != b"\\x00\\x43\\x00\\x44" or text[4:8] != xid:
            continue
        options, rest = {}, text[240:]
        while rest and rest[0] != 255:
            options[rest[0]] = rest[2:2 + rest[1]] if rest[0] else b""
            rest = rest[2 + rest[1]:] if rest[0] else rest[1:]
        yield frame[6:12], text[16:20], options

def ask(kind, options, wanted):
    for _ in range(4):
        send(kind, options)
        for found in answers(2):
            if found[2][53][0] in wanted:
                return found
    print(json.dumps({"answer": "silence"}))
    sys.exit()

def dotted(data):
    return [".".join(map(str, data[at:at + 4])) for at in range(0, len(data or b""), 4)]

if again == "-":
    _, offered, offer = ask(DISCOVER, [(55, WANTED)], (OFFER,))
    router, given, options = ask(REQUEST, [(50, offered), (54, offer[54]), (55, WANTED)], (ACK, NAK))
else:
    router, given, options = ask(REQUEST, [(50, socket.inet_aton(again)), (55, WANTED)], (ACK, NAK))
if options[53][0] == ACK and after == "release":
    send(RELEASE, [(54, options[54])], ciaddr=given, to=(router, options[54]))
print(json.dumps({
    "answer": {ACK: "given", NAK: "refused"}[options[53][0]], "address": dotted(given)[0],
    "server": dotted(options[54])[0], "mask": dotted(options.get(1)), "gateways": dotted(options.get(3)),
    "names": dotted(options.get(6)), "time": dotted(options.get(42)), "domain": options.get(15, b"").decode(),
    "seconds": int.from_bytes(options.get(51, b""), "big"),
}))
"""


@dataclass(frozen=True)
class Lease:
    """What a client was told: "given", "refused", or "silence" where nobody answered."""

    answer: str
    address: str = ""
    server: str = ""
    mask: tuple[str, ...] = ()
    gateways: tuple[str, ...] = ()
    names: tuple[str, ...] = ()  # name servers
    time: tuple[str, ...] = ()
    domain: str = ""
    seconds: int = 0


def lease(
    ssh_config: Path, machine: str, interface: str = "eth0", mac: str = "-", again: str = "-", *, keep: bool = False
) -> Lease:
    """What DHCP gives on an interface of a machine, to its own card or another; `again` asks for a known address."""
    command = f"python3 - {interface} {mac} {again} {'keep' if keep else 'release'}"
    line = ["ssh", "-F", str(ssh_config), machine, command]
    done = subprocess.run(line, input=CLIENT, text=True, capture_output=True, timeout=60, check=True)
    said = {name: tuple(value) if isinstance(value, list) else value for name, value in json.loads(done.stdout).items()}
    return Lease(**said)
