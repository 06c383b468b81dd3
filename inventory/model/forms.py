"""The forms that texts take: a pattern, what it asks for in words, and an example.

The editor shows them, and so does every refusal.
"""

from dataclasses import dataclass
from typing import Any

from pydantic import Field


@dataclass(frozen=True)
class Form:
    """A pattern, with its words in French and in English."""

    pattern: str
    french: str
    english: str
    example: str
    longest: int | None = None

    def field(self) -> Any:
        """What pydantic is told."""
        return Field(
            pattern=self.pattern, max_length=self.longest, description=self.french.capitalize(), examples=[self.example]
        )


IDENTIFIER = Form(
    r"^[a-z][a-z0-9-]{0,29}$",
    "identifiant de 30 caractères au plus : minuscules sans accent, chiffres, tirets",
    "an identifier of at most 30 characters: lower-case letters without accents, digits, hyphens",
    "mtdpce",
)
LOGIN = Form(  # what is before the @ of a mail address holds 64 characters (RFC 5321, 4.5.3.1.1)
    r"^[a-z][a-z0-9]*([.-][a-z0-9]+)*$",
    "nom de connexion, prenom.nom : minuscules sans accent, 64 caractères au plus",
    "a login, given.family: lower-case letters without accents, at most 64 characters",
    "awa.exemple",
    longest=64,
)
PERSON_ID = Form(  # employeeID holds 16 characters, and does not tell capitals apart (MS-ADA1 2.204)
    r"^[A-Z0-9][A-Z0-9-]{0,15}$",
    "identifiant stable d'une personne, son matricule : 16 capitales, chiffres et tirets au plus",
    "the stable identifier of a person: at most 16 capitals, digits and hyphens",
    "M1001",
)
DOMAIN = Form(
    r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$",
    "nom de domaine, en minuscules sans accent",
    "a domain name, in lower-case letters without accents",
    "sante.gov.bf",
    longest=253,
)
SUFFIX = Form(
    r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$",
    "fin de noms de domaine, sans point devant, en minuscules sans accent",
    "the end of domain names without a dot before it, in lower-case letters without accents",
    "bf",
    longest=253,
)
REVIEWER = Form(
    r"^@[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*$",
    "personne ou équipe de la forge : « @ » puis son nom, entre guillemets",
    "a person or team of the forge: '@' then its name, between quotes",
    "@burkina/dsi-sante",
    longest=100,
)
_SIXTEEN_BITS = r"(6553[0-5]|655[0-2]\d|65[0-4]\d\d|6[0-4]\d{3}|[1-5]\d{4}|[1-9]\d{0,3}|0)"
COMMUNITY = Form(
    rf"^{_SIXTEEN_BITS}:{_SIXTEEN_BITS}$",
    "communauté BGP : deux nombres de 0 à 65535, séparés par « : »",
    "a BGP community: two numbers from 0 to 65535 with ':' between them",
    "65000:200",
)
TEXT = Form(
    r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]+$",
    "une ligne de texte, de 1 à 200 caractères",
    "a line of text, of 1 to 200 characters",
    "Ministère de la Santé",
    longest=200,
)
NAME = Form(TEXT.pattern, TEXT.french, TEXT.english, "Exemple", longest=64)  # givenName, sn (MS-ADA1, MS-ADA3)
TITLE = Form(TEXT.pattern, TEXT.french, TEXT.english, "Directrice des ressources humaines", longest=128)  # title
INTERFACE = Form(
    r"^[A-Za-z0-9][A-Za-z0-9/.-]{0,39}$",
    "nom complet de l'interface, tel que l'équipement l'écrit",
    "the full name of the interface, as the device writes it",
    "GigabitEthernet1/0/1",
)
MAC = Form(  # of one card, so the lowest bit of its first byte is 0 (IEEE 802)
    r"^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$",
    "adresse MAC d'une carte réseau : six nombres hexadécimaux en minuscules, séparés par « : »",
    "the MAC address of a network card: six hexadecimal numbers in lower case with ':' between them",
    "02:00:5e:10:00:01",
)
END = Form(
    r"^[a-z][a-z0-9-]{0,29}(/[A-Za-z0-9][A-Za-z0-9/.-]{0,39})?$",
    "ce qui est au bout du câble : une machine, un équipement, ou commutateur/port",
    "what is at the end of the cable: a machine, a device, or switch/port",
    "ws1",
    longest=70,
)
MODEL = Form(
    r"^[a-z0-9][a-z0-9-]{0,29}$",
    "modèle d'équipement : minuscules, chiffres, tirets",
    "a model of a device: lower-case letters, digits, hyphens",
    "catalyst-2960x-24",
)
ROUTER_MODEL = Form(MODEL.pattern, MODEL.french, MODEL.english, "isr-4331")
VERSION = Form(
    r"^[0-9]+(\.[0-9]+)*$",
    "version : des nombres séparés par des points",
    "a version: numbers with dots between them",
    "1.0.0",
    longest=50,
)
WSGI = Form(
    r"^[a-z_][a-z0-9_.]*:[a-z_][a-z0-9_]*$",
    "l'objet WSGI, module:objet",
    "the WSGI object, module:object",
    "standin:app",
    longest=100,
)
READER = Form(
    r"^[a-z][a-z0-9-]*/[a-z][a-z0-9-]*$",
    "groupe d'une institution, institution/groupe",
    "a group of an institution, institution/group",
    "mtdpce/conseil",
    longest=61,
)
REALM = Form(
    r"^([A-Z0-9-]+\.)+[A-Z]{2,}$",
    "royaume Kerberos, en majuscules",
    "the Kerberos realm, in capitals",
    "INTRA.GOV.BF",
    longest=253,
)
WORKGROUP = Form(
    r"^[A-Z][A-Z0-9]{0,14}$",
    "nom NetBIOS du domaine : 15 majuscules et chiffres au plus",
    "the NetBIOS name of the domain: at most 15 capitals and digits",
    "GOUV",
)
AGE_KEY = Form(
    r"^age1[02-9ac-hj-np-z]{58}$",
    "clé publique age : age1…, 62 caractères",
    "an age public key: age1..., 62 characters",
    "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
)
SCOPES = Form(
    r"^[a-z0-9.*-]+$",
    "secrets, par leur nom ou avec * : institution-sante, institution-*",
    "secrets, by their name or with *: institution-sante, institution-*",
    "institution-sante",
    longest=100,
)
DAY = Form(
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "jour, AAAA-MM-JJ entre guillemets", "a day, YYYY-MM-DD in quotes", "2027-06-30"
)

BY_PATTERN = {
    form.pattern: form
    for form in (
        IDENTIFIER,
        LOGIN,
        PERSON_ID,
        DOMAIN,
        SUFFIX,
        REVIEWER,
        COMMUNITY,
        TEXT,
        INTERFACE,
        MAC,
        END,
        MODEL,
        VERSION,
        WSGI,
        READER,
        REALM,
        WORKGROUP,
        AGE_KEY,
        SCOPES,
        DAY,
    )
}
