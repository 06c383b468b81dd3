"""The phrases of a report, in French and English. One for each key of `compare`; a tuple is singular and plural."""

from deploys.review.words import Phrase

# What a fact means for people, in the item of a list.
PHRASES: dict[str, Phrase] = {
    # institutions
    "institution_created": (
        "nouvelle institution : {name} ({id}), courriel @{domain}",
        "new institution: {name} ({id}), mail @{domain}",
    ),
    "institution_removed": (
        "{name} ({id}) n'est plus dans l'inventaire : ses comptes sont désactivés, ses données sont gardées",
        "{name} ({id}) is no longer in the inventory: its accounts are disabled, its data is kept",
    ),
    "mail_domain": (
        (
            "le domaine du courriel passe de « {old} » à « {new} » : {n} adresse change",
            "le domaine du courriel passe de « {old} » à « {new} » : {n} adresses changent",
        ),
        (
            "the mail domain goes from '{old}' to '{new}': {n} address changes",
            "the mail domain goes from '{old}' to '{new}': {n} addresses change",
        ),
    ),
    # people
    "arrives": (
        "{name} ({login}) arrive : un compte, la boîte {address}, membre de « agents »",
        "{name} ({login}) joins: an account, the mailbox {address}, member of 'agents'",
    ),
    "leaves": (
        "{name} ({login}) part : son compte est désactivé et sort de ses groupes ; ses données sont gardées",
        "{name} ({login}) leaves: the account is disabled and leaves its groups; the data is kept",
    ),
    "leaves_mail": (
        "{name} ({login}) part : son compte est désactivé et sort de ses groupes ; ses données sont gardées, son courrier "
        "va à « {heir} »",
        "{name} ({login}) leaves: the account is disabled and leaves its groups; the data is kept, the mail goes to "
        "'{heir}'",
    ),
    "returns": (
        "{name} ({login}) revient : même compte, même boîte, membre de « agents »",
        "{name} ({login}) comes back: same account, same mailbox, member of 'agents'",
    ),
    "forgotten": (
        "la ligne de {name} ({login}), qui n'était plus là, est retirée : ses données restent jusqu'à ce qu'on les retire",
        "the line of {name} ({login}), who had left, is removed: the data stays until a person removes it",
    ),
    "moves_in": (
        "{name} ({login}) vient de : {other} ; même compte, même boîte, l'adresse devient {address}",
        "{name} ({login}) comes from: {other}; same account, same mailbox, the address becomes {address}",
    ),
    "moves_out": (
        "{name} ({login}) passe à : {other} ; le compte et la boîte suivent, sortent des groupes d'ici et quittent l'adresse d'ici",
        "{name} ({login}) goes to: {other}; the account and the mailbox follow, and leave the groups and the address here",
    ),
    "renamed": (
        "{old} s'appelle désormais {new} ({login}) : même compte, même boîte",
        "{old} is now called {new} ({login}): same account, same mailbox",
    ),
    "login_changed": (
        "{name} change de nom de connexion, de « {old} » à « {new} » : même compte, même boîte, l'adresse devient {address} ; "
        "le courrier de l'ancienne arrive encore",
        "{name} changes login, from '{old}' to '{new}': same account, same mailbox, the address becomes {address}; mail for "
        "the old one still arrives",
    ),
    "login_dropped": (
        "{name} change de nom de connexion, de « {old} » à « {new} » : même compte, même boîte, l'adresse devient {address} ; "
        "le courrier de l'ancienne sera refusé, à moins d'écrire « formerly: [{old}] »",
        "{name} changes login, from '{old}' to '{new}': same account, same mailbox, the address becomes {address}; mail for "
        "the old one will be refused, unless 'formerly: [{old}]' is written",
    ),
    # groups
    "group_created": (
        ("groupe « {group} » créé : {members} en est membre", "groupe « {group} » créé : {members} en sont membres"),
        ("group '{group}' created: {members} is a member", "group '{group}' created: {members} are members"),
    ),
    "group_created_empty": ("groupe « {group} » créé, sans membre", "group '{group}' created, without a member"),
    "group_removed": ("groupe « {group} » supprimé", "group '{group}' removed"),
    "group_joined": (
        ("groupe « {group} » : {members} y entre", "groupe « {group} » : {members} y entrent"),
        ("group '{group}': {members} joins", "group '{group}': {members} join"),
    ),
    "group_left": (
        ("groupe « {group} » : {members} en sort", "groupe « {group} » : {members} en sortent"),
        ("group '{group}': {members} leaves", "group '{group}': {members} leave"),
    ),
    # shares
    "share_created": ("partage « {share} » créé : {description}", "share '{share}' created: {description}"),
    "share_described": (
        "partage « {share} » : il se décrit désormais par « {description} »",
        "share '{share}': it is now described as '{description}'",
    ),
    "share_removed": (
        "partage « {share} » retiré : il n'est plus servi, ses fichiers sont gardés",
        "share '{share}' withdrawn: it is no longer served, its files are kept",
    ),
    "share_opened_write": (
        ("partage « {share} » : {groups} y lit et y écrit", "partage « {share} » : {groups} y lisent et y écrivent"),
        ("share '{share}': {groups} reads and writes", "share '{share}': {groups} read and write"),
    ),
    "share_opened_read": (
        ("partage « {share} » : {groups} le lit", "partage « {share} » : {groups} le lisent"),
        ("share '{share}': {groups} reads it", "share '{share}': {groups} read it"),
    ),
    "share_only_read": (
        (
            "partage « {share} » : {groups} n'y écrit plus et le lit encore",
            "partage « {share} » : {groups} n'y écrivent plus et le lisent encore",
        ),
        (
            "share '{share}': {groups} no longer writes and still reads",
            "share '{share}': {groups} no longer write and still read",
        ),
    ),
    "share_closed": (
        ("partage « {share} » : {groups} n'y accède plus", "partage « {share} » : {groups} n'y accèdent plus"),
        ("share '{share}': {groups} has no more access", "share '{share}': {groups} have no more access"),
    ),
    # sites
    "site_created": ("nouveau site : {site} ({id})", "new site: {site} ({id})"),
    "site_removed": (
        "site retiré de l'inventaire : {site} ({id}) ; ses équipements ne sont plus gérés",
        "site taken out of the inventory: {site} ({id}); its devices are no longer managed",
    ),
    "site_handed_over": (
        "{site} ({id}) change de responsable : {other}",
        "{site} ({id}) is handed over to: {other}",
    ),
    "network_created": (
        "{site} : réseau « {name} » créé, {prefix}, passerelle {gateway}",
        "{site}: network '{name}' created, {prefix}, gateway {gateway}",
    ),
    "vlan_created": (
        "{site} : réseau « {name} » créé, VLAN {vlan}, {prefix}, passerelle {gateway}",
        "{site}: network '{name}' created, VLAN {vlan}, {prefix}, gateway {gateway}",
    ),
    "network_removed": ("{site} : réseau « {name} » supprimé", "{site}: network '{name}' removed"),
    "pool": (
        "{site} : réseau « {name} », DHCP donne les adresses de {first} à {last}, pour {hours} h",
        "{site}: network '{name}', DHCP gives the addresses from {first} to {last}, for {hours} h",
    ),
    "pool_removed": (
        "{site} : réseau « {name} », DHCP n'y donne plus d'adresse",
        "{site}: network '{name}', DHCP gives no address there any more",
    ),
    "switch_created": (
        "{site} : commutateur {name} ajouté ({platform}, {address})",
        "{site}: switch {name} added ({platform}, {address})",
    ),
    "switch_removed": (
        "{site} : commutateur {name} retiré ; il n'est plus géré et garde sa configuration",
        "{site}: switch {name} taken out; it is no longer managed and keeps its configuration",
    ),
    "port_access": (
        "{switch}, port {port} : ouvert dans le réseau « {network} »",
        "{switch}, port {port}: opened in the network '{network}'",
    ),
    "port_trunk": (
        (
            "{switch}, port {port} : transporte le réseau {networks}",
            "{switch}, port {port} : transporte les réseaux {networks}",
        ),
        (
            "{switch}, port {port}: carries the network {networks}",
            "{switch}, port {port}: carries the networks {networks}",
        ),
    ),
    "port_opened": (
        "{switch}, port {port} : ouvert avec le profil « {profile} », dans le réseau « {network} »",
        "{switch}, port {port}: opened with the profile '{profile}', in the network '{network}'",
    ),
    "port_profile": (
        "{switch}, port {port} : le profil « {old} » devient « {new} »",
        "{switch}, port {port}: the profile '{old}' becomes '{new}'",
    ),
    "port_shut": (
        "{switch}, port {port} : fermé ; ce qui y est branché n'a plus de réseau",
        "{switch}, port {port}: shut; what is plugged in there has no network any more",
    ),
    "port_voice": (
        "{switch}, port {port} : porte aussi les téléphones, dans le réseau « {network} »",
        "{switch}, port {port}: also carries the telephones, in the network '{network}'",
    ),
    "port_no_voice": (
        "{switch}, port {port} : ne porte plus de téléphone",
        "{switch}, port {port}: carries no telephone any more",
    ),
    "port_moved": (
        "{switch}, port {port} : passe du réseau « {old} » au réseau « {new} »",
        "{switch}, port {port}: moves from the network '{old}' to the network '{new}'",
    ),
    "port_removed": (
        "{switch}, port {port} : n'est plus décrit ; le commutateur le laisse comme il est",
        "{switch}, port {port}: no longer described; the switch leaves it as it is",
    ),
    "port_to": (
        "{switch}, port {port} : au bout du câble, {to}",
        "{switch}, port {port}: at the end of the cable, {to}",
    ),
    "port_to_nothing": (
        "{switch}, port {port} : plus rien n'est indiqué au bout du câble",
        "{switch}, port {port}: nothing is named any more at the end of the cable",
    ),
    "trunk_more": (
        (
            "{switch}, port {port} : transporte aussi le réseau {networks}",
            "{switch}, port {port} : transporte aussi les réseaux {networks}",
        ),
        (
            "{switch}, port {port}: also carries the network {networks}",
            "{switch}, port {port}: also carries the networks {networks}",
        ),
    ),
    "trunk_fewer": (
        (
            "{switch}, port {port} : ne transporte plus le réseau {networks}",
            "{switch}, port {port} : ne transporte plus les réseaux {networks}",
        ),
        (
            "{switch}, port {port}: no longer carries the network {networks}",
            "{switch}, port {port}: no longer carries the networks {networks}",
        ),
    ),
    "router_created": (
        "{site} : routeur {name} ajouté ({platform}, AS {asn})",
        "{site}: router {name} added ({platform}, AS {asn})",
    ),
    "router_removed": ("{site} : routeur {name} retiré ; il n'est plus géré", "{site}: router {name} taken out"),
    "uplink_created": (
        "{router}, {interface} : nouveau lien vers {core}, {address}, voisin {peer}",
        "{router}, {interface}: new link to {core}, {address}, neighbour {peer}",
    ),
    "uplink_removed": (
        "{router}, {interface} : lien vers RESINA supprimé",
        "{router}, {interface}: link to RESINA removed",
    ),
    "machine_created": (
        "{site} : machine {name} ajoutée dans le réseau « {network} », {address} ({runs})",
        "{site}: machine {name} added in the network '{network}', {address} ({runs})",
    ),
    "machine_removed": (
        "{site} : machine {name} retirée ; elle n'est plus gérée",
        "{site}: machine {name} taken out; it is no longer managed",
    ),
    # applications
    "application_created": (
        "nouvelle application : {application} ({id}), version {version}, sur {host}, base de données sur {database}",
        "new application: {application} ({id}), version {version}, on {host}, database on {database}",
    ),
    "application_removed": (
        "{application} ({id}) est retirée : elle s'arrête, ses données sont gardées",
        "{application} ({id}) is withdrawn: it stops, its data is kept",
    ),
    "application_version": (
        "{application} : la version passe de {old} à {new}",
        "{application}: the version goes from {old} to {new}",
    ),
    "application_handed_over": (
        "{application} change de responsable : {other}",
        "{application} is handed over to: {other}",
    ),
    "application_opened": (
        ("{application} : {groups} y a accès", "{application} : {groups} y ont accès"),
        ("{application}: {groups} has access", "{application}: {groups} have access"),
    ),
    "application_closed": (
        ("{application} : {groups} n'y a plus accès", "{application} : {groups} n'y ont plus accès"),
        ("{application}: {groups} has no more access", "{application}: {groups} have no more access"),
    ),
    # what has no word of its own
    "size_raised": ("{label} porté de {old} à {new} {unit}", "{label} raised from {old} to {new} {unit}"),
    "size_lowered": ("{label} ramené de {old} à {new} {unit}", "{label} lowered from {old} to {new} {unit}"),
    "list_more": (
        ("{label} : {values} s'ajoute", "{label} : {values} s'ajoutent"),
        ("{label}: {values} is added", "{label}: {values} are added"),
    ),
    "list_fewer": (
        ("{label} : {values} n'y est plus", "{label} : {values} n'y sont plus"),
        ("{label}: {values} is no longer there", "{label}: {values} are no longer there"),
    ),
    "list_reordered": ("{label} : nouvel ordre, {values}", "{label}: new order, {values}"),
    "setting_changed": ("{label} : « {old} » devient « {new} »", "{label}: '{old}' becomes '{new}'"),
    "setting_set": ("{label} : {new}", "{label}: {new}"),
    "setting_unset": ("{label} : {old} est retiré", "{label}: {old} is taken out"),
}

