"""What the bench of mail does on the mail machine, where it is sent as it is: deliver, sessions, bare or away.

What it must know comes over stdin, passwords among it; what it found leaves over stdout. Both are JSON.
"""

import asyncio
import imaplib
import json
import os
import resource
import shutil
import signal
import smtplib
import ssl
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, cast

SCRATCH = Path("/srv/mail-bench")  # on the disk of the store and of the queue
SMTP, IMAP = 10125, 10143  # of the bare servers, on the loopback alone
PEOPLE = "bench.invalid"
LONGEST = 120  # seconds that a round of messages, or that all sessions may take
BODY = "Une ligne d'un message, comme on en lit chaque jour dans une administration.\r\n" * 60
STORAGE = ("mail_driver", "mail_path", "mail_fsync", "mail_compress_write_method")  # as on the server that is measured
POSTFIX = """\
compatibility_level = 3.10
queue_directory = {scratch}/spool
data_directory = {scratch}/data
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = bare.bench.invalid
mydestination =
virtual_mailbox_domains = {people}
virtual_mailbox_maps = static:here
virtual_transport = lmtp:unix:private/dovecot-lmtp
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
"""
SERVICES = """\
127.0.0.1:{smtp} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
showq unix n - n - - showq
"""
DOVECOT = """\
dovecot_config_version = 2.4.1
dovecot_storage_version = 2.4.1
base_dir = {scratch}/run
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
auth_allow_cleartext = yes
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service lmtp {{
  unix_listener {scratch}/spool/private/dovecot-lmtp {{
    user = postfix
    mode = 0600
  }}
}}
passdb static {{
  password = bench
}}
userdb static {{
  fields {{
    home = {scratch}/store/%{{user}}
  }}
}}
mail_uid = vmail
mail_gid = vmail
mail_plugins = mail_compress
{storage}
"""


def main() -> None:
    given = json.loads(sys.stdin.readline())
    said = {"deliver": deliver, "sessions": sessions, "bare": bare, "away": away}[sys.argv[1]](given)
    print(json.dumps(said), flush=True)


def bare(_: dict[str, Any]) -> dict[str, Any]:
    """Postfix and Dovecot's LMTP with the same storage, and nothing between them."""
    away({})
    for folder in ("spool", "data", "run", "store", "postfix"):
        (SCRATCH / folder).mkdir(parents=True)
    shutil.chown(SCRATCH / "data", "postfix")
    shutil.chown(SCRATCH / "store", "vmail")
    same = {name: _output("doveconf", "-h", name).strip() for name in STORAGE}
    names = {"scratch": SCRATCH, "people": PEOPLE, "smtp": SMTP, "imap": IMAP}
    storage = "\n".join(f"{name} = {value}" for name, value in same.items())
    (SCRATCH / "postfix/main.cf").write_text(POSTFIX.format(**names))
    (SCRATCH / "postfix/master.cf").write_text(SERVICES.format(**names))
    (SCRATCH / "dovecot.conf").write_text(DOVECOT.format(storage=storage, **names))
    for command in (
        ["postfix", "-c", str(SCRATCH / "postfix"), "start"],
        ["dovecot", "-c", str(SCRATCH / "dovecot.conf")],
    ):
        with (SCRATCH / "said").open("w") as said:  # a pipe would stay open with what goes on running
            ran = subprocess.run(command, stdout=said, stderr=said, check=False, timeout=60)
        if ran.returncode:
            sys.exit(f"{' '.join(command)}: {(SCRATCH / 'said').read_text()}")
    return same


def away(_: dict[str, Any]) -> dict[str, Any]:
    """End both, by the numbers that they wrote down, and take away what they had; also what a dead bench left."""
    for file in (SCRATCH / "run/master.pid", SCRATCH / "spool/pid/master.pid"):
        number = int(file.read_text()) if file.exists() else 0
        if number and str(SCRATCH).encode() in _of(number):
            os.kill(number, signal.SIGTERM)
            deadline = time.monotonic() + 20
            while Path(f"/proc/{number}").exists() and time.monotonic() < deadline:
                time.sleep(0.1)
    shutil.rmtree(SCRATCH, ignore_errors=True)
    return {"gone": not SCRATCH.exists()}


def _of(number: int) -> bytes:
    """What a process was started with: a number may be another's by now."""
    try:
        return Path(f"/proc/{number}/cmdline").read_bytes() + Path(f"/proc/{number}/environ").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def deliver(given: dict[str, Any]) -> dict[str, Any]:
    """Messages a second, from the first that is handed over until the last one is there over IMAP."""
    recipients: dict[str, str] = given["recipients"]  # addresses and passwords
    boxes = [_box(given, address, password) for address, password in recipients.items()]
    before = [_number(box) for box in boxes]
    clients = [_sender(given) for _ in range(given["senders"])]
    each = given["messages"] // given["senders"]
    addresses, failed = list(recipients), []

    def send(client: smtplib.SMTP, first: int) -> None:
        try:
            for number in range(first, first + each):
                recipient = addresses[number % len(addresses)]
                text = f"From: {given['person']}\r\nTo: {recipient}\r\nSubject: {given['tag']} {number}\r\n\r\n{BODY}"
                client.sendmail(given["person"], [recipient], text.encode())
        except (OSError, smtplib.SMTPException) as error:
            failed.append(str(error))

    threads = [threading.Thread(target=send, args=(client, n * each)) for n, client in enumerate(clients)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONGEST)
    accepted = time.monotonic() - began
    wanted = sum(before) + each * len(clients)
    while (there := sum(map(_number, boxes))) < wanted and time.monotonic() - began < LONGEST and not failed:
        time.sleep(0.05)
    took = time.monotonic() - began
    for client in clients:
        client.close()
    for box in boxes:
        box.logout()
    return {"rate": (there - sum(before)) / took, "accepted": accepted, "missing": wanted - there, "failed": failed}


