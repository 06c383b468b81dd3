"""What the inventory says to the people who edit it: French, or English where LANG asks for it."""

import os

# key: (French, English). `{}` fields are given by the caller.
MESSAGES = {
    "unknown_key": ("clé inconnue « {key} »{hint}", "unknown key '{key}'{hint}"),
    "did_you_mean": (" ; vouliez-vous dire « {near} » ?", "; did you mean '{near}'?"),
    "missing": ("il manque la clé « {key} »", "the key '{key}' is missing"),
    "wrong_type": ("« {value} » n'est pas {expected}", "'{value}' is not {expected}"),
    "not_allowed": ("« {value} » n'est pas admis ; valeurs possibles : {allowed}{hint}", "'{value}' is not allowed; possible values: {allowed}{hint}"),
    "bad_form": ("« {value} » n'a pas la bonne forme : {expected}", "'{value}' does not have the right form: {expected}"),
    "out_of_range": ("« {value} » est hors limites ({limit})", "'{value}' is out of range ({limit})"),
    "text_too_long": ("« {value} » est trop long : {limit} caractères au plus", "'{value}' is too long: at most {limit} characters"),
    "list_too_short": ("la liste « {key} » est trop courte : {limit} élément au moins", "the list '{key}' is too short: at least {limit} item"),
    "other": ("« {value} » : {reason}", "'{value}': {reason}"),
    "not_yaml": ("ce n'est pas du YAML valide : {reason}", "this is not valid YAML: {reason}"),
    "not_utf8": ("le fichier n'est pas en UTF-8", "the file is not UTF-8"),
    "empty": ("le fichier est vide", "the file is empty"),
    "duplicate_key": ("la clé « {key} » est donnée deux fois", "the key '{key}' is given twice"),
    "no_such_file": ("fichier introuvable", "no such file"),
    "file_name": ("« {value} » doit être égal au nom du fichier, « {expected} »", "'{value}' must equal the name of the file, '{expected}'"),
    "folder_name": ("« {value} » doit être égal au nom du dossier, « {expected} »", "'{value}' must equal the name of the folder, '{expected}'"),
    "unknown_file": ("fichier ou dossier inconnu « {value} » ; ici : {allowed}{hint}", "unknown file or folder '{value}'; here: {allowed}{hint}"),
    "files_yaml": ("des fichiers *.yaml", "files *.yaml"),
    "folders": ("un dossier par institution", "one folder for each institution"),
    "no_such": ("{kind} « {value} » n'existe pas{hint}", "{kind} '{value}' does not exist{hint}"),
    "already": ("« {value} » est déjà utilisé : {where}", "'{value}' is already used: {where}"),
    "person_twice": ("la personne « {value} » est déjà dans {where}", "the person '{value}' is already in {where}"),
    "reserved_group": ("le groupe « {value} » existe toujours (toutes les personnes) ; choisir un autre nom", "the group '{value}' always exists (all the people); choose another name"),
    "reserved": ("« {value} » est réservé ; choisir un autre identifiant", "'{value}' is reserved; choose another identifier"),
    "foreign_domain": ("le domaine « {value} » n'est pas sous {allowed} (platform.yaml)", "the domain '{value}' is not under {allowed} (platform.yaml)"),
    "inner_domain": ("le domaine « {value} » est celui des machines ; choisir celui du courriel", "the domain '{value}' is that of the machines; choose the one of mail"),
    "group_name": ("le groupe « {value} » existe déjà dans l'annuaire : {where}", "the group '{value}' already exists in the directory: {where}"),
    "overlap": ("le préfixe {value} recouvre {other} ({where})", "the prefix {value} overlaps {other} ({where})"),
    "outside_prefix": ("l'adresse {value} n'est pas dans {prefix}", "the address {value} is not in {prefix}"),
    "outside_administration": ("le préfixe {value} n'est pas dans ceux de l'administration (platform.yaml)", "the prefix {value} is not among the administration's (platform.yaml)"),
    "vlan_missing": ("dans un bâtiment, un réseau a besoin d'un « vlan »", "in a building, a network needs a 'vlan'"),
    "vlan_twice": ("le VLAN {value} est déjà celui du réseau « {other} »", "VLAN {value} is already that of the network '{other}'"),
    "access_or_trunk": ("un port est soit « access », soit « trunk »", "a port is either 'access' or 'trunk'"),
    "port_name": ("« {value} » n'est pas le nom complet d'un port ; écrire « {expected} »", "'{value}' is not the full name of a port; write '{expected}'"),
    "wrong_network": ("« {value} » est dans le réseau « {expected} », pas dans « {seen} »", "'{value}' is in the network '{expected}', not in '{seen}'"),
    "not_running": ("la machine « {value} » n'a pas « {capability} » dans ses « runs »", "the machine '{value}' does not have '{capability}' among its 'runs'"),
    "name_too_long": ("le nom « {value} » dépasse 15 caractères (NetBIOS)", "the name '{value}' exceeds 15 characters (NetBIOS)"),
    # kinds, used inside no_such
    "institution": ("l'institution", "the institution"),
    "person": ("la personne", "the person"),
    "group": ("le groupe", "the group"),
    "network": ("le réseau", "the network"),
    "machine": ("la machine", "the machine"),
    "device": ("l'équipement", "the device"),
    "core": ("le cœur de RESINA", "the RESINA core"),
    "site": ("le site", "the site"),
    # what a type is called
    "type_text": ("un texte", "a text"),
    "type_integer": ("un nombre entier", "a whole number"),
    "type_boolean": ("true ou false", "true or false"),
    "type_list": ("une liste (lignes qui commencent par « - »)", "a list (lines that begin with '-')"),
    "type_mapping": ("un ensemble de « clé: valeur »", "a set of 'key: value'"),
    "type_address": ("une adresse IPv4 (ex. 10.20.10.21)", "an IPv4 address (such as 10.20.10.21)"),
    "type_prefix": ("un préfixe IPv4 sans bit d'hôte (ex. 10.20.10.0/24)", "an IPv4 prefix without host bits (such as 10.20.10.0/24)"),
}  # fmt: skip


def say(key: str, /, **values: object) -> str:
    """One message in the reader's language."""
    return either(*MESSAGES[key]).format(**values)


def either(french: str, english: str) -> str:
    """The one of two texts that is in the reader's language."""
    wanted = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or "fr"
    return english if wanted.startswith("en") else french