# What the summary counts, in its order: the keys that count together, and whether something goes.
SUMMARY: tuple[tuple[tuple[str, ...], Phrase, bool], ...] = (
    (
        ("institution_created",),
        (("{n} institution créée", "{n} institutions créées"), ("{n} institution created", "{n} institutions created")),
        False,
    ),
    (
        ("institution_removed",),
        (
            ("{n} institution retirée", "{n} institutions retirées"),
            ("{n} institution taken out", "{n} institutions taken out"),
        ),
        True,
    ),
    (
        ("arrives",),
        (("{n} boîte créée", "{n} boîtes créées"), ("{n} mailbox created", "{n} mailboxes created")),
        False,
    ),
    (
        ("leaves", "leaves_mail"),
        (
            ("{n} compte désactivé (données gardées)", "{n} comptes désactivés (données gardées)"),
            ("{n} account disabled (data kept)", "{n} accounts disabled (data kept)"),
        ),
        True,
    ),
    (
        ("moves_in",),
        (
            ("{n} personne change d'institution", "{n} personnes changent d'institution"),
            ("{n} person changes institution", "{n} people change institution"),
        ),
        False,
    ),
    (
        ("returns",),
        (
            ("{n} personne revient", "{n} personnes reviennent"),
            ("{n} person comes back", "{n} people come back"),
        ),
        False,
    ),
    (
        ("forgotten",),
        (
            ("{n} ligne retirée (données gardées)", "{n} lignes retirées (données gardées)"),
            ("{n} line removed (data kept)", "{n} lines removed (data kept)"),
        ),
        False,
    ),
    (
        ("login_changed", "login_dropped"),
        (
            ("{n} nom de connexion changé", "{n} noms de connexion changés"),
            ("{n} login changed", "{n} logins changed"),
        ),
        False,
    ),
    (
        ("renamed",),
        (
            ("{n} personne change de nom", "{n} personnes changent de nom"),
            ("{n} person changes name", "{n} people change name"),
        ),
        False,
    ),
    (
        ("mail_domain",),
        (
            ("{n} domaine de courriel changé", "{n} domaines de courriel changés"),
            ("{n} mail domain changed", "{n} mail domains changed"),
        ),
        False,
    ),
    (
        ("group_created", "group_created_empty"),
        (("{n} groupe créé", "{n} groupes créés"), ("{n} group created", "{n} groups created")),
        False,
    ),
    (
        ("group_joined", "group_left"),
        (("{n} groupe modifié", "{n} groupes modifiés"), ("{n} group changed", "{n} groups changed")),
        False,
    ),
    (
        ("group_removed",),
        (("{n} groupe supprimé", "{n} groupes supprimés"), ("{n} group removed", "{n} groups removed")),
        True,
    ),
    (
        ("share_created",),
        (("{n} partage créé", "{n} partages créés"), ("{n} share created", "{n} shares created")),
        False,
    ),
    (
        ("share_opened_write", "share_opened_read"),
        (
            ("des droits ouverts sur {n} partage", "des droits ouverts sur {n} partages"),
            ("rights opened on {n} share", "rights opened on {n} shares"),
        ),
        False,
    ),
    (
        ("share_only_read", "share_closed"),
        (
            ("des droits fermés sur {n} partage", "des droits fermés sur {n} partages"),
            ("rights closed on {n} share", "rights closed on {n} shares"),
        ),
        False,
    ),
    (
        ("share_removed",),
        (
            ("{n} partage retiré (fichiers gardés)", "{n} partages retirés (fichiers gardés)"),
            ("{n} share withdrawn (files kept)", "{n} shares withdrawn (files kept)"),
        ),
        True,
    ),
    (("site_created",), (("{n} site créé", "{n} sites créés"), ("{n} site created", "{n} sites created")), False),
    (
        ("site_removed",),
        (("{n} site retiré", "{n} sites retirés"), ("{n} site taken out", "{n} sites taken out")),
        True,
    ),
    (
        ("site_handed_over", "application_handed_over"),
        (
            ("{n} changement de responsable", "{n} changements de responsable"),
            ("{n} change of owner", "{n} changes of owner"),
        ),
        False,
    ),
    (
        ("network_created", "vlan_created"),
        (("{n} réseau créé", "{n} réseaux créés"), ("{n} network created", "{n} networks created")),
        False,
    ),
    (
        ("network_removed",),
        (("{n} réseau supprimé", "{n} réseaux supprimés"), ("{n} network removed", "{n} networks removed")),
        True,
    ),
    (
        ("switch_created", "router_created"),
        (("{n} équipement ajouté", "{n} équipements ajoutés"), ("{n} device added", "{n} devices added")),
        False,
    ),
    (
        ("switch_removed", "router_removed"),
        (("{n} équipement retiré", "{n} équipements retirés"), ("{n} device taken out", "{n} devices taken out")),
        True,
    ),
    (
        (
            *("port_access", "port_opened", "port_trunk", "port_profile", "port_moved", "port_voice", "port_no_voice"),
            *("trunk_more", "trunk_fewer", "port_to", "port_to_nothing"),
        ),
        (("{n} port changé", "{n} ports changés"), ("{n} port changed", "{n} ports changed")),
        False,
    ),
    (
        ("port_shut",),
        (("{n} port fermé", "{n} ports fermés"), ("{n} port shut", "{n} ports shut")),
        True,
    ),
    (
        ("port_removed",),
        (
            ("{n} port qui n'est plus décrit", "{n} ports qui ne sont plus décrits"),
            ("{n} port no longer described", "{n} ports no longer described"),
        ),
        True,
    ),
    (
        ("uplink_created",),
        (
            ("{n} lien vers RESINA créé", "{n} liens vers RESINA créés"),
            ("{n} link to RESINA created", "{n} links to RESINA created"),
        ),
        False,
    ),
    (
        ("uplink_removed",),
        (
            ("{n} lien vers RESINA supprimé", "{n} liens vers RESINA supprimés"),
            ("{n} link to RESINA removed", "{n} links to RESINA removed"),
        ),
        True,
    ),
    (
        ("machine_created",),
        (("{n} machine ajoutée", "{n} machines ajoutées"), ("{n} machine added", "{n} machines added")),
        False,
    ),
    (
        ("machine_removed",),
        (("{n} machine retirée", "{n} machines retirées"), ("{n} machine taken out", "{n} machines taken out")),
        True,
    ),
    (
        ("application_created",),
        (
            ("{n} application ajoutée", "{n} applications ajoutées"),
            ("{n} application added", "{n} applications added"),
        ),
        False,
    ),
    (
        ("application_version",),
        (
            ("{n} application mise à jour", "{n} applications mises à jour"),
            ("{n} application updated", "{n} applications updated"),
        ),
        False,
    ),
    (
        ("application_opened", "application_closed"),
        (
            ("des accès changés à {n} application", "des accès changés à {n} applications"),
            ("access changed to {n} application", "access changed to {n} applications"),
        ),
        False,
    ),
    (
        ("application_removed",),
        (
            ("{n} application retirée (données gardées)", "{n} applications retirées (données gardées)"),
            ("{n} application withdrawn (data kept)", "{n} applications withdrawn (data kept)"),
        ),
        True,
    ),
    (
        (
            "share_described",
            "pool",
            "pool_removed",
            "setting_changed",
            "setting_set",
            "setting_unset",
            "list_more",
            "list_fewer",
            "list_reordered",
        ),
        (("{n} réglage changé", "{n} réglages changés"), ("{n} setting changed", "{n} settings changed")),
        False,
    ),
)

