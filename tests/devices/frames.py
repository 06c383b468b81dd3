"""Who hears whom on layer 2: one machine broadcasts frames, another listens on one of its interfaces."""

import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

SECONDS = 3
ETHERTYPE = 0x88B5  # IEEE 802 local experimental: nothing else sends it

SEND = """
import socket, sys, time
link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
link.bind((sys.argv[1], 0))
frame = b"\\xff" * 6 + link.getsockname()[4] + ({ethertype}).to_bytes(2, "big") + sys.argv[2].encode().ljust(46)
for _ in range({seconds} * 10):
    link.send(frame)
    time.sleep(0.1)
"""
LISTEN = """
import socket, sys, time
link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons({ethertype}))
link.bind((sys.argv[1], {ethertype}))
end = time.monotonic() + {seconds}
heard = False
while not heard and (left := end - time.monotonic()) > 0:
    link.settimeout(left)
    try:
        heard = sys.argv[2].encode() in link.recv(2048)
    except TimeoutError:
        pass
print("heard" if heard else "silence")
"""


@dataclass(frozen=True)
class End:
    """An interface of a machine."""

    machine: str
    interface: str


def heard_by(ssh_config: Path, sender: End, listeners: list[End]) -> list[End]:
    """Those of the listeners that hear what the sender broadcasts."""
    token = f"from {sender.machine}"

    def run(program: str, end: End) -> str:
        text = program.format(ethertype=ETHERTYPE, seconds=SECONDS)
        command = f"python3 - {end.interface} '{token}'"
        ssh = ["ssh", "-F", str(ssh_config), end.machine, command]
        return subprocess.run(ssh, input=text, capture_output=True, text=True, timeout=30, check=True).stdout.strip()

    with ThreadPoolExecutor() as pool:
        sending = pool.submit(run, SEND, sender)
        answers = list(pool.map(lambda end: run(LISTEN, end), listeners))
        sending.result()
    return [end for end, answer in zip(listeners, answers, strict=True) if answer == "heard"]
