"""What an account's person and the people who answer for the institution's computing read when mail is held."""

import smtplib
from email.message import EmailMessage
from email.utils import localtime, make_msgid

from .rules import Rules

ENTRY = ("127.0.0.1", 10587)  # what this server itself writes comes in there (master.cf)
LIMITS = {
    "per_hour": "{0.per_hour} messages par heure",
    "per_day": "{0.per_day} messages par jour",
    "recipients_per_day": "{0.recipients_per_day} destinataires par jour",
}
TO_OWNER = """\
Bonjour,

Votre compte {account} a dépassé sa limite d'envoi vers l'extérieur : {limit}.
Ce que vous envoyez au-delà n'est pas perdu : vos messages à des adresses extérieures sont retenus sur le serveur,
et ils partiront quand un opérateur de la messagerie les aura vus. Inutile de les envoyer de nouveau.
Le courrier entre les institutions de l'administration n'est pas concerné : il part comme d'habitude.

Si vous n'avez pas envoyé autant de messages, quelqu'un d'autre a peut-être votre mot de passe :
changez-le, et prévenez le service informatique de votre institution.

La messagerie
"""
TO_OTHERS = """\
Bonjour,

Le compte {account} a dépassé sa limite d'envoi vers l'extérieur : {limit}.
Ses messages à des adresses extérieures sont retenus sur le serveur de courrier, {held} au plus ; les suivants seront
refusés. Le courrier interne part comme d'habitude. La personne est prévenue.

- Si cet envoi est voulu (une invitation, une enquête) : demandez à l'équipe de la plateforme de libérer les messages.
- Sinon, le compte est peut-être volé : faites changer son mot de passe, puis demandez que les messages soient effacés.

Une limite plus haute, pour une personne ou un groupe, se dit sous « sending » dans mail.yaml de votre institution.

La messagerie
"""


def letters(account: str, limit: str, rules: Rules) -> list[EmailMessage]:
    """The notices of a period: to the account's person, then to the others who are told."""
    allowed = rules.accounts.get(account)
    if allowed is None:
        return []
    domain = account.rpartition("@")[2]
    words = {"account": account, "limit": LIMITS[limit].format(allowed), "held": allowed.held}
    written = [_letter([account], domain, "Vos envois vers l'extérieur sont retenus", TO_OWNER.format(**words))]
    others = [address for address in rules.told.get(domain, ()) if address != account]
    if others:
        subject = f"Les envois de {account} vers l'extérieur sont retenus"
        written.append(_letter(others, domain, subject, TO_OTHERS.format(**words)))
    return written


def _letter(recipients: list[str], domain: str, subject: str, text: str) -> EmailMessage:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = (
        f"Messagerie <postmaster@{domain}>",
        ", ".join(recipients),
        subject,
    )
    letter["Date"], letter["Message-ID"] = localtime(), make_msgid(domain=domain)
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(text)
    return letter


def post(written: list[EmailMessage]) -> None:
    """Hand notices to Postfix, from nobody: no answer comes back. A mailbox that refuses one has had its chance."""
    with smtplib.SMTP(*ENTRY, timeout=60) as client:
        for letter in written:
            try:
                client.send_message(letter, "", letter["To"].split(", "))
            except smtplib.SMTPRecipientsRefused as refused:
                if any(code // 100 == 4 for code, _ in refused.recipients.values()):
                    raise
                print(f"no notice to {letter['To']}: {refused.recipients}", flush=True)