# A size is told with its values: « 1 quota porté de 2 à 5 Gio ». Several of one kind are counted.
SIZES: Phrase = (("{n} taille changée", "{n} tailles changées"), ("{n} size changed", "{n} sizes changed"))
NOTHING_REMOVED: Phrase = ("rien n'est supprimé", "nothing is removed")
NOTHING: Phrase = ("rien ne change dans l'inventaire", "nothing changes in the inventory")
LAYOUT: Phrase = (
    "rien ne change dans l'inventaire : seule l'écriture des fichiers diffère",
    "nothing changes in the inventory: only the way the files are written differs",
)
PLATFORM: Phrase = ("La plateforme", "The platform")
BASE_DOES_NOT_LOAD: Phrase = (
    "{base} ne se charge pas, rien à quoi comparer : {reason}",
    "{base} does not load, there is nothing to compare with: {reason}",
)

# The words of a setting, by the last part of its path, with its place in the file for the rest.
LABELS: dict[str, Phrase] = {
    "quota_mib": ("quota", "quota"),
    "quota_gib": ("quota", "quota"),
    "keep_days": ("journal des messages, jours gardés", "journal of messages, days kept"),
    "witness": ("témoins sans qui personne ne lit le journal", "witnesses without whom nobody reads the journal"),
    "message_size_mib": ("poids maximal d'un message", "maximum weight of a message"),
    "name": ("nom", "name"),
    "owner": ("responsable", "owner"),
    "description": ("description", "description"),
    "reviewers": ("relecteurs", "reviewers"),
    "vlan": ("VLAN", "VLAN"),
    "prefix": ("préfixe", "prefix"),
    "gateway": ("passerelle", "gateway"),
    "address": ("adresse", "address"),
    "host": ("machine qui la sert", "machine that serves it"),
    "database": ("machine de la base de données", "machine of the database"),
    "port": ("port", "port"),
    "core": ("cœur de RESINA", "RESINA core"),
    "peer": ("voisin", "neighbour"),
    "role": ("rôle", "role"),
    "asn": ("AS", "AS"),
    "runs": ("services", "services"),
    "mac": ("adresse MAC", "MAC address"),
    "block": ("bloc d'adresses", "block of addresses"),
    "model": ("modèle", "model"),
    "tier": ("rang", "tier"),
    "stp_priority": ("priorité STP", "STP priority"),
    "pool": ("DHCP", "DHCP"),
    "maximum_macs": ("machines au plus", "machines at most"),
    "protections": ("protections", "protections"),
    "places": ("places", "places"),
    "reaches": ("peut joindre", "may reach"),
}
OTHER: Phrase = ("« {path} »", "'{path}'")
PLACED: Phrase = ("{place}, {label}", "{place}, {label}")

