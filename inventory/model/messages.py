"""What the inventory says to the people who edit it: French, or English where LANG asks for it."""

import os

# key: (French, English). `{}` fields are given by the caller; {hint}, {example}
# and {choices} may be left out.
MESSAGES = {
    # a value
    "unknown_key": ("clé inconnue « {key} »{choices}{hint}", "unknown key '{key}'{choices}{hint}"),
    "missing": ("il manque la clé « {key} »{example}", "the key '{key}' is missing{example}"),
    "wrong_type": ("« {value} » n'est pas {expected}{hint}{example}", "'{value}' is not {expected}{hint}{example}"),
    "no_value_given": ("il manque une valeur : {expected}{example}", "a value is missing: {expected}{example}"),
    "unclear": ("« {value} » sans guillemets n'est pas un texte pour tous les outils ; écrire \"{value}\"", "'{value}' without quotes is not a text for every tool; write \"{value}\""),
    "not_allowed": ("« {value} » n'est pas admis ; valeurs possibles : {allowed}{hint}", "'{value}' is not allowed; possible values: {allowed}{hint}"),
    "not_admitted": ("« {value} » n'est pas admis{example}", "'{value}' is not allowed{example}"),
    "bad_form": ("« {value} » n'a pas la bonne forme : {expected}{hint}{example}", "'{value}' does not have the right form: {expected}{hint}{example}"),
    "out_of_range": ("« {value} » est hors limites : {limits}{example}", "'{value}' is out of range: {limits}{example}"),
    "between": ("de {low} à {high}", "from {low} to {high}"),
    "text_too_long": ("« {value} » est trop long : {limit} caractères au plus{example}", "'{value}' is too long: at most {limit} characters{example}"),
    "list_too_short": ("la liste « {key} » est trop courte : {limit} élément au moins{example}", "the list '{key}' is too short: at least {limit} item{example}"),
    "did_you_mean": (" ; vouliez-vous dire « {near} » ?", "; did you mean '{near}'?"),
    "example": (" ; ex. : {example}", "; for example: {example}"),
    "choices": (" ; possibles : {words}", "; possible: {words}"),
    "without_quotes": (" ; ôter les guillemets", "; remove the quotes"),
    "end_of_file": ("la fin du fichier", "the end of the file"),
    "nothing": ("(rien)", "(nothing)"),
    "more": ("et {count} autres erreurs dans ce fichier", "and {count} other mistakes in this file"),
    "more_elsewhere": ("d'autres erreurs se verront quand celles-ci seront corrigées", "other mistakes will show when these are mended"),
    # a file
    "no_such_file": ("le fichier n'existe pas{hint}{example}", "the file does not exist{hint}{example}"),
    "no_folder": ("le dossier n'existe pas, ou ne peut pas être lu", "the folder does not exist, or cannot be read"),
    "not_a_file": ("« {value} » n'est pas un fichier ; le remplacer par un fichier de texte, ou lui donner un nom sans « .yaml »", "'{value}' is not a file; replace it by a text file, or give it a name without '.yaml'"),
    "not_readable": ("« {value} » ne peut pas être lu (erreur {code} du système) ; vérifier ses droits : chmod 644 {value}", "'{value}' cannot be read (system error {code}); check its permissions: chmod 644 {value}"),
    "link": ("« {value} » est un lien ; mettre le fichier ou le dossier lui-même à sa place", "'{value}' is a link; put the file or folder itself in its place"),
    "too_large": ("le fichier est trop grand : {size} Mio, {limit} Mio au plus", "the file is too large: {size} MiB, at most {limit} MiB"),
    "encoding": ("le fichier est en {encoding} ; l'enregistrer en UTF-8 sans BOM (dans VS Code : « Enregistrer avec l'encodage », UTF-8)", "the file is in {encoding}; save it as UTF-8 without BOM (in VS Code: 'Save with Encoding', UTF-8)"),
    "not_utf8": ("l'octet {byte} (« {guess} » en Windows-1252) n'est pas de l'UTF-8 ; enregistrer le fichier en UTF-8", "the byte {byte} ('{guess}' in Windows-1252) is not UTF-8; save the file as UTF-8"),
    "unseen": ("caractère invisible {code} ; l'effacer", "invisible character {code}; delete it"),
    "hard_space": ("espace insécable {code} ; la remplacer par une espace ordinaire", "no-break space {code}; replace it by an ordinary space"),
    "tab": ("tabulation ; la remplacer par des espaces (deux par niveau)", "tab; replace it by spaces (two a level)"),
    "empty": ("le fichier est vide{example}", "the file is empty{example}"),
    "unknown_file": ("fichier ou dossier inconnu « {value} » ; ici : {allowed}{hint}", "unknown file or folder '{value}'; here: {allowed}{hint}"),
    "files_yaml": ("des fichiers en .yaml", "files in .yaml"),
    "folders": ("un dossier par institution", "one folder for each institution"),
    "file_name": ("« {value} » doit être égal au nom du fichier ; écrire « {expected} », ou renommer le fichier en {value}.yaml", "'{value}' must equal the name of the file; write '{expected}', or rename the file to {value}.yaml"),
    "folder_name": ("« {value} » doit être égal au nom du dossier ; écrire « {expected} », ou renommer le dossier en {value}", "'{value}' must equal the name of the folder; write '{expected}', or rename the folder to {value}"),
    # YAML
    "not_yaml": ("ce n'est pas du YAML valide", "this is not valid YAML"),
    "not_yaml_here": ("ce n'est pas du YAML valide à partir de « {value} » ; une ligne s'écrit « clé: valeur » ou « - valeur »", "this is not valid YAML from '{value}' on; a line is 'key: value' or '- value'"),
    "duplicate_key": ("la clé « {key} » est donnée deux fois ; n'en garder qu'une", "the key '{key}' is given twice; keep one of them"),
    "quote_open": ("le guillemet {quote} n'est jamais fermé ; ex. : name: \"Ministère de la Santé\"", "the quote {quote} is never closed; for example: name: \"Ministère de la Santé\""),
    "list_open": ("« [ » n'est pas fermé : il manque « , » ou « ] » avant « {value} » ; ex. : [awa.exemple, issa.modele]", "'[' is not closed: ',' or ']' is missing before '{value}'; for example: [awa.exemple, issa.modele]"),
    "braces_open": ("« {{ » n'est pas fermé : il manque « , » ou « }} » avant « {value} » ; ex. : {{given: Awa, family: Exemple}}", "'{{' is not closed: ',' or '}}' is missing before '{value}'; for example: {{given: Awa, family: Exemple}}"),
    "no_colon": ("il manque « : » après « {value} » ; ex. : name: Ministère de la Santé", "':' is missing after '{value}'; for example: name: Ministère de la Santé"),
    "no_space": ("il manque une espace après « {sign} » dans « {value} » ; ex. : name: Ministère de la Santé, ou - awa.exemple", "a space is missing after '{sign}' in '{value}'; for example: name: Ministère de la Santé, or - awa.exemple"),
    "colon_inside": ("un « : » dans une valeur demande des guillemets ; écrire \"{value}\"", "a ':' inside a value needs quotes; write \"{value}\""),
    "indentation": ("« {value} » n'est pas aligné : une ligne commence sous la première lettre de ses voisines, deux espaces par niveau", "'{value}' is not aligned: a line begins below the first letter of its neighbours, two spaces a level"),
    "after_value": ("« {value} » est en trop après la valeur ; mettre toute la valeur entre guillemets, ex. : name: \"L'agence\"", "'{value}' is too much after the value; put the whole value in quotes, for example: name: \"L'agence\""),
    "dash_inside": ("une liste ne commence pas sur la ligne de sa clé : aller à la ligne avant « {value} », ou écrire [a, b]", "a list does not begin on the line of its key: begin a line before '{value}', or write [a, b]"),
    "needs_quotes": ("une valeur qui commence par « {sign} » se met entre guillemets ; écrire \"{value}\"", "a value that begins with '{sign}' needs quotes; write \"{value}\""),
    "no_value": ("il manque une valeur avant « {value} » ; ex. : [awa.exemple, issa.modele]", "a value is missing before '{value}'; for example: [awa.exemple, issa.modele]"),
    "no_key": ("il manque un nom avant « : » ; ex. : name: Ministère de la Santé", "a name is missing before ':'; for example: name: Ministère de la Santé"),
    "key_not_text": ("« {value} » ne peut pas être une clé ; une clé est un texte simple, ex. : name", "'{value}' cannot be a key; a key is a plain text, for example: name"),
    "escape": ("« {value} » n'existe pas entre guillemets doubles ; écrire \\\\ pour une barre, ou des guillemets simples", "'{value}' does not exist between double quotes; write \\\\ for a backslash, or use single quotes"),
    "alias": ("« {value} » : les références YAML (*) ne sont pas admises ; écrire la valeur elle-même, ou un texte entre guillemets : \"{value}\"", "'{value}': YAML aliases (*) are not allowed; write the value itself, or a text in quotes: \"{value}\""),
    "anchor": ("« {value} » : les ancres YAML (&) ne sont pas admises ; l'ôter, ou mettre un texte entre guillemets : \"{value}\"", "'{value}': YAML anchors (&) are not allowed; remove it, or put a text in quotes: \"{value}\""),
    "tag": ("« {value} » : les types YAML (!) ne sont pas admis ; l'ôter, ou mettre un texte entre guillemets : \"{value}\"", "'{value}': YAML tags (!) are not allowed; remove it, or put a text in quotes: \"{value}\""),
    "merge_key": ("« << » : les fusions YAML ne sont pas admises ; écrire chaque clé", "'<<': YAML merge keys are not allowed; write each key"),
    "directive": ("une ligne qui commence par « % » n'est pas admise ; l'effacer", "a line that begins with '%' is not allowed; delete it"),
    "documents": ("un second document commence ici (« --- ») ; un fichier n'en a qu'un : effacer cette ligne, ou faire un autre fichier", "a second document begins here ('---'); a file has only one: delete this line, or make another file"),
    "too_deep": ("trop de niveaux : {limit} au plus", "too many levels: at most {limit}"),
    # what one file says of another
    "no_such": ("{kind} « {value} » n'existe pas{choices}{hint}", "{kind} '{value}' does not exist{choices}{hint}"),
    "already": ("« {value} » est déjà utilisé : {where}{example}", "'{value}' is already used: {where}{example}"),
    "person_twice": ("la personne « {value} » est déjà dans {where} ; un nom de connexion est unique{example}", "the person '{value}' is already in {where}; a login is unique{example}"),
    "reserved_group": ("le groupe « {value} » existe toujours (toutes les personnes) ; choisir un autre nom{example}", "the group '{value}' always exists (all the people); choose another name{example}"),
    "reserved": ("« {value} » est réservé ; choisir un autre identifiant{example}", "'{value}' is reserved; choose another identifier{example}"),
    "foreign_domain": ("le domaine « {value} » n'est pas sous {allowed} (platform.yaml){example}", "the domain '{value}' is not under {allowed} (platform.yaml){example}"),
    "inner_domain": ("le domaine « {value} » est celui des machines ; choisir celui du courriel{example}", "the domain '{value}' is that of the machines; choose the one of mail{example}"),
    "group_name": ("le groupe « {value} » existe déjà dans l'annuaire : {where} ; choisir un autre nom", "the group '{value}' already exists in the directory: {where}; choose another name"),
    "overlap": ("le préfixe {value} recouvre {other} ({where}){example}", "the prefix {value} overlaps {other} ({where}){example}"),
    "outside_prefix": ("l'adresse {value} n'est pas dans {prefix}{example}", "the address {value} is not in {prefix}{example}"),
    "outside_administration": ("le préfixe {value} n'est pas dans ceux de l'administration (platform.yaml){example}", "the prefix {value} is not among the administration's (platform.yaml){example}"),
    "vlan_missing": ("dans un bâtiment, un réseau a besoin d'un « vlan »{example}", "in a building, a network needs a 'vlan'{example}"),
    "vlan_twice": ("le VLAN {value} est déjà celui du réseau « {other} »{example}", "VLAN {value} is already that of the network '{other}'{example}"),
    "access_or_trunk": ("un port est soit « access », soit « trunk » ; ex. : {{access: users, to: ws1}}", "a port is either 'access' or 'trunk'; for example: {{access: users, to: ws1}}"),
    "port_name": ("« {value} » n'est pas le nom complet d'un port ; écrire « {expected} »", "'{value}' is not the full name of a port; write '{expected}'"),
    "wrong_network": ("« {value} » est dans le réseau « {expected} », pas dans « {seen} » ; écrire access: {expected}", "'{value}' is in the network '{expected}', not in '{seen}'; write access: {expected}"),
    "not_running": ("la machine « {value} » n'a pas « {capability} » dans ses « runs »{choices}", "the machine '{value}' does not have '{capability}' among its 'runs'{choices}"),
    "name_too_long": ("le nom « {value} » dépasse 15 caractères (NetBIOS){example}", "the name '{value}' exceeds 15 characters (NetBIOS){example}"),
    # kinds, used inside no_such
    "institution": ("l'institution", "the institution"),
    "person": ("la personne", "the person"),
    "group": ("le groupe", "the group"),
    "network": ("le réseau", "the network"),
    "machine": ("la machine", "the machine"),
    "device": ("l'équipement", "the device"),
    "core": ("le cœur de RESINA", "the RESINA core"),
    "site": ("le site", "the site"),
    "application": ("l'application", "the application"),
    "environment": ("l'environnement", "the environment"),
    # what a type is called
    "type_text": ("un texte", "a text"),
    "type_integer": ("un nombre entier", "a whole number"),
    "type_boolean": ("true ou false", "true or false"),
    "type_list": ("une liste (lignes qui commencent par « - »)", "a list (lines that begin with '-')"),
    "type_mapping": ("un ensemble de « clé: valeur »", "a set of 'key: value'"),
    "type_address": ("une adresse IPv4", "an IPv4 address"),
    "type_interface": ("une adresse IPv4 avec la longueur de son préfixe", "an IPv4 address with the length of its prefix"),
    "type_prefix": ("un préfixe IPv4 sans bit d'hôte", "an IPv4 prefix without host bits"),
}  # fmt: skip


def say(key: str, /, **values: object) -> str:
    """One message in the reader's language."""
    return either(*MESSAGES[key]).format(**{"hint": "", "example": "", "choices": "", **values})


def either(french: str, english: str) -> str:
    """The one of two texts that is in the reader's language."""
    wanted = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or "fr"
    return english if wanted.startswith("en") else french
