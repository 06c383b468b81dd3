"""Bring every mailbox of an institution from its old IMAP server into ours: `make import-mail`.

The table has a line for each mailbox, `address;old login;old password`; one of `*;login;password` is an account of the
old server that may read all mailboxes, and no other line needs a password then. It may be sealed with age. It goes to
the mail server over stdin: no password is in a command line, a file of the server or a journal. Run it again for what
came since.
Exits 0; 1 where anything did not come, which is said; 2 where nothing was begun.
"""

import argparse
import json
import re
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploys.backup import opened
from inventory.hosts import write_ssh_config
from inventory.model import Administration, InventoryError, load
from inventory.secrets import SecretError
from roles.mail.config import RECOVERABLE, config_of
from roles.mail.importing import COMMAND

SEALED = b"age-encryption.org/"
ALL = "*"  # who may read all mailboxes of the old server
RESERVED = (RECOVERABLE, "Partagés")  # folders that are not people's own here
PORTS = {False: 993, True: 143}  # with STARTTLS or not


class NotBegunError(Exception):
    """Why nothing was begun: one line each."""


@dataclass(frozen=True)
class Entry:
    """A mailbox, and who it was at the old server."""

    address: str
    login: str
    password: str


def main() -> int:
    parser = argparse.ArgumentParser(prog="deploys.import_mail", description=__doc__)
    parser.add_argument("--environment", default="lab")
    parser.add_argument("--institution", required=True)
    parser.add_argument("--from", dest="server", required=True, help="the old server: a name, or a name and a port")
    parser.add_argument("--table", required=True, help="a file, sealed with age or not; - is stdin, not sealed")
    parser.add_argument("--authority", type=Path, help="who vouches for the old server's certificate (PEM)")
    parser.add_argument("--starttls", action="store_true", help="143 and STARTTLS instead of 993")
    parser.add_argument("--jobs", type=int, default=4, help="mailboxes at a time")
    parser.add_argument("--rate", type=int, default=0, help="Mbit/s at most, all together; 0: no limit")
    parser.add_argument("--plan", action="store_true", help="say what would come, bring nothing")
    wanted = parser.parse_args()
    try:
        administration = load(wanted.environment)
        job = job_of(administration, wanted)
    except (InventoryError, SecretError, NotBegunError) as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{error.filename} : {error.strerror}", file=sys.stderr)
        return 2
    write_ssh_config(administration)
    machine = administration.running("mail")[0]
    line = ["ssh", "-F", str(administration.environment.ssh_config), machine.name]
    done = subprocess.run([*line, f"{COMMAND} {wanted.institution}"], input=json.dumps(job).encode(), check=False)
    return 0 if done.returncode == 0 else 1


def job_of(administration: Administration, wanted: argparse.Namespace) -> dict[str, Any]:
    """What the mail server is handed. Raises NotBegunError, SecretError, OSError."""
    if wanted.institution not in administration.institutions:
        there = ", ".join(administration.institutions)
        raise NotBegunError(f"INSTITUTION={wanted.institution} : il y a {there}")
    if not 1 <= wanted.jobs <= 16 or wanted.rate < 0:
        raise NotBegunError("JOBS= va de 1 à 16, RATE= est un nombre de Mbit/s")
    host, port = server_of(wanted.server, PORTS[wanted.starttls])
    name = "(stdin)" if wanted.table == "-" else wanted.table
    content = sys.stdin.buffer.read() if wanted.table == "-" else Path(wanted.table).read_bytes()
    if content.startswith(SEALED):
        if wanted.table == "-":
            raise NotBegunError("(stdin) : une table scellée se donne par son fichier, TABLE=table.age")
        content = opened(Path(wanted.table), administration.environment.age_identity)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotBegunError(f"{name} : n'est pas en UTF-8") from None
    domain = administration.institutions[wanted.institution].mail_domain
    served = config_of(administration, administration.running("mail")[0])
    boxes = [each.address for each in served.mailboxes] + [each.address for each in served.shared]
    addresses = [address for address in boxes if address.endswith(f"@{domain}")]
    master, entries = entries_of(text, name, addresses)
    if left := [address for address in addresses if address not in {entry.address for entry in entries}]:
        print(f"{name} : sans ligne, donc rien à faire venir : {', '.join(left)}", flush=True)
    return {
        "institution": wanted.institution,
        "host": host,
        "port": port,
        "starttls": wanted.starttls,
        "authority": certificates_of(wanted.authority) if wanted.authority else "",
        "master": master.login if master else "",
        "password": master.password if master else "",
        "jobs": wanted.jobs,
        "rate": wanted.rate * 125_000,
        "plan": wanted.plan,
        "reserved": RESERVED,
        "mailboxes": [{"address": each.address, "login": each.login, "password": each.password} for each in entries],
    }


def server_of(text: str, port: int) -> tuple[str, int]:
    """A name, and the port that it says or the usual one. Raises NotBegunError."""
    host, _, said = text.partition(":")
    if not host or (said and not said.isdigit()):
        raise NotBegunError(f"FROM={text} : écrire imap.ancien.example, ou imap.ancien.example:993")
    return host, int(said or port)


def certificates_of(path: Path) -> str:
    """Those of a file, without what else people wrote into it. Raises NotBegunError, OSError."""
    text = path.read_text(encoding="ascii", errors="replace")
    found = "\n".join(re.findall(f"{ssl.PEM_HEADER}.*?{ssl.PEM_FOOTER}", text, re.DOTALL))
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=found)
    except (ssl.SSLError, ValueError):
        raise NotBegunError(f"{path} : n'est pas un certificat (PEM)") from None
    return found


def entries_of(text: str, name: str, addresses: list[str]) -> tuple[Entry | None, list[Entry]]:
    """Who reads all at the old server, and the mailboxes. Raises NotBegunError with a line for each mistake."""
    lines = list(_lines(text))
    master = next((Entry(ALL, *fields[1:]) for _, fields in lines if fields[0] == ALL and len(fields) == 3), None)
    entries: dict[str, Entry] = {}
    mistakes = []
    for number, fields in lines:
        address, login, password = (*fields, "", "")[:3]
        wrong = (
            "écrire adresse;ancien identifiant;mot de passe"
            if len(fields) < 2 or not login
            else "il manque le mot de passe"
            if not password and (master is None or address == ALL)
            else f"« {address} » n'est pas une boîte de l'institution"
            if address not in (*addresses, ALL)
            else f"« {address} » a déjà une ligne"
            if address in entries
            else ""
        )
        if wrong:
            mistakes.append(f"{name}:{number} : {wrong}")
        else:
            entries[address] = Entry(address, login, password)
    entries.pop(ALL, None)
    if not entries and not mistakes:
        mistakes.append(f"{name} : aucune boîte")
    if mistakes:
        raise NotBegunError("\n".join(mistakes))
    return master, list(entries.values())


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that say something. A password may have a semicolon, and spaces at its ends."""
    for number, line in enumerate(text.splitlines(), 1):
        fields = line.split(";", 2)
        first = fields[0].strip().lower()
        if line.strip() and not first.startswith("#") and first != "adresse":
            yield number, [first, *(field.strip() for field in fields[1:2]), *fields[2:]]


if __name__ == "__main__":
    sys.exit(main())
