"""What two servers say to each other: a line of JSON, and as many bytes after it as its "size" says."""

import json
import ssl
from pathlib import Path
from typing import Any, BinaryIO

SETTINGS = Path("/etc/mail-shadow/settings.json")
SPOOL = Path("/var/spool/postfix/shadow/spool")  # on the disk of the queue: a number that goes when it does
CERTIFICATES = Path("/etc/ssl/administration")
LONGEST_LINE = 256 * 2**20  # a list of a million copies is shorter; more is no peer of ours
LARGEST = 512 * 2**20  # bytes of a message; Postfix's own limit is far below

Said = dict[str, Any]


def say(there: BinaryIO, said: Said, content: bytes = b"") -> None:
    """Write one message."""
    there.write(json.dumps({**said, "size": len(content)}).encode() + b"\n")
    there.write(content)  # apart: it may be large
    there.flush()


def hear(there: BinaryIO) -> tuple[Said, bytes] | None:
    """Read one; None at the end. Raises ConnectionError of what is none, or is cut off."""
    line = there.readline(LONGEST_LINE)
    if not line:
        return None
    try:
        said = json.loads(line)
        size = int(said["size"])
    except (ValueError, KeyError, TypeError):
        raise ConnectionError("what was said is no message") from None
    if not 0 <= size <= LARGEST:
        raise ConnectionError("what was said is too large")
    content = there.read(size)
    if len(content) != size:
        raise ConnectionError("what was said was cut off")
    return said, content


def tls(server: bool, folder: Path = CERTIFICATES) -> ssl.SSLContext:
    """Both show the certificate of their machine, and believe the administration's authority alone."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(folder / "ca.crt")
    context.load_cert_chain(folder / "host.crt", folder / "host.key")
    return context
