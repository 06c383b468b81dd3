"""What somebody plugs in at a desk: frames that are sent from there, and what others hear of them.

Programs for python3 on the lab's machines, over ssh; arguments are an interface, then what each of them says.
What is sent:

    bpdu, inferior   of a bridge that would be the root of the spanning tree; of one that would not
    offer            of a DHCP server
    ack              of a DHCP server too: it gives an address to a host (`whose`)
    arp, tagged      the sender says that an address is its own; the same with a tag of VLAN 10
    macs             each frame from another address
    storm            broadcast
"""

import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

ETHERTYPE = 0x88B5  # IEEE 802 local experimental: nothing else sends it
LISTENED = 4  # seconds
NOBODYS = "10.20.10.66"  # an address in the desk's network that no host has

SEND = """
import errno, socket, struct, sys, time
nic, what, count, pause, address, whose = (*sys.argv[1:3], int(sys.argv[3]), float(sys.argv[4]), *sys.argv[5:])
link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
link.bind((nic, 0))
me, everybody, given = link.getsockname()[4], b"\\xff" * 6, socket.inet_aton(address)
def server(said):
    udp = struct.pack(">HHHH", 67, 68, 8 + len(said), 0) + said
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, bytes([10, 20, 10, 66]), b"\\xff" * 4)
    return everybody + me + b"\\x08\\x00" + ip + udp
def bpdu(root):
    return bytes.fromhex("0180c2000000") + me + b"\\x00\\x26BB\\x03" + bytes(5) + root * 8 + bytes(27)
ack = struct.pack(">4B24x4x", 2, 1, 6, 0)[:16] + given + bytes(8) + bytes.fromhex(whose).ljust(208, b"\\0")
ack += bytes.fromhex("63825363 350105 330400000e10 ff") + b"rogue"
arp = struct.pack(">HHBBH", 1, 0x0800, 6, 4, 1) + me + given + bytes(6) + bytes([10, 20, 10, 1])
for number in range(count):
    frame = {
        "bpdu": bpdu(b"\\x00"),
        "inferior": bpdu(b"\\xff"),
        "offer": server(b"rogue".ljust(20)),
        "ack": server(ack),
        "arp": everybody + me + b"\\x08\\x06" + arp + b"rogue".ljust(18),
        "tagged": everybody + me + b"\\x81\\x00\\x00\\x0a\\x08\\x06" + arp + b"rogue".ljust(18),
        "macs": b"\\x02\\x99" + bytes(4) + b"\\x02\\x66" + number.to_bytes(4, "big") + b"\\x88\\xb5" + bytes(46),
        "storm": everybody + me + b"\\x88\\xb5" + b"storm".ljust(46),
    }[what]
    try:
        link.send(frame)
    except OSError as error:
        # The switch shut the port, as it should: nobody hears the rest.
        if error.errno not in (errno.ENOBUFS, errno.ENETDOWN):
            raise
        break
    if pause:
        time.sleep(pause)
"""
COUNT = """
import socket, sys, time
link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
link.bind((sys.argv[1], 3))
link.settimeout(0.2)
word, end, heard = sys.argv[2].encode(), time.monotonic() + float(sys.argv[3]), 0
print("ready", flush=True)
while time.monotonic() < end:
    try:
        data, where = link.recvfrom(2048)
    except TimeoutError:
        continue
    heard += where[2] != 4 and word in data
print(heard)
"""


class Intruder:
    """Somebody at a desk of the lab, on an interface of a machine."""

    def __init__(self, ssh_config: Path, machine: str, interface: str) -> None:
        self.ssh_config, self.machine, self.interface = ssh_config, machine, interface

    def sends(
        self, what: str, count: int, pause: float = 0.0, address: str = NOBODYS, whose: str = "02:00:00:00:00:99"
    ) -> None:
        """So many frames; `address` is what `arp`, `tagged` and `ack` are about."""
        program = f"python3 - {self.interface} {what} {count} {pause} {address} {whose.replace(':', '')}"
        line = ["ssh", "-F", str(self.ssh_config), self.machine, program]
        subprocess.run(line, input=SEND, text=True, capture_output=True, timeout=60, check=True)

    @property
    def mac(self) -> str:
        """The address of its interface."""
        line = ["ssh", "-F", str(self.ssh_config), self.machine, f"cat /sys/class/net/{self.interface}/address"]
        return subprocess.run(line, capture_output=True, text=True, timeout=30, check=True).stdout.strip()

    def hears(self, word: str, act: Callable[[], None]) -> int:
        """How many frames with a word come to its interface while something is done."""
        line = ["ssh", "-F", str(self.ssh_config), self.machine, f"python3 - {self.interface} {word} {LISTENED}"]
        with _listening(line) as listener:
            act()
            said, _ = listener.communicate(timeout=60)
        return int(said.split()[-1])


@contextmanager
def _listening(line: list[str]) -> Iterator[subprocess.Popen[str]]:
    listener = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert listener.stdin is not None
    assert listener.stdout is not None
    try:
        listener.stdin.write(COUNT)
        listener.stdin.close()
        listener.stdin = None  # or communicate would flush it again
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(listener.stdout.readline).result(timeout=30).strip() == "ready"
        yield listener
    finally:
        listener.kill()
        listener.wait()
