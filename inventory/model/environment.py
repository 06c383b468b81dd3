"""How the same administration is reached and fed in the lab and in production."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from inventory.model.base import Address, Flag, Identifier, Prefix, Strict, Text

Seconds = Annotated[int, Field(strict=True, ge=1, le=86400, description="Durée en secondes")]
Side = Annotated[int, Field(strict=True, ge=1, le=100)]
Minutes = Annotated[int, Field(strict=True, ge=1, le=120)]
Rest = Annotated[int, Field(strict=True, ge=0, le=3600)]


class Reach(Strict):
    """How an engineer's ssh gets to a machine."""

    user: Text = Field(description="Compte sur les machines", examples=["root"])
    identity: Path = Field(description="Clé privée ssh", examples=["~/.ssh/id_ed25519"])
    known_hosts: Path = Field(
        description="Clés des machines ; une clé inconnue est refusée", examples=["inventory/production/known_hosts"]
    )
    proxy_jump: Text | None = Field(default=None, description="Bastion", examples=["bastion.intra.gov.bf"])
    proxy_command: Text | None = Field(
        default=None,
        description="Commande qui mène à une machine ; {name} : la machine",
        examples=["ip netns exec lab-{name} socat - TCP:127.0.0.1:22"],
    )
    device_proxy_command: Text | None = Field(
        default=None,
        description="Commande qui mène d'un bastion à un équipement, à son adresse {address}",
        examples=["ip netns exec lab-bastion1 socat - TCP:{address}:22"],
    )
    console_proxy_command: Text | None = Field(
        default=None,
        description="Commande qui mène en ssh à un équipement {name} par un autre chemin que son réseau",
        examples=["ip netns exec lab-{name} socat - TCP:127.0.0.2:22"],
    )
    answered_within: Seconds = Field(default=60, description="Temps laissé à une question, en secondes", examples=[60])
    changed_within: Seconds = Field(
        default=900, description="Temps laissé à un changement, en secondes", examples=[900]
    )


class Mirror(Strict):
    """Where machines fetch Debian packages."""

    debian: Text = Field(description="Paquets Debian", examples=["http://mirror.intra.gov.bf/debian"])
    security: Text = Field(
        description="Mises à jour de sécurité", examples=["http://mirror.intra.gov.bf/debian-security"]
    )
    virus_signatures: Text | None = Field(
        default=None,
        description="Signatures de virus (ClamAV) ; sans elles, seules celles de l'administration",
        examples=["http://mirror.intra.gov.bf/clamav"],
    )


class DeviceChanges(Strict):
    """How switches and routers are changed: the canary, then one of each site, then the rest."""

    canary: Identifier | None = Field(
        default=None,
        description="L'équipement changé avant les autres ; sans lui, le premier du premier site",
        examples=["sw1"],
    )
    at_once: Side = Field(default=20, description="Équipements traités en même temps, en tout", examples=[20])
    per_site: Side = Field(default=2, description="Équipements d'un même site en même temps", examples=[2])
    pause: Rest = Field(
        default=0, description="Repos d'un site entre deux équipements changés, en secondes", examples=[5]
    )
    revert_after: Minutes = Field(
        default=5, description="Un équipement défait un changement non confirmé après tant de minutes", examples=[5]
    )


class World(Strict):
    """The world outside, where an environment plays it: one machine with many addresses, beside RESINA's cores."""

    machine: Identifier = Field(description="La machine qui joue le reste du monde", examples=["outside1"])
    prefix: Prefix = Field(
        description="Ses adresses : la première est à RESINA, la deuxième à la machine", examples=["198.18.0.0/24"]
    )
    resolvers: list[Address] = Field(
        min_length=1, description="Ses résolveurs, au lieu de ceux de « mail: resolvers »", examples=[["198.18.0.53"]]
    )
    root_anchor: Path = Field(
        description="Clé de la racine du DNS joué (DNSSEC)", examples=[".cache/lab/world/root.key"]
    )
    authority: Path = Field(
        description="Certificat de son autorité publique", examples=[".cache/lab/world/authority.crt"]
    )


class Environment(Strict):
    """One file of inventory/environments."""

    environment: Identifier = Field(description="Identifiant, égal au nom du fichier", examples=["production"])
    reach: Reach = Field(
        description="Comment ssh atteint une machine",
        examples=[{"user": "root", "identity": "~/.ssh/id_ed25519", "known_hosts": "inventory/production/known_hosts"}],
    )
    mirror: Mirror = Field(
        description="D'où viennent les paquets Debian",
        examples=[
            {"debian": "http://mirror.intra.gov.bf/debian", "security": "http://mirror.intra.gov.bf/debian-security"}
        ],
    )
    secrets: Path = Field(
        description="Dossier des fichiers chiffrés par age, un par portée", examples=["inventory/production/secrets"]
    )
    age_identity: Path = Field(description="Clé privée age", examples=["~/.config/administration/age.txt"])
    certificates: Path = Field(
        description="Dossier de ca.crt et de <machine>.crt", examples=["inventory/production/certificates"]
    )
    artifacts: Path = Field(description="Dossier des paquets des applications", examples=[".cache/artifacts"])
    sets_clock: Flag = Field(
        description="false là où les machines partagent l'horloge de celle qui les porte", examples=[True]
    )
    canary: Identifier | None = Field(
        default=None, description="La machine qu'un déploiement change avant les autres", examples=["guest1"]
    )
    devices: DeviceChanges = Field(
        default=DeviceChanges(),
        description="Comment les commutateurs et les routeurs sont changés",
        examples=[{"canary": "sw1", "per_site": 1, "pause": 5}],
    )
    syslog: list[Address] = Field(
        default=[], description="Serveurs qui gardent les journaux des équipements", examples=[["10.10.10.20"]]
    )
    journeys_from: Identifier | None = Field(
        default=None, description="Le poste de travail qui joue les utilisateurs", examples=["ws1"]
    )

    world: World | None = Field(
        default=None,
        description="Le reste du monde, là où il est joué ; sans lui, c'est le vrai",
        examples=[
            {
                "machine": "outside1",
                "prefix": "198.18.0.0/24",
                "resolvers": ["198.18.0.53"],
                "root_anchor": ".cache/lab/world/root.key",
                "authority": ".cache/lab/world/authority.crt",
            }
        ],
    )

    @property
    def state(self) -> Path:
        """What is generated for this environment; safe to lose."""
        return Path(".cache") / self.environment

    @property
    def ssh_config(self) -> Path:
        return self.state / "ssh_config"
