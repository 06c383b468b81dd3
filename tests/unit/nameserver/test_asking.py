import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import dns.message
import dns.rcode
import pytest

from deploys.dns_asking import direct, patient

QUERY = dns.message.make_query("sante.gov.bf", "SOA")

# What a server does with a connection, in their order.
Turn = Callable[[socket.socket], None]


def closes(connection: socket.socket) -> None:
    connection.recv(2)


def says(rcode: dns.rcode.Rcode) -> Turn:
    def turn(connection: socket.socket) -> None:
        (length,) = struct.unpack("!H", connection.recv(2))
        answer = dns.message.make_response(dns.message.from_wire(connection.recv(length)))
        answer.set_rcode(rcode)
        connection.sendall(struct.pack("!H", len(answer.to_wire())) + answer.to_wire())

    return turn


@contextmanager
def serving(*turns: Turn) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            for turn in turns:
                connection, _ = server.accept()
                with connection:
                    connection.settimeout(10)
                    turn(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        thread.join(10)


def test_who_closes_the_first_connection_is_asked_again() -> None:
    with serving(closes, closes, says(dns.rcode.NOERROR)) as port, direct("127.0.0.1", port) as ask:
        assert ask(QUERY).rcode() == dns.rcode.NOERROR


def test_a_connection_that_dies_between_two_questions_is_made_anew() -> None:
    answers = says(dns.rcode.NOERROR)
    with serving(answers, answers) as port, direct("127.0.0.1", port) as ask:
        assert [ask(QUERY).rcode() for _ in range(2)] == [dns.rcode.NOERROR] * 2


def test_who_is_taking_up_a_zone_is_asked_again() -> None:
    def both(connection: socket.socket) -> None:
        says(dns.rcode.SERVFAIL)(connection)
        says(dns.rcode.REFUSED)(connection)

    with serving(both) as port, direct("127.0.0.1", port) as ask:
        assert ask(QUERY).rcode() == dns.rcode.REFUSED


def test_who_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with (
        patient(lambda: socket.create_connection(("127.0.0.1", port), timeout=1), patience=0.5) as ask,
        pytest.raises(ConnectionRefusedError),
    ):
        ask(QUERY)


def test_an_address_is_wanted() -> None:
    with pytest.raises(ValueError, match=r"ns1\.example"), direct("ns1.example"):
        pass
