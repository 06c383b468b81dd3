"""What is asked of a mail domain before mail itself: the settings of mail programs, and the MTA-STS policy.

Files that hold no person: what depends on who asks is replaced as they are served, and nothing is asked of a directory.
"""

from dataclasses import dataclass
from re import escape
from uuid import NAMESPACE_DNS, uuid5

from pyinfra import host
from pyinfra.operations import files

from inventory import mta_sts
from inventory.model import Administration
from inventory.model.administration import MESSAGERIE, WEBMAIL
from roles.common import config_file

FOLDER = "/etc/webmail/doors"
FILES = ("config-v1.1.xml", "outlook.xml", "profile.mobileconfig", "index.html", "mta-sts.txt")
DAV = "/dav/"  # of the webmail's name
PORT = 8143  # of this machine alone: files, to which nginx is its own proxy


@dataclass(frozen=True)
class Doors:
    """What the doors of every mail domain say."""

    administration: str  # its name
    domains: tuple[str, ...]
    server: str  # where people read and send
    webmail: str
    policy: str  # MTA-STS
    dav: str  # the address of calendars and contacts; "" where there are none
    folder: str = FOLDER
    port: int = PORT

    @property
    def domains_pattern(self) -> str:
        """Any of the domains, as a regular expression."""
        return "|".join(escape(domain).replace("\\-", "-") for domain in self.domains)

    @property
    def dav_host(self) -> str:
        """The name in the address of calendars."""
        return self.dav.partition("://")[2].partition("/")[0]

    def names(self, door: str) -> list[str]:
        """The names of a door: one in each domain."""
        return [f"{door}.{domain}" for domain in self.domains]

    def uuid(self, of: str) -> str:
        """The number of a part of a profile: the same for ever, so that a new profile replaces the old one."""
        return str(uuid5(NAMESPACE_DNS, f"{of}.{self.server}")).upper()


def doors_of(administration: Administration) -> Doors:
    """The doors of an administration."""
    return Doors(
        administration=administration.platform.administration,
        domains=administration.mail_domains,
        server=administration.fqdn(MESSAGERIE),
        webmail=administration.fqdn(WEBMAIL),
        policy=mta_sts.policy(administration),
        dav=f"https://{administration.fqdn(WEBMAIL)}{DAV}" if administration.running("dav") else "",
    )


def doors(wanted: Doors) -> None:
    """Ensure the files. nginx.conf has who gets which."""
    files.directory(name="webmail: folder of what mail programs ask", path=FOLDER)
    for name in host.loop(FILES):
        config_file(
            name=f"webmail: {name}",
            template=f"webmail/doors/{name}.j2",
            path=f"{FOLDER}/{name}",
            doors=wanted,
        )
