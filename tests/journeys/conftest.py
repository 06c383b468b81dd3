"""What journeys share: the mail programs of people."""

from tests.mail_programs import mail_server, pair, programs, tag, wanted

__all__ = ["mail_server", "pair", "programs", "tag", "wanted"]
