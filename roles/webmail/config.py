"""What the webmail asks and shows, from the inventory."""

from base64 import b64encode
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import groupby

from inventory.model import Administration, Machine
from inventory.model.administration import DAV, MESSAGERIE, WEBMAIL

ROUNDCUBE = "/var/lib/roundcube"
SETTINGS = "/etc/webmail"
STATE = "/var/lib/webmail"
RUNTIME = "/run/webmail"
AUTHORITY = "/etc/ssl/administration/ca.crt"
PHP = "8.4"  # Debian 13's
USER = "webmail"
SCHEMA = "/usr/share/roundcube/SQL"


@dataclass(frozen=True)
class Correspondent:
    """Somebody who writes: the name that others read, and the shared addresses that they may write from."""

    address: str
    name: str
    senders: tuple[str, ...]


@dataclass(frozen=True)
class WebmailConfig:
    """One webmail."""

    server_name: str
    mail: str  # the name by which the mail server that people use is found
    servers: tuple[Machine, ...]  # those that may be it
    directory: tuple[Machine, ...]
    domain: str  # of the directory
    base: str  # where its people stand
    message_size_mib: int
    folders: Mapping[str, str]  # by their use (RFC 6154), as IMAP writes their names
    people: tuple[Correspondent, ...]
    dav: Machine | None  # who has calendars and contacts
    inside: tuple[str, ...]  # the prefixes from which it is used; none: from anywhere

    @property
    def peers(self) -> tuple[Machine, ...]:
        """All that it talks to."""
        return (*self.servers, *self.directory)


def config_of(
    administration: Administration, folders: Mapping[str, str], senders: Mapping[str, Collection[str]]
) -> WebmailConfig:
    """The webmail of an administration.

    `folders` are the names and uses that every mailbox has, `senders` who writes from which shared address.
    """
    platform = administration.platform
    return WebmailConfig(
        server_name=administration.fqdn(WEBMAIL),
        mail=administration.fqdn(MESSAGERIE),
        servers=tuple(administration.mail_servers),
        directory=tuple(administration.running("directory")),
        domain=platform.domain,
        base=f"OU=Institutions,{platform.base_dn}",
        message_size_mib=platform.mail.message_size_mib,
        folders={use: on_the_wire(name) for name, use in folders.items()},
        dav=next(iter(administration.running(DAV)), None),
        inside=() if platform.mail.roaming else tuple(str(prefix) for prefix in platform.prefixes),
        people=tuple(
            Correspondent(
                address=institution.address_of(person),
                name=person.display_name,
                senders=tuple(box for box, who in senders.items() if institution.address_of(person) in who),
            )
            for institution in administration.institutions.values()
            for person in institution.present
        ),
    )


def on_the_wire(folder: str) -> str:
    """The name of a folder in modified UTF-7 (RFC 3501, 5.1.3): Envoyés is Envoy&AOk-s."""
    runs = groupby(folder, key=lambda letter: " " <= letter <= "~")
    return "".join("".join(run).replace("&", "&-") if plain else f"&{_packed(''.join(run))}-" for plain, run in runs)


def _packed(text: str) -> str:
    return b64encode(text.encode("utf-16-be")).decode().rstrip("=").replace("/", ",")
