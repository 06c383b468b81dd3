"""What journeys share: the mail programs of people."""

from tests.dav_programs import calendar, dav, dav_server, reader, served, stranger, word, writer
from tests.mail_programs import mail_server, pair, programs, tag, wanted

__all__ = [
    "calendar",
    "dav",
    "dav_server",
    "mail_server",
    "pair",
    "programs",
    "reader",
    "served",
    "stranger",
    "tag",
    "wanted",
    "word",
    "writer",
]
