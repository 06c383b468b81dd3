"""Passwords: Dovecot is asked, as Postfix asks it. Remembered logins, delays and locks are those of mail.

A person is, for Radicale, their stable id: what is theirs has the same address whatever their name becomes.
"""

import secrets
import socket
import threading
from base64 import b64encode
from typing import Any

from radicale.auth import BaseAuth

from . import settings

SOCKET = "/run/dovecot/auth-dav"
PATIENCE = 60  # seconds: where no controller answers a login takes a while


class UnansweredError(Exception):
    """Nobody knows now whether a password is right: not that it is wrong, and the program that asks does it again."""


class Auth(BaseAuth):
    """Radicale's plugin."""

    def __init__(self, configuration: Any) -> None:
        super().__init__(configuration)
        self.client = threading.local()

    def get_external_login(self, environ: dict[str, Any]) -> tuple[()]:
        """Take down where the person is, for who asks next in this thread. Only the webmail's front reaches us."""
        self.client.address = environ.get("HTTP_X_REAL_IP") or environ.get("REMOTE_ADDR", "")
        return ()

    def _login(self, login: str, password: str) -> str:
        person = settings.present().ids.get(login.lower())
        if person is None or not password or "\0" in password:
            return ""
        return person if right(login.lower(), password, self.client.address) else ""

    def _sleep_for_constant_exec_time(self, time_ns_begin: int) -> None:
        """Nothing: Dovecot delays what is wrong, and mail-guard shuts out who guesses from outside."""


def right(login: str, password: str, client: str, path: str = SOCKET) -> bool:
    """Whether Dovecot says that a password is right (its authentication protocol, 1.2). Raises UnansweredError."""
    response = b64encode(f"\0{login}\0{password}".encode()).decode()
    asked = "\t".join(
        ["AUTH", "1", "PLAIN", "service=dav", "secured=tls", *([f"rip={client}"] if client else []), f"resp={response}"]
    )
    # A number of its own for each connection: of two with the same one Dovecot refuses the second.
    hello = f"VERSION\t1\t2\nCPID\t{secrets.randbelow(2**31 - 2) + 1}\n"
    try:
        with socket.socket(socket.AF_UNIX) as dovecot:
            dovecot.settimeout(PATIENCE)
            dovecot.connect(path)
            dovecot.sendall(hello.encode())
            with dovecot.makefile("rb") as said:
                while (line := said.readline()) != b"DONE\n":
                    if not line:
                        raise UnansweredError("Dovecot ended the conversation")
                dovecot.sendall(f"{asked}\n".encode())
                answer = said.readline().decode().rstrip("\n").split("\t")
    except OSError as error:
        raise UnansweredError(f"Dovecot: {error}") from error
    if answer[0] == "OK":
        return True
    if answer[0] != "FAIL" or "temp" in answer or "code=temp_fail" in answer:
        raise UnansweredError(f"Dovecot says {answer[0] or 'nothing'}")
    return False
