"""What all institutions share."""

from typing import Annotated, Literal

from pydantic import Field

from inventory.model import forms
from inventory.model.base import Address, Asn, DomainName, Flag, Identifier, Prefix, Reviewer, Strict, Text
from inventory.model.building import Plan, Profile, Purpose, ReservedVlans
from inventory.model.institution import QuotaGib, RetentionDays
from inventory.model.sending import Limits, Reach

Count = Annotated[int, Field(strict=True, ge=0)]
Percent = Annotated[int, Field(strict=True, ge=0, le=100)]
Mark = Literal["ef", "af41", "af31", "af21", "af11"]


class KeptBackups(Strict):
    """How many backups of mail are kept: the last one of each hour, day, week and month that has one."""

    hourly: Annotated[int, Field(strict=True, ge=1, le=1000, description="Heures", examples=[48])] = 48
    daily: Annotated[int, Field(strict=True, ge=1, le=1000, description="Jours", examples=[35])] = 35
    weekly: Annotated[int, Field(strict=True, ge=0, le=500, description="Semaines", examples=[13])] = 13
    monthly: Annotated[int, Field(strict=True, ge=0, le=240, description="Mois", examples=[12])] = 12


class MtaSts(Strict):
    """What other mail servers are asked to do where ours offer no TLS, or a certificate of somebody else (RFC 8461)."""

    mode: Literal["none", "testing", "enforce"] = Field(
        default="testing",
        description="Si TLS échoue, les autres le signalent (testing), ne remettent pas (enforce), ou rien (none)",
        examples=["enforce"],
    )
    max_age_days: Annotated[int, Field(strict=True, ge=1, le=365)] = Field(
        default=7, description="Jours où ils s'en souviennent", examples=[7]
    )


class Guessing(Strict):
    """When an address outside is shut out of mail: how many different wrong logins, within what time, for how long."""

    tries: Annotated[int, Field(strict=True, ge=3, le=1000)] = Field(
        default=8, description="Mots de passe faux et différents après lesquels une adresse est exclue", examples=[8]
    )
    within_minutes: Annotated[int, Field(strict=True, ge=1, le=1440)] = Field(
        default=10, description="Minutes dans lesquelles ils comptent", examples=[10]
    )
    shut_minutes: Annotated[int, Field(strict=True, ge=1, le=1440)] = Field(
        default=60, description="Minutes d'exclusion ; le double à chaque récidive du jour", examples=[60]
    )


