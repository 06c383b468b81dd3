"""Ask a name server over TCP, and ask again what it did not answer: one that takes up zones may close a connection."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from ipaddress import ip_address
from pathlib import Path
from socket import create_connection, socket, socketpair
from subprocess import DEVNULL, Popen

import dns.exception
import dns.message
import dns.query
import dns.rcode

from inventory.model import Administration, Machine
from roles.nameserver.served import Ask

PATIENCE = 15.0  # seconds until a server is said not to answer
ONE = 5.0  # seconds for one of its answers
SILENT = (OSError, EOFError, dns.exception.DNSException)  # how a connection fails, and what is no whole answer

Connect = Callable[[], AbstractContextManager[socket]]


@contextmanager
def direct(address: str, port: int = 53) -> Iterator[Ask]:
    """Ask a server at its address. Raises ValueError where that is none."""
    ip_address(address)
    with patient(lambda: create_connection((address, port), timeout=ONE)) as ask:
        yield ask


@contextmanager
def through(administration: Administration, machine: Machine) -> Iterator[Ask]:
    """Ask a machine of ours from itself: the DNS over the standard input and output of an ssh."""
    with patient(lambda: tunnel(administration, machine, 53)) as ask:
        yield ask


@contextmanager
def tunnel(administration: Administration, machine: Machine, port: int) -> Iterator[socket]:
    """A connection to a port of a machine of ours, made by the machine itself."""
    config: Path = administration.environment.ssh_config
    command = ["ssh", "-F", str(config), "-W", f"{machine.address}:{port}", machine.name]
    own, other = socketpair()
    with own, other, Popen(command, stdin=other.fileno(), stdout=other.fileno(), stderr=DEVNULL) as ssh:
        other.close()
        try:
            yield own
        finally:
            ssh.terminate()


@contextmanager
def patient(connect: Connect, patience: float = PATIENCE) -> Iterator[Ask]:
    """Ask over a connection, and over another one when it fails. Raises what the last one said once time is over."""
    connection = ExitStack()
    present: list[socket] = []

    def once(query: dns.message.Message) -> dns.message.Message:
        if not present:
            made = connection.enter_context(connect())
            made.setblocking(False)
            present.append(made)
        return dns.query.tcp(query, "", timeout=ONE, sock=present[0])

    def ask(query: dns.message.Message) -> dns.message.Message:
        deadline, pause = time.monotonic() + patience, 0.2
        while True:
            over = time.monotonic() + pause > deadline
            try:
                answer = once(query)
                if over or answer.rcode() != dns.rcode.SERVFAIL:  # it says so of a zone that is being taken up
                    return answer
            except SILENT:
                present.clear()
                connection.close()
                if over:
                    raise
            time.sleep(pause)
            pause *= 2

    with connection:
        yield ask
