"""A ministry or an institution: a folder with its people, groups and shares, each in a file. A DSI edits them."""

from hashlib import sha256
from typing import Annotated, Literal

from pydantic import Field

from inventory.model import forms
from inventory.model.base import Day, DomainName, Flag, Identifier, Login, PersonId, Reviewer, Strict, Text
from inventory.model.recipients import AgeKey
from inventory.model.sending import OtherLimits, Reach

AGENTS = "agents"  # the group of all the people of an institution; nobody declares it
REFUSE = "refuse"  # what becomes of the mail of somebody who left, where nobody takes it
FUNCTION = "fonction"  # the group fonction-dsi holds sante-dsi, and that of every other institution
LONGEST_ACCOUNT = 20  # sAMAccountName (MS-ADTS 3.1.1.8.1)

RetentionDays = Annotated[
    int,
    Field(strict=True, ge=1, le=36500, description="Jours où les données d'une personne partie sont gardées"),
]

QuotaGib = Annotated[int, Field(strict=True, ge=1, le=1000, description="Taille d'une boîte, en Gio")]


class Person(Strict):
    """Somebody who may log in, or who left."""

    id: PersonId = Field(
        description="Identifiant stable, unique dans l'administration : le matricule", examples=["M1001"]
    )
    login: Login
    given: Annotated[str, forms.NAME.field()] = Field(description="Prénom", examples=["Awa"])
    family: Annotated[str, forms.NAME.field()] = Field(description="Nom de famille", examples=["Exemple"])
    title: Annotated[str, forms.TITLE.field()] | None = Field(
        default=None, description="Fonction exercée", examples=["Directrice des ressources humaines"]
    )
    manager: Login | None = Field(
        default=None, description="Nom de connexion de la personne qui dirige", examples=["issa.modele"]
    )
    until: Day | None = Field(
        default=None,
        description="Dernier jour du compte, entre guillemets : il expire ensuite de lui-même",
        examples=["2027-06-30"],
    )
    left: Day | None = Field(
        default=None,
        description="Jour du départ, entre guillemets : le compte est bloqué au prochain déploiement",
        examples=["2027-06-30"],
    )
    mail_after: Login | None = Field(
        default=None,
        description="Après le départ : « refuse », ou le nom de connexion de qui reçoit le courrier",
        examples=["awa.exemple"],
    )

    formerly: list[Login] = Field(
        default=[],
        description="Anciens noms de connexion (un mariage) : le courrier de ces adresses arrive encore",
        examples=[["awa.ancienne"]],
    )

    @property
    def display_name(self) -> str:
        return f"{self.given} {self.family}"

    @property
    def account(self) -> str:
        """Their sAMAccountName: the login, or what twenty characters hold of it."""
        return account_of(self.login)


def account_of(login: str) -> str:
    """The sAMAccountName of a login, always the same: a long one is cut, and its hash tells it from others like it."""
    if len(login) <= LONGEST_ACCOUNT:
        return login
    return f"{login[:12].rstrip('.-')}-{sha256(login.encode()).hexdigest()[:7]}"


class Share(Strict):
    """A folder of the file server, open to groups of its own institution."""

    description: Text = Field(description="Ce que contient le partage", examples=["Dossiers du personnel"])
    write: list[Identifier] = Field(default=[], description="Groupes qui lisent et écrivent", examples=[["rh"]])
    read: list[Identifier] = Field(default=[], description="Groupes qui lisent", examples=[["agents"]])


class InstitutionFile(Strict):
    """institution.yaml: what it is, and who reviews its changes."""

    institution: Identifier = Field(description="Identifiant, égal au nom du dossier", examples=["sante"])
    kind: Literal["ministry", "institution"] = Field(description="Ministère ou institution", examples=["ministry"])
    name: Text = Field(description="Nom officiel", examples=["Ministère de la Santé"])
    mail_domain: DomainName = Field(description="Domaine de ses adresses de courriel", examples=["sante.gov.bf"])
    reviewers: list[Reviewer] = Field(
        min_length=1, description="Qui relit ses changements, sur la forge", examples=[["@burkina/dsi-sante"]]
    )
    authors: list[Reviewer] = Field(
        default=[], description="Qui propose des changements, par compte de la forge", examples=[["@mariam"]]
    )
    retention_days: RetentionDays | None = Field(
        default=None,
        description="Jours où les données d'une personne partie sont gardées ; sinon, ce que dit la plateforme",
        examples=[365],
    )


class PeopleFile(Strict):
    """people.yaml."""

    people: list[Person] = Field(
        description="Les personnes qui ont un compte",
        examples=[[{"id": "M1001", "login": "awa.exemple", "given": "Awa", "family": "Exemple"}]],
    )


Holders = Annotated[list[Login], Field(min_length=1)] | None


class Functions(Strict):
    """Who has which of the functions that every institution may have."""

    dsi: Holders = Field(
        default=None, description="Répondent de l'informatique : comptes, groupes, partages", examples=[["awa.exemple"]]
    )
    secretariat: Holders = Field(default=None, description="Tiennent le secrétariat", examples=[["awa.exemple"]])
    assistance: Holders = Field(
        default=None,
        description="Assistent les utilisateurs : peuvent changer le mot de passe d'une personne de l'institution",
        examples=[["awa.exemple"]],
    )

    @property
    def held(self) -> dict[str, list[str]]:
        """The logins of each function that somebody has."""
        return {name: logins for name, logins in self if logins}


class GroupsFile(Strict):
    """groups.yaml."""

    functions: Functions = Field(
        default=Functions(), description="Fonctions : nom, puis qui l'exerce", examples=[{"dsi": ["awa.exemple"]}]
    )
    groups: dict[Identifier, list[Login]] = Field(
        default={},
        description="Groupes : nom, puis des noms de connexion et des noms de groupes de l'institution",
        examples=[{"rh": ["awa.exemple"]}],
    )