# The tree of a pull request
CONFLICT: Phrase = (
    "ce changement et main modifient les mêmes lignes, à fusionner d'abord : {paths}",
    "this change and main change the same lines, to be merged first: {paths}",
)
LEFT: Phrase = (
    "le plan ne tient pas compte de : {paths}",
    "the plan leaves out: {paths}",
)
REFUSED_KIND: Phrase = (
    "{path}:1:1: ce n'est pas un fichier ordinaire ({kind}) ; le remplacer par un fichier de texte",
    "{path}:1:1: not a regular file ({kind}); replace it with a text file",
)
REFUSED_SIZE: Phrase = (
    "{path}:1:1: {n} octets ; {limit} au plus",
    "{path}:1:1: {n} bytes; {limit} at most",
)
REFUSED_TOO_MANY: Phrase = (
    "{n} fichiers de l'inventaire changent : trop pour une seule demande (2 000 fichiers, 32 Mio)",
    "{n} files of the inventory change: too many for one request (2,000 files, 32 MiB)",
)

# The plan in a comment
PLAN_HEADING: Phrase = ("Le plan", "The plan")
PREVIEW_HEADING: Phrase = ("L'aperçu", "The preview")
PLAN_MADE: Phrase = (
    "Environnement {environment}, {commit}, fait le {made_at}.",
    "Environment {environment}, {commit}, made at {made_at}.",
)
PREVIEW_MADE: Phrase = (
    "Calculé sans contacter de machine : ce que chacune serait avant et après (environnement {environment}).",
    "Computed without contacting any machine: what each would be before and after (environment {environment}).",
)
PLAN_EMPTY: Phrase = ("rien à faire", "nothing to do")
PREVIEW_EMPTY: Phrase = ("aucune machine ne change", "no machine changes")
CHANGES: Phrase = (("{n} changement", "{n} changements"), ("{n} change", "{n} changes"))
HOSTS: Phrase = (("{n} machine", "{n} machines"), ("{n} host", "{n} hosts"))
CHANGES_ON: Phrase = ("{changes} sur {hosts}", "{changes} on {hosts}")
CERTAINTY: dict[str, Phrase] = {
    "certain": ("certain", "certain"),
    "conditional": ("conditionnel", "conditional"),
    "unknown": ("inconnu avant l'exécution", "not known before it runs"),
}
RISKS: dict[str, Phrase] = {
    "removal": ("suppression", "removal"),
    "interruption": ("interruption de service", "interruption of service"),
    "lockout": ("risque de perdre l'accès", "risk of losing access"),
}
RISKY_FIRST: Phrase = ("À regarder d'abord", "To look at first")
NOT_PLANNED: Phrase = ("{host} n'est pas dans ce plan : {why}", "{host} is not in this plan: {why}")
LINES_LEFT: Phrase = (("… {n} ligne de plus", "… {n} lignes de plus"), ("… {n} more line", "… {n} more lines"))