class MailPolicy(Strict):
    domains_under: list[DomainName] = Field(
        min_length=1, description="Domaines sous lesquels une institution a le sien", examples=[["gov.bf"]]
    )
    message_size_mib: Annotated[
        int, Field(strict=True, ge=1, le=200, description="Taille maximale d'un message, en Mio", examples=[25])
    ]
    active: Identifier | None = Field(
        default=None,
        description="Le serveur de courriel que l'on utilise (« make promote ») ; les autres se tiennent prêts",
        examples=["mail1"],
    )
    quota_gib: QuotaGib = Field(
        default=2, description="Taille d'une boîte, en Gio ; une institution peut dire autre chose", examples=[2]
    )
    quota_warnings_percent: list[Annotated[int, Field(strict=True, ge=1, le=99)]] = Field(
        default=[80, 95],
        description="À partir de quelle part de sa boîte une personne est avertie, en pour cent",
        examples=[[80, 95]],
    )
    recoverable_days: Annotated[int, Field(strict=True, ge=1, le=365)] = Field(
        default=30, description="Jours où ce qu'une personne efface peut encore être repris", examples=[30]
    )
    backups: KeptBackups = Field(
        default=KeptBackups(),
        description="Combien de sauvegardes sont gardées (« make prune-backups ») : par heure, jour, semaine, mois",
        examples=[{"hourly": 48, "daily": 35, "weekly": 13, "monthly": 12}],
    )
    remembered_login_hours: Annotated[int, Field(strict=True, ge=0, le=168)] = Field(
        default=12,
        description="Heures où, sans contrôleur, qui s'est connecté au courriel le peut encore ; 0 : jamais",
        examples=[12],
    )
    queue_days: Annotated[int, Field(strict=True, ge=1, le=30)] = Field(
        default=5, description="Jours où un message qui ne peut être remis l'est tenté, puis renvoyé", examples=[5]
    )
    delay_warning_hours: Annotated[int, Field(strict=True, ge=1, le=72)] = Field(
        default=4, description="Heures après lesquelles qui a écrit est averti que son message attend", examples=[4]
    )
    copies: Literal["when_possible", "required"] = Field(
        default="when_possible",
        description="Si l'autre serveur ne peut garder la copie d'un message : il passe quand même, ou il attend (451)",
        examples=["when_possible"],
    )
    resolvers: list[Address] = Field(
        default=[],
        description="Qui donne au courriel les noms d'ailleurs (DNSSEC vérifié) ; sinon, les contrôleurs",
        examples=[["192.0.2.53"]],
    )
    roaming: Flag = Field(
        default=False,
        description="Si les personnes lisent et envoient leur courriel d'ailleurs aussi (ports 465, 587, 993 et 4190)",
        examples=[True],
    )
    partners: dict[Identifier, list[Prefix]] = Field(
        default={},
        description="D'où écrivent les partenaires, par nom : leur courrier n'est jamais retardé",
        examples=[{"oms": ["192.0.2.0/24"]}],
    )
    national: list[Annotated[str, forms.SUFFIX.field()]] = Field(
        default=[],
        description="Fins des domaines qui sont dans le pays, pour qui n'écrit pas plus loin (« reach »)",
        examples=[["bf"]],
    )
    reach: Reach = Field(
        default="international",
        description="Jusqu'où on écrit ; une institution peut dire autre chose",
        examples=["international"],
    )
    sending: Limits = Field(
        default=Limits(),
        description="Ce qu'un compte envoie vers l'extérieur ; une institution peut dire autre chose",
        examples=[{"per_hour": 60, "per_day": 300}],
    )
    guessing: Guessing = Field(
        default=Guessing(),
        description="Quand une adresse extérieure qui essaie des mots de passe est exclue",
        examples=[{"tries": 8, "within_minutes": 10, "shut_minutes": 60}],
    )
    nat_ranges: dict[Identifier, list[Prefix]] = Field(
        default={},
        description="Adresses publiques derrière lesquelles sont des ministères, par nom : jamais exclues",
        examples=[{"sante": ["192.0.2.0/28"]}],
    )
    mta_sts: MtaSts = Field(
        default=MtaSts(),
        description="Ce que les autres serveurs font quand TLS vers les nôtres échoue (MTA-STS)",
        examples=[{"mode": "enforce", "max_age_days": 30}],
    )
    certificate_authorities: list[DomainName] = Field(
        default=[],
        description="Autorités publiques qui peuvent certifier un nom des domaines de courriel (CAA) ; sinon, aucune",
        examples=[["letsencrypt.org"]],
    )


class Core(Strict):
    """A core router of RESINA: it serves the data centres that are attached to it."""

    router_id: Address = Field(description="Identifiant du routeur (BGP)", examples=["10.255.0.1"])
    serves: list[Identifier] = Field(default=[], description="Sites raccordés directement au cœur", examples=[["dc"]])


class Bfd(Strict):
    """How fast a link that fails in silence is noticed: after `interval_ms` × `multiplier`."""

    interval_ms: Annotated[
        int, Field(strict=True, ge=10, le=60000, description="Intervalle entre deux signes de vie, en ms")
    ] = Field(default=50, examples=[50])
    multiplier: Annotated[int, Field(strict=True, ge=2, le=255, description="Combien peuvent manquer")] = Field(
        default=3, examples=[3]
    )


class Communities(Strict):
    """By which RESINA is told how much a way to a building is worth."""

    primary: Annotated[str, forms.COMMUNITY.field()]
    backup: Annotated[str, forms.COMMUNITY.field()]


class Marks(Strict):
    """How the packets of a building are marked on their way to RESINA; all others leave unmarked."""

    networks: dict[Identifier, Mark] = Field(
        default={}, description="Par nom de réseau, dans chaque bâtiment qui en a un", examples=[{"voice": "ef"}]
    )
    applications: dict[Identifier, Mark] = Field(
        default={}, description="Par application (la machine qui la sert)", examples=[{"e-cm": "af31"}]
    )


class Resina(Strict):
    asn: Asn
    bfd: Bfd = Field(
        default=Bfd(), description="Détection d'un lien mort", examples=[{"interval_ms": 50, "multiplier": 3}]
    )
    communities: Communities | None = Field(
        default=None,
        description="Communautés BGP des liens",
        examples=[{"primary": "65000:200", "backup": "65000:100"}],
    )
    marks: Marks = Field(
        default=Marks(), description="Priorité des paquets vers RESINA (DSCP)", examples=[{"networks": {"voice": "ef"}}]
    )
    cores: dict[Identifier, Core] = Field(
        description="Cœurs de RESINA, par nom", examples=[{"resina1": {"router_id": "10.255.0.1", "serves": ["dc"]}}]
    )


