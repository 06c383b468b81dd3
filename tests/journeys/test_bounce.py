"""What cannot be delivered comes back to who wrote it, in French, with the reason and with their message."""

from uuid import uuid4

from testinfra.host import Host

from roles.mail.config import MailConfig
from tests.mail_programs import MailPrograms

# A name that nobody has (RFC 6761), so the answer is there at once.
BACK = """
one, subject = given["one"], given["subject"]
said = send(one, "personne@nulle-part.invalid", letter(one, "personne@nulle-part.invalid", subject))
client = imap(one)
def ours():
    return [n for n in found(client, "INBOX", "FROM", "MAILER-DAEMON") if subject in text_of(client, n).as_string()]
back = until(ours)
message = text_of(client, back[0]) if back else email.message.EmailMessage()
parts = {part.get_content_type(): part for part in reversed(list(message.walk()))}
text = parts["text/plain"].get_content() if back else ""
tell(said=said[0], subject=str(message["Subject"]), sender=str(message["From"]), text=text, kinds=sorted(parts))
for number in back:
    client.store(number, "+FLAGS", "\\\\Deleted")
client.expunge()
"""


def test_a_message_to_nobody_comes_back_in_french(programs: MailPrograms, pair: tuple[str, str]) -> None:
    told = programs.run(BACK, [pair[0]], one=pair[0], subject=f"retour-{uuid4()}")
    assert told["said"] == 250
    assert told["subject"] == "Message non remis à son destinataire"
    assert "Service de courriel" in told["sender"]
    assert "n'a pas été remis" in told["text"]
    assert "<personne@nulle-part.invalid>" in told["text"]
    assert {"message/delivery-status", "message/rfc822"} <= set(told["kinds"]), told["kinds"]


def test_a_message_that_waits_is_announced_in_french(mail_server: Host, wanted: MailConfig) -> None:
    told = mail_server.check_output("postconf -b $(postconf -h bounce_template_file)")
    assert f"depuis plus de {wanted.delay_warning_hours} heure(s)" in told
    assert f"{wanted.queue_days} jour(s)" in told
    assert "mail system" not in told  # no text is the one that Postfix brings
    assert (
        mail_server.check_output("postconf -h maximal_queue_lifetime bounce_queue_lifetime").split()
        == [f"{wanted.queue_days}d"] * 2
    )
