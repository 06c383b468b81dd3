"""All mail of a server that was lost comes back from where it could only be added: onto disks that are empty."""

from testinfra.host import Host

from inventory.model import Administration
from tests.conftest import connect
from tests.waiting import within

# A world of its own on the mail server: its disks of mail are empty there, but for what arrived since, and no service
# of mail runs. What is restored is seen by nobody else, and gone with the last process.
LOST = r"""
set -e
for disk in /srv /var/lib /var/spool; do mount -t tmpfs -o mode=755 tmpfs "$disk"; done
mkdir -p /srv/mail /srv/mail-journal /var/lib/mail-backup /var/lib/valkey /var/spool/postfix/hold /run/lost
mount -t tmpfs tmpfs /run/lost
chown vmail: /srv/mail
echo since >/var/lib/valkey/since
printf '#!/bin/sh\nexit 3\n' >/run/lost/systemctl && chmod 755 /run/lost/systemctl
PATH=/run/lost:$PATH restore-mail --all --at "$1"
test "$(stat -c %U:%a /srv/mail)" = vmail:700
test "$(cat /var/lib/valkey.before-*/since)" = since
cmp /var/lib/mail-backup/repository "$2"
doveadm fetch -u "$3" text SUBJECT "$4" | grep -q 'Contenu à retrouver'
doveadm -f tab mailbox status -A messages '*'
"""
NOW = "doveadm -f tab mailbox status -A messages '*' | sort"


def test_all_mail_comes_back_onto_empty_disks(hurtable: Administration, pair: tuple[str, str], tag: str) -> None:
    server = connect(hurtable, hurtable.running("mail")[0].name)
    message = f"From: essai@example.org\nSubject: {tag}\n\nContenu à retrouver.\n"
    server.check_output("printf %s | doveadm save -u %s", message, pair[0])

    def attempt() -> bool:
        """Mail that arrives between the backup and the count is no fault of the backup: it is made again."""
        before, then = counted(server), backed_up(server)
        if counted(server) != before:
            return False
        note = server.check_output("cp /var/lib/mail-backup/repository /run/lost-note; echo /run/lost-note")
        said = server.run(
            "unshare --mount --propagation private sh -c %s - %s %s %s %s", LOST, then, note, pair[0], tag
        )
        assert said.succeeded, said.stdout + said.stderr
        first, _, rest = said.stdout.partition("\n")
        assert first.startswith("all mail is as in the backup of"), first
        return sorted(rest.splitlines()) == before

    try:
        assert within(150, attempt)
    finally:
        server.run("rm -rf /run/lost /run/lost-note")


def counted(server: Host) -> list[str]:
    """How many messages each folder of each mailbox has."""
    return sorted(server.check_output(NOW).splitlines())


def backed_up(server: Host) -> str:
    """Make a backup that begins now; a moment after it."""
    server.check_output("while [ $(systemctl show -P ActiveState mail-backup) = activating ]; do sleep 0.3; done")
    server.check_output("systemctl start mail-backup.service")
    return server.check_output("date --iso-8601=seconds")