# The comment
TITLE: Phrase = ("Ce que change cette demande", "What this request changes")
ERRORS: Phrase = (
    ("L'inventaire a {n} erreur ; à corriger d'abord :", "L'inventaire a {n} erreurs ; à corriger d'abord :"),
    ("The inventory has {n} mistake; to be mended first:", "The inventory has {n} mistakes; to be mended first:"),
)
NO_PLAN: Phrase = ("le plan manque : {reason}", "the plan is missing: {reason}")
ALLOWED: Phrase = ("Ce changement est permis à son auteur", "This change is allowed to its author")
REFUSED: Phrase = ("Ce changement n'est pas permis à son auteur", "This change is not allowed to its author")
CUT: Phrase = (
    "**Ce commentaire est coupé** : {what}.{where}",
    "**This comment is cut**: {what}.{where}",
)
CUT_ERRORS: Phrase = (
    ("{n} erreur n'y est pas", "{n} erreurs n'y sont pas"),
    ("{n} mistake is not in it", "{n} mistakes are not in it"),
)
CUT_SENTENCES: Phrase = (
    ("{n} phrase du compte rendu n'y est pas", "{n} phrases du compte rendu n'y sont pas"),
    ("{n} sentence of the report is not in it", "{n} sentences of the report are not in it"),
)
CUT_RISKS: Phrase = (
    ("{n} risque n'y est pas ({names})", "{n} risques n'y sont pas ({names})"),
    ("{n} risk is not in it ({names})", "{n} risks are not in it ({names})"),
)
CUT_HOSTS: Phrase = (
    ("{n} machine n'y est pas ({names})", "{n} machines n'y sont pas ({names})"),
    ("{n} host is not in it ({names})", "{n} hosts are not in it ({names})"),
)
CUT_OTHERS: Phrase = (
    ("{n} autre partie n'y est pas", "{n} autres parties n'y sont pas"),
    ("{n} other part is not in it", "{n} other parts are not in it"),
)
CUT_SHORTENED: Phrase = (
    ("les lignes de {n} machine sont abrégées ({names})", "les lignes de {n} machines sont abrégées ({names})"),
    ("the lines of {n} host are shortened ({names})", "the lines of {n} hosts are shortened ({names})"),
)
AND_MORE: Phrase = ("{names}, …", "{names}, …")
WHOLE: Phrase = (" Le tout : {link}", " The whole: {link}")