class Removals(Strict):
    """How much one run may remove; more takes a reason, which is recorded."""

    accounts: Count = Field(
        default=3, description="Comptes : toujours permis, si petite que soit l'administration", examples=[3]
    )
    accounts_percent: Percent = Field(
        default=5, description="Comptes : au-delà, en pour cent de ceux qui existent", examples=[5]
    )
    shares: Count = Field(default=1, description="Partages", examples=[1])
    vlans: Count = Field(default=1, description="VLAN", examples=[1])
    records: Count = Field(default=10, description="Enregistrements DNS", examples=[10])
    addresses: Count = Field(
        default=10, description="Boîtes, et alias : toujours permis, si petite que soit la liste", examples=[10]
    )
    addresses_percent: Percent = Field(
        default=5, description="Boîtes, et alias : au-delà, en pour cent de ceux qui existent", examples=[5]
    )

    def accounts_of(self, existing: int) -> int:
        """How many of so many accounts one run may remove."""
        return max(self.accounts, existing * self.accounts_percent // 100)

    def addresses_of(self, existing: int) -> int:
        """How many of so many mailboxes, or aliases, one run may remove."""
        return max(self.addresses, existing * self.addresses_percent // 100)


class Platform(Strict):
    """inventory/platform.yaml."""

    administration: Text = Field(description="Nom de l'administration", examples=["Burkina Faso"])
    realm: Annotated[str, forms.REALM.field()]
    workgroup: Annotated[str, forms.WORKGROUP.field()]
    prefixes: list[Prefix] = Field(
        min_length=1, description="Les adresses de l'administration", examples=[["10.0.0.0/8"]]
    )
    contact: Text = Field(description="Adresse de l'équipe de la plateforme", examples=["plateforme@mtdpce.gov.bf"])
    reviewers: list[Reviewer] = Field(
        min_length=1, description="L'équipe de la plateforme, sur la forge", examples=[["@burkina/plateforme"]]
    )
    authors: list[Reviewer] = Field(
        default=[], description="Les comptes de l'équipe ; ils peuvent tout changer", examples=[["@awa"]]
    )
    bastions: dict[Identifier, Address] = Field(
        default={},
        description="D'où travaillent les ingénieurs, dans un centre de données ; seules à joindre les commutateurs",
        examples=[{"bastion1": "10.10.10.10"}],
    )
    monitors: dict[Identifier, Address] = Field(
        default={},
        description="Ce qui, avec les bastions, peut lire l'état des commutateurs (SNMPv3)",
        examples=[{"surveillance1": "10.10.10.16"}],
    )
    radius: dict[Identifier, Address] = Field(
        default={},
        description="Les serveurs RADIUS, dans un centre de données, dans l'ordre où ils sont interrogés (802.1X)",
        examples=[{"radius1": "10.10.10.17"}],
    )
    removals: Removals = Field(
        default=Removals(), description="Ce qu'un seul passage peut retirer", examples=[{"accounts": 3, "shares": 1}]
    )
    retention_days: RetentionDays = Field(
        default=365, description="Jours où les données d'une personne partie sont gardées", examples=[365]
    )
    mail: MailPolicy = Field(
        description="Le courriel",
        examples=[{"domains_under": ["gov.bf"], "message_size_mib": 25}],
    )
    resina: Resina = Field(
        description="Le réseau national de l'administration",
        examples=[{"asn": 65000, "cores": {"resina1": {"router_id": "10.255.0.1"}}}],
    )
    purposes: dict[Identifier, Purpose] = Field(
        default={},
        description="Ce à quoi sert un réseau de bâtiment, par nom",
        examples=[{"users": {"vlan": 10, "pool": {"first": 100}}}],
    )
    plans: list[Plan] = Field(
        default=[],
        description="Où les réseaux sont dans le bloc d'un bâtiment, selon sa taille",
        examples=[[{"size": 20, "places": {"users": "0.0.0.0/22"}}]],
    )
    profiles: dict[Identifier, Profile] = Field(
        default={},
        description="Ce qu'un port de commutateur peut être, par nom",
        examples=[{"poste": {"mode": "access", "network": "users"}}],
    )
    reserved_vlans: ReservedVlans = Field(
        default=ReservedVlans(),
        description="VLAN qui ne sont à aucun réseau",
        examples=[{"quarantine": 999, "native": 998}],
    )

    @property
    def domain(self) -> str:
        """The DNS domain of the machines, and of Active Directory."""
        return self.realm.lower()

    @property
    def base_dn(self) -> str:
        return ",".join(f"DC={label}" for label in self.domain.split("."))
