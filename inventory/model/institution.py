"""A ministry or an institution: its people, groups and shares. A DSI edits this file."""

from typing import Literal

from pydantic import Field

from inventory.model.base import DomainName, Identifier, Login, Strict, Text

AGENTS = "agents"  # the group of all the people of an institution; nobody declares it


class Person(Strict):
    """Somebody who may log in."""

    login: Login
    given: Text = Field(description="Prénom")
    family: Text = Field(description="Nom de famille")

    @property
    def display_name(self) -> str:
        return f"{self.given} {self.family}"


class Share(Strict):
    """A folder of the file server, open to groups of its own institution."""

    description: Text = Field(description="Ce que contient le partage")
    write: list[Identifier] = Field(default=[], description="Groupes qui lisent et écrivent")
    read: list[Identifier] = Field(default=[], description="Groupes qui lisent")


class Institution(Strict):
    """One file of inventory/institutions."""

    institution: Identifier = Field(description="identifiant égal au nom du fichier : minuscules, chiffres, tirets")
    kind: Literal["ministry", "institution"] = Field(description="Ministère ou institution")
    name: Text = Field(description="Nom officiel")
    mail_domain: DomainName
    people: list[Person] = Field(description="Les personnes qui ont un compte")
    groups: dict[Identifier, list[Login]] = Field(
        default={}, description="Groupes : nom, puis la liste des noms de connexion"
    )
    shares: dict[Identifier, Share] = Field(default={}, description="Partages du serveur de fichiers")

    def address_of(self, person: Person) -> str:
        """The mail address of one of its people."""
        return f"{person.login}@{self.mail_domain}"
