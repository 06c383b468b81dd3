"""A ministry or an institution: a folder with its people, groups and shares, each in a file. A DSI edits them."""

from typing import Literal

from pydantic import Field

from inventory.model.base import DomainName, Identifier, Login, Reviewer, Strict, Text

AGENTS = "agents"  # the group of all the people of an institution; nobody declares it


class Person(Strict):
    """Somebody who may log in."""

    login: Login
    given: Text = Field(description="Prénom", examples=["Awa"])
    family: Text = Field(description="Nom de famille", examples=["Exemple"])

    @property
    def display_name(self) -> str:
        return f"{self.given} {self.family}"


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


class PeopleFile(Strict):
    """people.yaml."""

    people: list[Person] = Field(
        description="Les personnes qui ont un compte",
        examples=[[{"login": "awa.exemple", "given": "Awa", "family": "Exemple"}]],
    )


class GroupsFile(Strict):
    """groups.yaml."""

    groups: dict[Identifier, list[Login]] = Field(
        description="Groupes : nom, puis la liste des noms de connexion", examples=[{"rh": ["awa.exemple"]}]
    )


class SharesFile(Strict):
    """shares.yaml."""

    shares: dict[Identifier, Share] = Field(
        description="Partages du serveur de fichiers",
        examples=[{"sante-rh": {"description": "Dossiers du personnel", "write": ["rh"]}}],
    )


class Institution(InstitutionFile, PeopleFile, GroupsFile, SharesFile):
    """One folder of inventory/institutions: its files together."""

    def address_of(self, person: Person) -> str:
        """The mail address of one of its people."""
        return f"{person.login}@{self.mail_domain}"
