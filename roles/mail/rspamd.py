"""rspamd: signs what people send, and judges what comes in."""

from pyinfra import host
from pyinfra.operations import files

from inventory.secrets import Secrets
from roles.common import config_file, only_files, secret_file, service
from roles.mail.config import MailConfig
from roles.mail.returns import drop_in, returns
from roles.mail.signing import key_of

USER = "_rspamd"
FOLDER = "/etc/rspamd"
KEYS = "/var/lib/rspamd/dkim"
CHECK = "/usr/local/sbin/check-rspamd"
UNIT_SETTINGS = "/etc/systemd/system/rspamd.service.d/administration.conf"
# Where Postfix hands messages in: below its chroot, in a folder for its group alone.
DOOR = "/var/spool/postfix/rspamd"
MILTER = f"{DOOR}/milter.sock"
CONTROLLER = "/run/rspamd/controller.sock"  # root's, and that of what learns from people

# They ask the Internet at each message or fetch lists from it: without a way out they only cost time.
NEED_INTERNET = ("asn", "fuzzy_check", "mid", "multimap", "phishing", "rbl", "url_redirector", "whitelist")
# What a sender's names say, and the answers that say that names cannot be looked up now.
OF_NAMES = (
    "HFILTER_FROMHOST_NORESOLVE_MX",
    "HFILTER_FROMHOST_NORES_A_OR_MX",
    "HFILTER_HELO_IP_A",
    "HFILTER_HELO_NORESOLVE_MX",
    "HFILTER_HELO_NORES_A_OR_MX",
    "HFILTER_HOSTNAME_UNKNOWN",
    "RDNS_NONE",
)
NO_ANSWER = ("ARC_DNSFAIL", "DMARC_DNSFAIL", "RDNS_DNSFAIL", "R_DKIM_TEMPFAIL", "R_SPF_DNSFAIL")
# They are on wherever there is a store, and would keep what people write to each other in it.
UNWANTED = ("history_redis", "neural")
# local.d adds to what Debian ships (lists too), override.d replaces it.
FOLDERS = ("local.d", "override.d", "lua.local.d")
SETTINGS = (
    "local.d/antivirus.conf",
    "local.d/arc.conf",
    "local.d/classifier-bayes.conf",
    "local.d/composites.conf",
    "local.d/dkim_signing.conf",
    "local.d/dmarc.conf",
    "local.d/force_actions.conf",
    "local.d/partners.map",  # greylist.conf reads it
    "local.d/greylist.conf",
    "local.d/milter_headers.conf",
    "local.d/redis.conf",
    "override.d/mime_types.conf",
    "override.d/options.inc",
    "override.d/worker-controller.inc",
    "override.d/worker-normal.inc",
    "override.d/worker-proxy.inc",
    "lua.local.d/outside.lua",
    "lua.local.d/own_name.lua",
)


def rspamd(wanted: MailConfig, secrets: Secrets) -> None:
    """Ensure the signing keys, the configuration and the service."""
    files.directory(name="mail: folder of DKIM keys", path=KEYS, user=USER, group=USER, mode="700")
    keys = {f"{domain}.{selector}": (domain, selector) for domain in wanted.domains for selector in wanted.signing}
    for file, (domain, selector) in host.loop(keys.items()):
        secret_file(
            name=f"mail: DKIM key {selector} of {domain}",
            content=key_of(secrets, domain, selector),
            path=f"{KEYS}/{file}.key",
            user=USER,
            group=USER,
        )
    config_file(name="mail: check of rspamd settings", template="mail/rspamd/check-rspamd", path=CHECK, mode="755")
    for module in host.loop(NEED_INTERNET):
        config_file(
            name=f"mail: rspamd's {module} is off",
            template="mail/rspamd/off.conf",
            path=f"{FOLDER}/local.d/{module}.conf",
        )
    for module in host.loop(UNWANTED):
        config_file(
            name=f"mail: rspamd's {module} is off",
            template="mail/rspamd/unwanted.conf",
            path=f"{FOLDER}/local.d/{module}.conf",
        )
    for file in host.loop(SETTINGS):
        config_file(
            name=f"mail: rspamd's {file} is valid and in place",
            template=f"mail/rspamd/{file.rpartition('/')[2]}.j2",
            path=f"{FOLDER}/{file}",
            check=f"{CHECK} {file} {{}}",
            wanted=wanted,
            keys=KEYS,
            milter=MILTER,
            controller=CONTROLLER,
            of_names=OF_NAMES,
            no_answer=NO_ANSWER,
        )
    only_files(name="mail: no DKIM key whose quarter is over", folder=KEYS, names=[f"{file}.key" for file in keys])
    files.directory(name="mail: rspamd unit settings folder", path=UNIT_SETTINGS.rpartition("/")[0])
    files.directory(name="mail: where Postfix meets rspamd", path=DOOR, user=USER, group="postfix", mode="2750")
    config_file(name="mail: rspamd unit settings", template="mail/rspamd/unit.conf", path=UNIT_SETTINGS)
    returns("rspamd", ends_within=5)
    service(name="mail: rspamd runs with its present unit", unit="rspamd.service", watches=[UNIT_SETTINGS])
    service(
        name="mail: rspamd runs with its present configuration",
        unit="rspamd.service",
        watches=[*(f"{FOLDER}/{folder}" for folder in FOLDERS), KEYS, drop_in("rspamd")],
        reload=True,
    )
