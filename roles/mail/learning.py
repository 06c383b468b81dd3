"""What people teach the filter: what they move to Indésirables is spam, what they take out of it is not."""

from pyinfra import host

from roles.common import config_file

SETTINGS = "/etc/dovecot/learning.conf"
PROGRAM = "/usr/local/libexec/learn"
RULES = "/etc/dovecot/sieve"
NAMES = ("learn-spam", "learn-ham")


def learning(owner: str, rspamd: str) -> None:
    """Ensure the rules, the program that they hand messages to, and the settings: dovecot.conf has them in it."""
    config_file(name="mail: what hands messages to learn over", template="mail/dovecot/learn", path=PROGRAM, mode="755")
    for name in host.loop(NAMES):
        config_file(name=f"mail: rule {name}", template=f"mail/dovecot/{name}.sieve", path=f"{RULES}/{name}.sieve")
    config_file(
        name="mail: how messages are learned",
        template="mail/dovecot/learning.conf.j2",
        path=SETTINGS,
        owner=owner,
        rspamd=rspamd,
        program=PROGRAM,
        rules=RULES,
    )