# The rehearsal
REHEARSAL_TITLE: Phrase = ("Répétition générale sur {base}", "Rehearsal on top of {base}")
REHEARSAL_FAILED: Phrase = (
    "le déploiement de {where} échoue à l'étape « {phase} » : rien n'a pu être comparé",
    "the deploy of {where} fails at the step '{phase}': nothing could be compared",
)
THE_BASE: Phrase = ("la base", "the base")
THE_CHANGE: Phrase = ("ce changement", "this change")
REHEARSAL_CHANGED: Phrase = (
    ("{n} changement appliqué par-dessus, sur {hosts}", "{n} changements appliqués par-dessus, sur {hosts}"),
    ("{n} change applied on top, on {hosts}", "{n} changes applied on top, on {hosts}"),
)
REHEARSAL_TESTS: Phrase = (
    ("{n} contrôle réussi sur {total}", "{n} contrôles réussis sur {total}"),
    ("{n} check of {total} passed", "{n} checks of {total} passed"),
)
REHEARSAL_NOTHING_BROKEN: Phrase = ("ce changement ne casse rien", "this change breaks nothing")
REHEARSAL_BROKEN: Phrase = (
    "Cassé par ce changement :",
    "Broken by this change:",
)
REHEARSAL_NEW_FAILING: Phrase = ("Contrôles nouveaux qui échouent :", "New checks that fail:")
REHEARSAL_STILL: Phrase = ("Échouaient avant et échouent encore :", "Failed before and still fail:")
REHEARSAL_MENDED: Phrase = ("Réparés par ce changement :", "Mended by this change:")
REHEARSAL_GONE: Phrase = ("Contrôles qui n'existent plus :", "Checks that are gone:")
REHEARSAL_AGAIN: Phrase = (
    "un second déploiement change encore quelque chose : une opération n'est pas idempotente",
    "a second deploy still changes something: an operation is not idempotent",
)
REHEARSAL_PHASES: Phrase = ("étape", "phase")