class SharesFile(Strict):
    """shares.yaml."""

    shares: dict[Identifier, Share] = Field(
        description="Partages du serveur de fichiers",
        examples=[{"sante-rh": {"description": "Dossiers du personnel", "write": ["rh"]}}],
    )


class MailList(Strict):
    """An address that reaches many people."""

    members: list[Login] = Field(
        min_length=1,
        description="Noms de connexion, groupes, ou autres adresses de l'institution",
        examples=[["agents"]],
    )
    open: Flag = Field(
        default=False, description="true : le monde entier peut y écrire ; sinon, qui a un compte", examples=[True]
    )


class SharedMailbox(Strict):
    """A mailbox that people have together."""

    send: list[Identifier] = Field(
        min_length=1,
        description="Groupes qui y lisent, y rangent, et envoient en son nom",
        examples=[["secretariat"]],
    )
    read: list[Identifier] = Field(default=[], description="Groupes qui y lisent seulement", examples=[["agents"]])


class SharedCollection(Strict):
    """A calendar or an address book that people have together."""

    title: Text | None = Field(
        default=None, description="Nom montré ; sinon, celui de la clé", examples=["Réunions du conseil"]
    )
    write: list[Identifier] = Field(
        min_length=1, description="Groupes qui y lisent et y écrivent", examples=[["secretariat"]]
    )
    read: list[Identifier] = Field(default=[], description="Groupes qui y lisent seulement", examples=[["agents"]])


class Journal(Strict):
    """What an institution sends and receives is kept, sealed so that it takes two persons to read it."""

    keep_days: Annotated[int, Field(strict=True, ge=1, le=36500)] = Field(
        description="Jours où chaque message est gardé", examples=[1825]
    )
    institution: list[AgeKey] = Field(
        min_length=1,
        description="Clés publiques age de ceux qui lisent pour l'institution ; il en faut une, et une de « witness »",
        examples=[[forms.AGE_KEY.example]],
    )
    witness: list[AgeKey] = Field(
        min_length=1,
        description="Clés publiques age de ceux sans qui elle ne lit rien : un contrôle, une autre direction",
        examples=[[forms.AGE_KEY.example]],
    )


class MailFile(Strict):
    """mail.yaml."""

    quota_gib: QuotaGib | None = Field(
        default=None,
        description="Taille de la boîte de chaque personne, en Gio ; sinon, ce que dit la plateforme",
        examples=[5],
    )
    quotas_gib: dict[Login, QuotaGib] = Field(
        default={},
        description="Celle de certaines personnes : nom de connexion, puis Gio",
        examples=[{"awa.exemple": 20}],
    )
    aliases: dict[Login, list[Login]] = Field(
        default={},
        description="Adresses de plus : nom, puis qui reçoit ; le monde entier peut y écrire",
        examples=[{"contact": ["awa.exemple"]}],
    )
    lists: dict[Login, MailList] = Field(
        default={},
        description="Listes : nom, puis qui reçoit",
        examples=[{"tous": {"members": ["agents"]}}],
    )
    shared: dict[Login, SharedMailbox] = Field(
        default={},
        description="Boîtes partagées : nom, puis qui envoie et qui lit",
        examples=[{"courrier": {"send": ["secretariat"], "read": ["agents"]}}],
    )
    calendars: dict[Identifier, SharedCollection] = Field(
        default={},
        description="Agendas partagés : nom, puis qui y écrit et qui y lit",
        examples=[{"conseil": {"write": ["conseil"], "read": ["agents"]}}],
    )
    address_books: dict[Identifier, SharedCollection] = Field(
        default={},
        description="Carnets d'adresses partagés : nom, puis qui y écrit et qui y lit",
        examples=[{"partenaires": {"write": ["secretariat"], "read": ["agents"]}}],
    )
    reach: dict[Login, Reach] = Field(
        default={},
        description="Qui écrit où : groupe (« agents » : tous) ou personne, puis internal, national ou international",
        examples=[{"agents": "national", "awa.exemple": "international"}],
    )
    sending: dict[Login, OtherLimits] = Field(
        default={},
        description="Limites d'envoi vers l'extérieur : groupe (« agents » : tous) ou personne, puis ce qui change",
        examples=[{"awa.exemple": {"per_hour": 200, "per_day": 2000}}],
    )
    former_domains: dict[DomainName, Day] = Field(
        default={},
        description="Anciens domaines, et le dernier jour, entre guillemets, où leur courrier arrive encore",
        examples=[{"sante-publique.gov.bf": "2027-12-31"}],
    )
    journal: Journal | None = Field(
        default=None,
        description="Journal : tout message est gardé, scellé ; il faut deux personnes pour le lire",
        examples=[{"keep_days": 1825, "institution": [forms.AGE_KEY.example], "witness": [forms.AGE_KEY.example]}],
    )


class Institution(InstitutionFile, PeopleFile, GroupsFile, SharesFile, MailFile):
    """One folder of inventory/institutions: its files together."""

    @property
    def present(self) -> list[Person]:
        """Its people but those who left."""
        return [person for person in self.people if person.left is None]

    @property
    def all_groups(self) -> dict[str, list[str]]:
        """Everybody, then the functions, then the groups: who is written in each, logins and names of groups."""
        return {AGENTS: [person.login for person in self.people], **self.functions.held, **self.groups}

    def address_of(self, person: Person) -> str:
        """The mail address of one of its people."""
        return f"{person.login}@{self.mail_domain}"

    def former_addresses_of(self, person: Person) -> list[str]:
        """The addresses of the names that one of its people no longer has."""
        return [f"{login}@{self.mail_domain}" for login in person.formerly]
