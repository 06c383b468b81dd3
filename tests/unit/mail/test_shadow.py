"""Copies of messages: kept whole or not at all, dropped when they are needed no more, sent once."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from roles.mail.programs.shadow import keeper, peer, shadow, wire
from roles.mail.programs.shadow.addresses import Addresses, Lists
from roles.mail.programs.shadow.peer import AloneError, Peer
from roles.mail.programs.shadow.replay import Copy, copies, message_id, recipients
from roles.mail.programs.shadow.shadow import Shadow
from roles.mail.programs.shadow.store import Bounds, FullError, Store
from roles.mail.programs.shadow.watch import ADOPTED, ASK, Queue, Watch

NAME, OTHER = "1700000000000-4XyZ-00000001", "1700000000001-4XyA-00000002"
ENVELOPE = {"at": 1.0, "queue": "4XyZ", "door": "", "spool": "1", "from": "a@sante.bf", "to": ["b@sante.bf"]}
ROOM = Bounds(most=1000, free=0)


def test_a_copy_is_there_as_it_came_until_it_is_dropped(tmp_path: Path) -> None:
    store = Store(tmp_path / "mail1", ROOM)
    store.put(NAME, ENVELOPE, b"Subject: x\n\n\nbody\n")
    store.mark({NAME: {"held": True, "left": []}, OTHER: {"held": True}})
    assert dict(Store(tmp_path / "mail1").copies()) == {NAME: ENVELOPE}
    assert store.content(NAME) == b"Subject: x\n\n\nbody\n"
    assert (store.state(NAME), store.state(OTHER)) == ({"held": True, "left": []}, {})
    store.drop([NAME, OTHER])
    assert not list((tmp_path / "mail1").iterdir())


def test_what_a_power_cut_left_half_is_no_copy(tmp_path: Path) -> None:
    store = Store(tmp_path / "mail1")
    (store.folder / f".{NAME}").write_text("{")
    assert not list(store.copies())
    store.tidy()
    assert not list(store.folder.iterdir())


def test_copies_have_their_bounds_and_their_folder(tmp_path: Path) -> None:
    store = Store(tmp_path / "mail1", ROOM)
    store.put(NAME, ENVELOPE, b"x" * 900)
    with pytest.raises(FullError):
        store.put(OTHER, ENVELOPE, b"x" * 200)
    store.drop([NAME])
    store.put(OTHER, ENVELOPE, b"x" * 200)
    with pytest.raises(FullError):
        Store(tmp_path / "mail1", Bounds(free=2**60)).put(NAME, ENVELOPE, b"x")
    for name in ("../x", "", f"{NAME}\n", f"../{NAME}"):
        with pytest.raises(ValueError, match="no name"):
            store.put(name, ENVELOPE, b"")


def test_what_was_sent_from_here_is_told_until_it_is_withdrawn(tmp_path: Path) -> None:
    store = Store(tmp_path / "mail1")
    for queue in ("4a", "4b", "4c"):
        store.note_replayed(queue)
    store.forget_replayed(["4b"])
    assert store.replayed() == ["4a", "4c"]
    store.forget_replayed(["4a", "4c"])
    assert not list(store.folder.iterdir())


# When a copy goes.
def waiting(*left: str, queue: str = "active") -> Queue:
    return {"4XyZ": {"queue_name": queue, "recipients": [{"address": each} for each in left]}}


@pytest.fixture
def watch() -> Watch:
    found = Watch()
    found.add(NAME, "4XyZ", ("b@sante.bf",))
    return found


def never(_box: str) -> float:
    return 0.0


def test_what_is_being_taken_in_is_not_gone(watch: Watch) -> None:
    for at in range(10):
        assert watch.look({}, at, at, lambda _box: 1e9).drop == []


def test_a_copy_goes_once_its_message_and_the_copies_of_its_mailboxes_are_through(watch: Watch) -> None:
    watch.settle(NAME, 10)
    assert watch.look(waiting("b@sante.bf"), 11, 12, never).drop == []
    assert watch.look({}, 13, 14, lambda _box: 1e9).drop == []  # once may be on its way between two parts of the queue
    assert watch.look({}, 15, 16, lambda _box: 13.5).drop == []  # before it was missed: the copy may be without it
    assert watch.look({}, 17, 18, lambda _box: 14.5).drop == [NAME]
    watch.forget([NAME])
    assert len(watch) == 0


def test_a_number_that_was_missed_once_and_is_there_again_counts_anew(watch: Watch) -> None:
    watch.settle(NAME, 10)
    for at in (11, 15, 19):
        assert watch.look({}, at, at, lambda _box: 1e9).drop == []
        assert watch.look(waiting("b@sante.bf"), at + 2, at + 2, lambda _box: 1e9).drop == []


def test_a_mailbox_that_nobody_copies_is_asked_for_now_and_then(watch: Watch) -> None:
    watch.settle(NAME, 0)
    asked = [bool(watch.look({}, at, at, never).copy) for at in range(1, 100)]
    assert asked.count(True) == 98 // (ASK + 1)


def test_the_other_server_hears_how_far_a_message_is_that_stays(watch: Watch) -> None:
    marks = [watch.look(waiting("b@x.org"), at, at, never).mark for at in range(5)]
    assert marks == [{}, {}, {NAME: {"held": False, "left": ["b@x.org"]}}, {}, {}]
    held = watch.look(waiting("b@x.org", queue="hold"), 6, 6, never).mark
    assert held == {NAME: {"held": True, "left": ["b@x.org"]}}


def test_what_was_there_before_is_given_time_to_be_in_the_queue(watch: Watch) -> None:
    watch.adopt({NAME: ("4XyZ", ()), OTHER: ("4XyA", ())}, 100)
    for at in range(100, 100 + int(ADOPTED)):
        assert watch.look({}, at, at, never).drop == []
    rounds = [watch.look({}, 101 + ADOPTED + each, 101 + ADOPTED + each, never).drop for each in (0, 1)]
    assert rounds == [[], [OTHER]]  # the one that is being taken in is not


# Where a message goes.
LISTS = {
    "mailboxes": "# ours\na@sante.bf a@sante.bf\nb@sante.bf b@sante.bf\nbox@sante.bf a@sante.bf, b@sante.bf\n",
    "aliases": "all@sante.bf a@sante.bf, b@sante.bf\nold@avant.bf all@sante.bf\n",
    "copies": "box@sante.bf box+envoyes@sante.bf\n",
}


@pytest.fixture
def addresses(tmp_path: Path) -> Addresses:
    for name, text in LISTS.items():
        (tmp_path / name).write_text(text)
    return Lists(tmp_path)()


def test_addresses_are_followed_as_postfix_follows_them(addresses: Addresses) -> None:
    assert addresses.of("c@x.org", ["Old+x@Avant.bf", "c@x.org", "a@sante.bf"]) == (
        *("a+x@sante.bf", "b+x@sante.bf"),
        *("c@x.org", "a@sante.bf"),
    )
    assert addresses.of("box@sante.bf", ["c@x.org"]) == ("c@x.org", "box+envoyes@sante.bf")
    assert addresses.mailbox("A+x@sante.bf") == "a@sante.bf"
    assert addresses.mailbox("all@sante.bf") is None


def test_a_copy_that_is_dropped_while_they_are_read_is_none(tmp_path: Path) -> None:
    store = Store(tmp_path / "mail1")
    for name in (NAME, OTHER):
        store.put(name, ENVELOPE, b"Message-ID: <1@x>\n\nbody\n")
    read = store.content

    def content(name: str) -> bytes:
        if name == NAME:
            store.drop([name])
        return read(name)

    store.content = content  # type: ignore[method-assign]
    assert list(copies(store)) == [Copy(OTHER, ENVELOPE, {}, "<1@x>")]


@pytest.mark.parametrize(
    ("to", "state", "holds", "goes_to"),
    [
        (["a@sante.bf", "b@sante.bf"], {}, {"a@sante.bf"}, ["b@sante.bf"]),
        (["a@sante.bf"], {}, {"a@sante.bf"}, []),
        # Delivered, as far as is known, and not in the copy of the mailbox: it goes there.
        (["a@sante.bf"], {"left": ["c@x.org"]}, set(), ["a@sante.bf"]),
        (["c@x.org", "d@x.org"], {"left": ["C@x.org"]}, set(), ["c@x.org"]),
        (["c@x.org", "d@x.org"], {}, set(), ["c@x.org", "d@x.org"]),
    ],
)
def test_a_message_is_sent_to_who_may_not_have_it(addresses, to, state, holds, goes_to) -> None:
    copy = Copy(NAME, {**ENVELOPE, "to": to}, state, "<1@x>")
    assert recipients(copy, addresses, lambda box, _copy, _sent: box in holds) == goes_to


def test_what_waited_for_an_operator_waits_again() -> None:
    assert [Copy(NAME, {**ENVELOPE, "door": door}, state, "").held for door, state in (
        ("", {}), ("part", {}), ("part", {"held": False}), ("", {"held": True}),
    )] == [False, True, False, True]  # fmt: skip


def test_the_message_id_is_that_of_the_header() -> None:
    assert message_id(b"Subject: x\nMessage-Id:\n <1@x>\n\nMessage-ID: <2@x>\n") == "<1@x>"
    assert message_id(b"Subject: x\n\nMessage-ID: <2@x>\n") == ""


# What a message meets.
class Other:
    """A server that keeps copies, or does not."""

    def __init__(self, *_: object, why: str = "") -> None:
        self.name, self.why_alone, self.there = "mail2", why, {}

    def put(self, name: str, envelope: dict, _content: bytes) -> None:
        if self.why_alone:
            raise AloneError(self.why_alone)
        self.there[name] = envelope


@pytest.fixture
def accepting(addresses: Addresses, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shadow, "spool", lambda: "1")

    def make(why: str = "", **other: object) -> Shadow:
        monkeypatch.setattr(shadow, "Peer", lambda *_: Other(why=why))
        peers = {"mail2": {"fqdn": "mail2", "address": "192.0.2.2"}}
        return Shadow({"peers": peers, "port": 1, "required": False, "delivers": True, **other}, lambda: addresses)

    return make


def test_a_message_is_accepted_with_its_copy(accepting) -> None:
    found = accepting()
    name = found.keep(dict(ENVELOPE), b"body")
    assert found.peer.there == {name: ENVELOPE}
    assert (found.kept, found.alone, len(found.watch)) == (1, 0, 1)


def test_without_a_copy_it_is_accepted_or_waits_as_is_declared(accepting, capsys) -> None:
    flows = accepting("it is away")
    assert [flows.keep(dict(ENVELOPE), b"body") for _ in range(9)] == [None] * 9
    assert (flows.kept, flows.alone, len(flows.watch)) == (0, 9, 0)
    assert capsys.readouterr().out.count("on this server alone") == 1  # a line a minute, not one a message
    with pytest.raises(AloneError):
        accepting("it is away", required=True).keep(dict(ENVELOPE), b"body")


def test_what_was_kept_for_a_queue_that_is_gone_is_not_dropped(accepting, capsys) -> None:
    found = accepting()
    found._adopt({NAME: ENVELOPE, OTHER: {**ENVELOPE, "spool": "2"}})
    assert len(found.watch) == 1
    assert "1 copies of a queue that is gone" in capsys.readouterr().out


def test_a_queue_has_its_number_as_long_as_its_disk(tmp_path: Path) -> None:
    first = shadow.spool(tmp_path / "spool")
    assert shadow.spool(tmp_path / "spool") == first
    (tmp_path / "spool").unlink()
    assert shadow.spool(tmp_path / "spool") != first


def test_a_standby_waits_for_no_mailbox(accepting) -> None:
    assert accepting().boxes({**ENVELOPE, "to": ["all@sante.bf"]}) == ("a@sante.bf", "b@sante.bf")
    assert accepting(delivers=False).boxes(ENVELOPE) == ()


# Two servers.
def _certificates(folder: Path, name: str, authority: tuple[x509.Name, ec.EllipticCurvePrivateKey]) -> Path:
    issuer, signing = authority
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    ca = name == "ca"
    subject = issuer if ca else x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key((signing if ca else key).public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .sign(signing, hashes.SHA256())
    )
    there = folder / name
    there.mkdir()
    (there / "host.crt").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    forms = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (there / "host.key").write_bytes(key.private_bytes(*forms))
    (there / "ca.crt").write_bytes((folder / "ca" / "host.crt").read_bytes())
    return there


@pytest.fixture
def machines(tmp_path: Path) -> dict[str, Path]:
    authority = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ca")]), ec.generate_private_key(ec.SECP256R1())
    _certificates(tmp_path, "ca", authority)
    return {name: _certificates(tmp_path, name, authority) for name in ("localhost", "mail1", "app1")}


@contextmanager
def kept(store: Store, own: Path, port: int = 0) -> Iterator[int]:
    """A keeper at a port, until the end of the block; its connections break with it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keeper, "tls", lambda server: wire.tls(server, own))
        listening = socket.create_server(("127.0.0.1", port))
        connections: list[socket.socket] = []

        def serve() -> None:
            while True:
                try:
                    accepted, _ = listening.accept()
                except OSError:
                    return
                connections.append(accepted.dup())
                arguments = (accepted, {"mail1": {"fqdn": "mail1"}}, {"mail1": store})
                threading.Thread(target=keeper.attend, args=arguments, daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        try:
            yield listening.getsockname()[1]
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            listening.close()
            for each in connections:
                with suppress(OSError):  # it has ended
                    each.shutdown(socket.SHUT_RDWR)
                each.close()


LONG, SHORT = 20.0, 2.0  # seconds: what must come does on a busy machine too; what never comes is not waited for


def caller(machines: dict[str, Path], name: str, port: int, patch: pytest.MonkeyPatch, patience: float = LONG) -> Peer:
    patch.setattr(peer, "PATIENCE", patience)
    patch.setattr(peer, "tls", lambda server: wire.tls(server, machines[name]))
    return Peer("mail2", "localhost", "127.0.0.1", port, lambda _line: None)


def test_a_copy_is_on_the_other_server_when_it_says_so(machines, tmp_path, monkeypatch) -> None:
    store = Store(tmp_path / "store")
    with kept(store, machines["localhost"]) as port:
        other = caller(machines, "mail1", port, monkeypatch)
        with pytest.raises(AloneError, match="not asked yet"):
            other.put(NAME, ENVELOPE, b"body")
        assert other.probe()["copies"] == {}
        other.put(NAME, ENVELOPE, b"body")
        assert store.content(NAME) == b"body"
        large = b"0123456789abcde\n" * 2**17
        other.put(OTHER, ENVELOPE, large)
        assert store.content(OTHER) == large
        other.ask(do="drop", ids=[OTHER])
        other.ask(do="mark", states={NAME: {"held": True}})
        assert other.probe()["copies"] == {NAME: ENVELOPE}
        other.ask(do="drop", ids=[NAME])
        assert list(store.copies()) == []
        with pytest.raises(AloneError):
            other.ask(do="put", id="../x", envelope={})


def test_a_server_that_begins_anew_costs_no_copy_and_one_that_is_gone_no_time(machines, tmp_path, monkeypatch) -> None:
    store = Store(tmp_path / "store")
    with kept(store, machines["localhost"]) as port:
        other = caller(machines, "mail1", port, monkeypatch)
        other.probe()
        other.put(NAME, ENVELOPE, b"body")
    with kept(store, machines["localhost"], port):
        other.put(OTHER, ENVELOPE, b"body")
    assert [name for name, _ in store.copies()] == [NAME, OTHER]
    monkeypatch.setattr(peer, "PATIENCE", SHORT)
    began = time.monotonic()
    with pytest.raises(AloneError):
        other.put(NAME, ENVELOPE, b"body")
    took = time.monotonic() - began
    assert took < peer.PATIENCE + 10  # a busy machine
    for _ in range(100):
        with pytest.raises(AloneError):
            other.put(NAME, ENVELOPE, b"body")
    assert time.monotonic() - began - took < 10 * SHORT  # of two hundred that waiting would take


def test_a_server_without_room_is_left_alone_for_a_while(machines, tmp_path, monkeypatch) -> None:
    with kept(Store(tmp_path / "store", Bounds(most=1, free=0)), machines["localhost"]) as port:
        other = caller(machines, "mail1", port, monkeypatch)
        other.probe()
        with pytest.raises(AloneError, match="no room"):
            other.put(NAME, ENVELOPE, b"body")
        with pytest.raises(AloneError, match="asked again in"):
            other.probe()


def ask_without_certificate(authority: Path, port: int) -> None:
    context = ssl.create_default_context(cafile=str(authority))
    with (
        socket.create_connection(("127.0.0.1", port), 20) as raw,
        context.wrap_socket(raw, server_hostname="localhost") as stranger,
    ):
        stranger.sendall(b'{"do": "list", "size": 0}\n')
        stranger.recv(1)


def test_only_the_other_mail_server_is_heard(machines, tmp_path, monkeypatch) -> None:
    with kept(Store(tmp_path / "store"), machines["localhost"]) as port:
        with pytest.raises(AloneError):
            caller(machines, "app1", port, monkeypatch, SHORT).probe()
        with pytest.raises(ssl.SSLError, match="certificate required"):
            ask_without_certificate(machines["mail1"] / "ca.crt", port)


def test_who_pretends_to_be_the_other_server_gets_no_mail(machines, tmp_path, monkeypatch) -> None:
    with (
        kept(Store(tmp_path / "store"), machines["app1"]) as port,
        pytest.raises(AloneError, match="Hostname mismatch"),
    ):
        caller(machines, "mail1", port, monkeypatch, SHORT).probe()
