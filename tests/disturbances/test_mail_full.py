"""The disks of mail fill: what was accepted waits, nothing is refused for good, and all comes in by itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from shlex import quote
from uuid import uuid4

import pytest
from testinfra.host import Host

from inventory.model import Administration
from roles.mail.config import STORE, MailConfig
from tests.disturbances.lab import Lab
from tests.disturbances.mail_load import forget
from tests.mail_programs import MailPrograms
from tests.waiting import within

QUEUE = "/var/spool/postfix"
SERVICES = {STORE: "dovecot", QUEUE: "postfix"}
# What Postfix keeps of messages; beside it are doors behind which others listen, who are not to notice.
MESSAGES = "active bounce corrupt defer deferred flush hold incoming maildrop saved trace"
FULL = "full"  # the file that takes the room
SMALL = r"""
set -e; folder=$1 room=$2; shift 2; before=/mnt/before$folder
test $# -gt 0 || set -- $(ls -A "$folder")
mkdir -p "$before"
mount --bind "$folder" "$before" && mount --make-private "$before"
size=$(cd "$before" && du -cm "$@" | tail -n 1 | cut -f1)
mount -t tmpfs -o size=$((size + room))m tmpfs "$folder"
chown --reference "$before" "$folder"; chmod --reference "$before" "$folder"
cd "$before"; cp -a "$@" "$folder"
for each in *; do
  test -e "$folder/$each" || { mkdir "$folder/$each" && mount --bind "$before/$each" "$folder/$each"; }
done
"""
BACK = r"""
set -e; folder=$1; shift; before=/mnt/before$folder
mountpoint -q "$before" || exit 0
if mountpoint -q "$folder"; then
  rm -f "$folder/full"
  test $# -gt 0 || set -- $(ls -A "$folder")
  for each in "$@"; do rm -rf "$before/$each"; cp -a "$folder/$each" "$before"; done
  umount -R "$folder"
fi
umount "$before"
cd /mnt && rmdir -p --ignore-fail-on-non-empty "before$folder"
"""
WAITS = 60  # seconds until mail that waited is in: it is tried again each 30 to 45

SENT = """
tell(said=[send(given["person"], given["colleague"], letter(given["person"], given["colleague"], subject), patience=0)
           for subject in given["subjects"]])
"""
COUNTED = """
client = imap(given["person"])
tell(times=[len(found(client, "INBOX", "SUBJECT", subject, readonly=True)) for subject in given["subjects"]])
"""
# A stranger who wants to hand a message over at port 25: the answer to MAIL.
STRANGER = """
client = smtplib.SMTP(server, 25, timeout=60)
client.ehlo()
client.starttls(context=tls)
client.ehlo()
tell(said=client.docmd("MAIL FROM:<someone@example.org>")[0])
"""


@pytest.fixture
def tag(mail_server: Host, pair: tuple[str, str]) -> Iterator[str]:
    word = f"plein{uuid4().hex[:12]}"
    yield word
    forget(mail_server, pair, word)


@contextmanager
def disks_of_their_own(lab: Lab, mail: str, rooms: dict[str, int]) -> Iterator[None]:
    """Each of these folders is on a small disk of its own, in memory, with so many MiB left; then on its own again."""
    services = " ".join(SERVICES[folder] for folder in rooms)
    on_it = {folder: MESSAGES if folder == QUEUE else "" for folder in rooms}

    def done(script: str, *arguments: str) -> str:
        return f"sh -c {quote(script)} sh {' '.join(arguments)}"

    small = [done(SMALL, folder, str(room), on_it[folder]) for folder, room in rooms.items()]
    back = [done(BACK, folder, on_it[folder]) for folder in rooms]
    try:
        lab.run(mail, f"systemctl stop {services} && {' && '.join(small)} && systemctl start {services}")
        yield
    finally:
        lab.run(mail, f"systemctl stop {services}; {' && '.join(back)} && systemctl start {services}")


def fill(lab: Lab, mail: str, folder: str) -> None:
    """No byte more fits."""
    lab.run(mail, f"mountpoint -q {folder} && ! dd if=/dev/zero of={folder}/{FULL} bs=64k status=none 2>/dev/null")


@pytest.mark.usefixtures("hurtable")
def test_full_disks_lose_nothing_and_refuse_nothing_for_good(
    administration: Administration, programs: MailPrograms, pair: tuple[str, str], wanted: MailConfig, tag: str
) -> None:
    person, colleague = pair
    mail, lab = administration.running("mail")[0].name, Lab(administration)
    people = {"person": person, "colleague": colleague}
    room = 6 * wanted.message_size_mib  # Postfix takes nothing in where less than four messages of full size fit

    def sent(*subjects: str) -> list[int]:
        return [code for code, _ in programs.run(SENT, [person], subjects=subjects, **people)["said"]]

    def there(subjects: list[str]) -> list[int]:
        times: list[int] = programs.run(COUNTED, [colleague], person=colleague, subjects=subjects)["times"]
        return times

    def waiting() -> str:
        return lab.run(mail, "postqueue -j")

    subjects = [f"{tag}-{number}" for number in range(4)]
    with disks_of_their_own(lab, mail, {STORE: 16, QUEUE: room}):
        assert within(60, lambda: sent(subjects[0]) == [250])  # both have just been started
        assert within(WAITS, lambda: there(subjects[:1]) == [1])

        fill(lab, mail, STORE)
        assert sent(*subjects[1:3]) == [250, 250]
        assert within(30, lambda: waiting().count("Internal error occurred") == 2), waiting()  # Dovecot said: later

        fill(lab, mail, QUEUE)
        assert sent(subjects[3]) == [452]
        assert programs.run(STRANGER, [])["said"] == 452

        lab.run(mail, f"rm {QUEUE}/{FULL}")
        assert sent(subjects[3]) == [250]  # who was told to try again
        assert there(subjects) == [1, 0, 0, 0]

        lab.run(mail, f"rm {STORE}/{FULL}")
        assert within(WAITS, lambda: there(subjects) == [1, 1, 1, 1]), waiting()
    assert within(60, lambda: there(subjects) == [1, 1, 1, 1])  # what came in is on the disk of before
