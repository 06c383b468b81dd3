"""A session that waits for mail has no process of its own: it wakes all the same, also after the server's reload."""

import subprocess

from testinfra.host import Host

from tests.mail_programs import MailPrograms
from tests.waiting import within

ASLEEP = 45  # seconds: it falls asleep after 15 without a word, unless mail comes

WAITS = r"""
client = imap(given["person"])
client.select("INBOX", readonly=True)
client.send(b"idle IDLE\r\n")
print("waits" if client.readline().startswith(b"+") else "refused", flush=True)
sys.stdin.readline()
client.send(b"DONE\r\n")
while (line := client.readline()) and not line.startswith(b"idle "):
    pass
print(line.decode().split()[1] if line else "closed", client.noop()[0], flush=True)
"""


def test_a_session_that_sleeps_wakes_after_a_reload(
    programs: MailPrograms, pair: tuple[str, str], mail_server: Host
) -> None:
    person = pair[0]
    line = ["ssh", "-F", programs.workstation.ssh_config, programs.workstation.name, programs.command(WAITS)]

    def asleep() -> bool:
        return f"{person} imap-hibernate" in " ".join(mail_server.check_output("doveadm -f tab who -1").split())

    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as session:
        assert session.stdin is not None
        assert session.stdout is not None
        try:
            session.stdin.write(programs.given([person], person=person))
            session.stdin.flush()
            assert session.stdout.readline() == "waits\n"
            assert within(ASLEEP, asleep)
            mail_server.check_output("systemctl reload dovecot")
            session.stdin.write("\n")
            session.stdin.flush()
            assert session.stdout.readline() == "OK OK\n"
        finally:
            session.kill()
