"""The JSON Schema of each kind of file, for completion and help in the editor."""

import json
from pathlib import Path
from typing import Any

from inventory.model.application import Application
from inventory.model.base import Strict
from inventory.model.environment import Environment
from inventory.model.institution import GroupsFile, InstitutionFile, MailFile, PeopleFile, SharesFile
from inventory.model.load import HERE
from inventory.model.platform import Platform
from inventory.model.recipients import Recipients
from inventory.model.site_file import SiteFile
from inventory.model.validate import schema_of
from inventory.model.waivers import Waivers

KINDS: dict[str, type[Strict]] = {
    "application": Application,
    "environment": Environment,
    "groups": GroupsFile,
    "institution": InstitutionFile,
    "mail": MailFile,
    "people": PeopleFile,
    "platform": Platform,
    "recipients": Recipients,
    "shares": SharesFile,
    "waivers": Waivers,
    "site": SiteFile,
}


# What the editor says of a whole; the docstring of its model is for those who read code.
HELP = {
    "Application": "Une application, où elle tourne et qui elle admet",
    "Artifact": "Ce qui est livré : un paquet Python (wheel) et l'objet WSGI que gunicorn sert",
    "Bfd": "En combien de temps un lien qui ne porte plus rien est abandonné : intervalle × multiplicateur",
    "Communities": "Ce que RESINA lit de la préférence entre les liens d'un bâtiment",
    "Core": "Un cœur de RESINA",
    "DeviceChanges": "Comment les équipements sont changés : l'un d'abord, puis un par site, puis les autres",
    "Environment": "Comment la même administration est atteinte, au lab ou en production",
    "Functions": "Les fonctions que toute institution peut avoir ; personne d'autre n'a leurs droits",
    "GroupsFile": "Les groupes de l'institution ; « agents », toutes ses personnes, existe toujours",
    "InstitutionFile": "Un ministère ou une institution, et qui relit ses changements",
    "Journal": "Le journal : chaque message est gardé, scellé, dans une chaîne où tout changement se voit",
    "KeptBackups": "Combien de sauvegardes du courriel sont gardées : la dernière de chaque heure, jour, semaine, mois",
    "Limits": "Ce qu'un compte envoie vers l'extérieur ; entre institutions, il n'y a pas de limite",
    "MachineEntry": "Une machine Debian",
    "Marks": "Ce qui passe avant le reste sur RESINA : tout autre paquet part sans marque",
    "MailFile": "Le courriel de l'institution",
    "MailList": "Une liste : une adresse qui atteint plusieurs personnes",
    "Guessing": "Quand une adresse extérieure qui essaie des mots de passe est exclue",
    "MtaSts": "Ce que les autres serveurs font quand TLS vers les nôtres échoue (MTA-STS)",
    "MailPolicy": "Ce que le courriel de toutes les institutions a en commun",
    "Mirror": "D'où viennent les paquets Debian",
    "NetworkEntry": "Un réseau IPv4 en toutes lettres ; dans un bâtiment, un VLAN",
    "OtherLimits": "Les limites d'envoi d'un groupe ou d'une personne ; ce qui n'y est pas reste comme avant",
    "PeopleFile": "Les personnes de l'institution : un compte et une boîte aux lettres chacune",
    "Person": "Une personne : un compte et une boîte aux lettres",
    "Platform": "Ce que toutes les institutions partagent",
    "Plan": "Où les réseaux sont dans un bloc ; le plan d'un bloc est le plus grand qui y tient",
    "PoolRule": "Les adresses que donne DHCP, par leur rang dans le réseau",
    "PortEntry": "Un port : un profil, ou « access » pour un poste dans un réseau, ou « trunk » pour plusieurs",
    "Profile": "Ce qu'un port peut être",
    "Purpose": "Ce à quoi sert un réseau de bâtiment ; il a le même numéro partout",
    "Reach": "Comment ssh atteint les machines",
    "Recipients": "Qui peut lire quels secrets",
    "Removals": "Ce qu'un seul passage peut retirer ; au-delà, il faut une raison, qui est gardée",
    "ReservedVlans": "Les VLAN qui ne sont à aucun réseau",
    "Resina": "RESINA, le réseau national de l'administration",
    "Router": "Le routeur d'un bâtiment, et ses liens vers RESINA",
    "Share": "Un partage : un dossier du serveur de fichiers, ouvert à des groupes de son institution",
    "SharedCollection": "Un agenda ou un carnet d'adresses que plusieurs personnes ont ensemble",
    "SharedMailbox": "Une boîte que plusieurs personnes ont ensemble",
    "SharesFile": "Les partages de l'institution",
    "SiteFile": "Un lieu : ses réseaux, machines, commutateurs et routeurs",
    "SwitchEntry": "Un commutateur et ses ports",
    "Uplink": "Un lien vers un cœur de RESINA, avec une session BGP",
    "Waiver": "Une règle qui n'est pas tenue, par qui, pourquoi, et jusqu'à quand",
    "World": "Le reste du monde, joué : son DNS, ses serveurs de courriel, ses menteurs",
    "Waivers": "Les écarts admis pour un temps aux règles de durcissement",
}


def schemas() -> dict[Path, str]:
    """The text of each schema file, by its path."""
    return {
        HERE / "schema" / f"{name}.json": json.dumps(_explained(schema_of(model)), indent=2, ensure_ascii=False) + "\n"
        for name, model in KINDS.items()
    }


def _explained(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema whose objects are explained in French; its keys keep their order."""
    parts = {name: part | {"description": HELP[name]} for name, part in schema.get("$defs", {}).items()}
    return schema | {"description": HELP[schema["title"]]} | ({"$defs": parts} if parts else {})


def main() -> None:
    for path, text in schemas().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
