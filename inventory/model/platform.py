"""What all institutions share."""

from typing import Annotated

from pydantic import Field

from inventory.model.base import Address, Asn, DomainName, Identifier, Prefix, Reviewer, Strict, Text

Count = Annotated[int, Field(strict=True, ge=0)]


class MailPolicy(Strict):
    domains_under: list[DomainName] = Field(description="Domaines sous lesquels une institution a le sien (ex. gov.bf)")
    dkim_selector: Annotated[str, Field(pattern=r"^[a-z0-9]{1,30}$")]
    message_size_mib: Annotated[
        int, Field(strict=True, ge=1, le=200, description="Taille maximale d'un message, en Mio")
    ]


class Core(Strict):
    """A core router of RESINA: it serves the data centres that are attached to it."""

    router_id: Address
    serves: list[Identifier] = Field(default=[], description="Sites raccordés directement au cœur")


class Resina(Strict):
    asn: Asn
    cores: dict[Identifier, Core]


class Removals(Strict):
    """How much one run may remove; more takes a reason, which is recorded."""

    accounts: Count = Field(default=3, description="Comptes : toujours permis, si petite que soit l'administration")
    accounts_percent: Annotated[int, Field(strict=True, ge=0, le=100)] = Field(
        default=5, description="Comptes : au-delà, en pour cent de ceux qui existent"
    )
    shares: Count = Field(default=1, description="Partages")
    vlans: Count = Field(default=1, description="VLAN")
    records: Count = Field(default=10, description="Enregistrements DNS")

    def accounts_of(self, existing: int) -> int:
        """How many of so many accounts one run may remove."""
        return max(self.accounts, existing * self.accounts_percent // 100)


class Platform(Strict):
    """inventory/platform.yaml."""

    administration: Text
    realm: Annotated[str, Field(pattern=r"^([A-Z0-9-]+\.)+[A-Z]{2,}$", description="Royaume Kerberos, en majuscules")]
    workgroup: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{0,14}$", description="Nom NetBIOS du domaine")]
    prefixes: list[Prefix] = Field(description="Les adresses de l'administration")
    contact: Text
    reviewers: list[Reviewer] = Field(min_length=1, description="L'équipe de la plateforme (ex. @burkina/plateforme)")
    authors: list[Reviewer] = Field(default=[], description="Les comptes de l'équipe ; ils peuvent tout changer")
    removals: Removals = Removals()
    mail: MailPolicy
    resina: Resina

    @property
    def domain(self) -> str:
        """The DNS domain of the machines, and of Active Directory."""
        return self.realm.lower()

    @property
    def base_dn(self) -> str:
        return ",".join(f"DC={label}" for label in self.domain.split("."))
