"""Mail while no controller answers: it comes in, goes out and is read by who had logged in; nobody else gets in."""

from contextlib import ExitStack
from uuid import uuid4

from testinfra.host import Host

from inventory.model import Administration
from roles.mail.logins import FOLDER
from tests.disturbances.controllers import Controllers
from tests.mail_programs import MailPrograms
from tests.waiting import within

OPENED = 'tell(opened=imap(given["login"]).select(readonly=True)[0])'
AWAY = 15  # seconds that a message or a login may take, on a machine that is busy with other things too

# The desk has lost its names too, so it goes by the address; the certificate is still the server's.
ALONE = """
asked = socket.getaddrinfo
socket.getaddrinfo = lambda name, *how, **more: asked(given["address"] if name == server else name, *how, **more)
one, other, absent = given["one"], given["other"], given["absent"]

def timed(ask):
    began = time.monotonic()
    return [ask(), time.monotonic() - began]

def opened():
    return imap(one).select(readonly=True)[0]

def refused(login, password):
    right, given["passwords"][login] = given["passwords"][login], password or given["passwords"][login]
    try:
        return imap(login, patience=0).state
    except imaplib.IMAP4.error as error:
        return str(error)
    finally:
        given["passwords"][login] = right

def from_elsewhere(recipient):
    client = smtplib.SMTP(server, 25, timeout=60)
    client.ehlo("somebody.example.org")
    client.mail("somebody@example.org")
    return client.rcpt(recipient)[0]

tell(login=timed(opened))
tell(sent=timed(lambda: send(one, other, letter(one, other, given["subject"]))[0]))
tell(own=timed(lambda: send(one, one, letter(one, one, given["subject"]))[0]))
client = imap(one)
tell(read=bool(until(lambda: found(client, "INBOX", "SUBJECT", given["subject"]))))
tell(wrong=refused(one, "certainly wrong"), forgotten=refused(other, ""))
tell(known=timed(lambda: from_elsewhere(one)), role=from_elsewhere(given["role"]), unknown=from_elsewhere(absent))
for number in found(client, "INBOX", "SUBJECT", given["subject"]):
    client.store(number, "+FLAGS", "\\\\Deleted")
client.expunge()
"""


def test_with_no_controller_mail_goes_on_and_afterwards_all_is_as_before(
    administration: Administration,
    controllers: Controllers,
    programs: MailPrograms,
    pair: tuple[str, str],
    mail_server: Host,
) -> None:
    one, other = pair
    domain = one.partition("@")[2]
    subject = f"alone-{uuid4()}"
    for login in pair:
        assert programs.run(OPENED, [login], login=login)["opened"] == "OK"
        assert mail_server.file(f"{FOLDER}/{login}").exists
    first, second = controllers.names
    with ExitStack() as away:
        away.enter_context(controllers.stopped(first))
        away.enter_context(controllers.cut_off(second))
        mail_server.check_output("rm %s", f"{FOLDER}/{other}")  # as if they had never logged in
        said = programs.run(
            ALONE,
            [one, other],
            one=one,
            other=other,
            absent=f"nobody.at.all@{domain}",
            role=f"postmaster@{domain}",
            address=str(administration.running("mail")[0].address),
            subject=subject,
        )
        print(said)
    assert (said["login"][0], said["sent"][0], said["own"][0], said["read"]) == ("OK", 250, 250, True)
    assert max(said[step][1] for step in ("login", "sent", "own", "known")) < AWAY, said
    assert "UNAVAILABLE" in said["wrong"]  # they are told so, not that their password is wrong
    assert "UNAVAILABLE" in said["forgotten"]
    assert (said["known"][0], said["role"], said["unknown"]) == (250, 250, 550)
    # Who could not log in does again, and has what came meanwhile.
    assert subject in programs.take(other, subject)
    assert within(60, lambda: mail_server.file(f"{FOLDER}/{other}").exists)