def _sender(given: dict[str, Any]) -> smtplib.SMTP:
    if not given["tls"]:
        return smtplib.SMTP("127.0.0.1", SMTP, timeout=60)
    client = smtplib.SMTP_SSL(given["server"], 465, context=ssl.create_default_context(), timeout=60)
    client.user, client.password = given["person"], given["password"]  # type: ignore[attr-defined]
    client.ehlo()
    client.auth("PLAIN", client.auth_plain)
    return client


def _box(given: dict[str, Any], address: str, password: str) -> imaplib.IMAP4:
    if given["tls"]:
        box: imaplib.IMAP4 = imaplib.IMAP4_SSL(given["server"], ssl_context=ssl.create_default_context(), timeout=60)
    else:
        box = imaplib.IMAP4("127.0.0.1", IMAP, timeout=60)
    box.login(address, password)
    box.select("INBOX", readonly=True)
    return box


def _number(box: imaplib.IMAP4) -> int:
    """How many messages there are now."""
    box.noop()
    return int(cast(bytes, box.untagged_responses["EXISTS"][-1]))


def sessions(given: dict[str, Any]) -> dict[str, Any]:
    """So many logins at once, then as many more, all idle: seconds, and MiB."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return asyncio.run(_sessions(given))


async def _sessions(given: dict[str, Any]) -> dict[str, Any]:
    context = ssl.create_default_context()
    people = list(given["people"].items())
    failed: list[str] = []
    before = _memory()

    async def open_one(number: int) -> asyncio.StreamWriter | None:
        # A person may have some sessions from one address: each round of all people comes from another one.
        address, password = people[number % len(people)]
        source = f"127.0.1.{1 + number // (len(people) * given['each'])}"
        try:
            reader, writer = await asyncio.open_connection(
                given["server"], 993, ssl=context, ssl_handshake_timeout=LONGEST, local_addr=(source, 0)
            )
            await reader.readline()
            for step in (f'LOGIN {address} "{password}"', "SELECT INBOX"):
                writer.write(f"a {step}\r\n".encode())
                while not (said := await reader.readline()).startswith(b"a "):
                    if not said:
                        raise EOFError("closed")
                if not said.startswith(b"a OK"):
                    raise EOFError(said.decode())
            writer.write(b"b IDLE\r\n")
            await reader.readline()
        except (OSError, EOFError) as error:
            failed.append(f"{type(error).__name__}: {error}")
            return None
        return writer

    async def open_all(first: int, number: int) -> tuple[list[asyncio.StreamWriter], float]:
        began = time.monotonic()
        opening = [asyncio.create_task(open_one(n)) for n in range(first, first + number)]
        done, late = await asyncio.wait(opening, timeout=LONGEST)
        for task in late:
            task.cancel()
        took = time.monotonic() - began
        return [writer for task in done if (writer := task.result())], took

    storm, seconds = await open_all(0, given["storm"])
    more, _ = await open_all(given["storm"], given["idle"] - given["storm"])
    await asyncio.sleep(given["settle"])
    after = _memory()
    for writer in storm + more:
        writer.close()
    return {
        "storm": len(storm),
        "seconds": seconds,
        "idle": len(storm + more),
        "processes": after["processes"],
        "kernel": max(0, after["kernel"] - before["kernel"]),
        "failed": failed[:5],
    }


def _memory() -> dict[str, float]:
    """MiB: what Dovecot's processes have (what they share is counted once), and what the kernel has."""
    group = _output("systemctl", "show", "-P", "ControlGroup", "dovecot").strip()
    proportional = 0
    for each in _output("ps", "-eo", "pid=,cgroup=").splitlines():
        pid, _, where = each.strip().partition(" ")
        if group in where:
            try:
                lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            except (FileNotFoundError, ProcessLookupError):
                continue
            proportional += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    names = ("KernelStack", "PageTables", "SUnreclaim")
    meminfo = [line.split() for line in Path("/proc/meminfo").read_text().splitlines()]
    kernel = sum(int(line[1]) for line in meminfo if line[0].rstrip(":") in names)
    sockets = next(line.split() for line in Path("/proc/net/sockstat").read_text().splitlines() if line[:4] == "TCP:")
    pages = int(sockets[sockets.index("mem") + 1]) * resource.getpagesize() // 1024
    return {"processes": proportional / 1024, "kernel": (kernel + pages) / 1024}


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


main()
