"""What happens to the lab between two plans: gains of the inventory, new templates, damage by hand; and its traces."""

import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from tests.endurance import lab

VLAN = 40


@dataclass(frozen=True)
class Newcomers:
    """An institution, an application and people that nobody had before; `purge` finds all of them by their names."""

    tag: str = field(default_factory=lambda: uuid4().hex[:5])  # the directory remembers those who left

    @property
    def name(self) -> str:
        return f"essai-{self.tag}"

    @property
    def login(self) -> str:
        return f"essai.{self.tag}"

    @property
    def files(self) -> dict[str, str]:
        """What its files hold, below inventory/."""
        folder = f"institutions/{self.name}"
        return {
            f"{folder}/institution.yaml": f"""\
institution: {self.name}
kind: institution
name: Institution d'essai
mail_domain: {self.name}.gov.bf
reviewers: ["@burkina/plateforme"]
""",
            f"{folder}/people.yaml": f"""\
people:
  - {{id: {self.name.upper()}-A, login: {self.login}.a, given: Adama, family: Essai}}
  - {{id: {self.name.upper()}-B, login: {self.login}.b, given: Bintou, family: Essai}}
""",
            f"{folder}/groups.yaml": f"functions:\n  dsi: [{self.login}.a]\n",
            f"{folder}/shares.yaml": f"""\
shares:
  {self.name}:
    description: Dossiers communs
    write: [agents]
""",
            f"applications/{self.name}.yaml": f"""\
application: {self.name}
name: Application d'essai
owner: mtdpce
host: app1
database: db1
port: 8109
artifact: {{kind: wheel, name: standin, version: 1.0.0, module: "standin:app"}}
readers: [mtdpce/agents]
""",
        }


def gain(place: Path, new: Newcomers) -> None:
    """A person joins, is renamed, moves; groups and shares; an institution; an application; a VLAN and its ports."""
    inventory = place / "inventory"
    sante, mtdpce, anptic = (inventory / "institutions" / name for name in ("sante", "mtdpce", "anptic"))
    moving = "  - {id: M3002, login: aminata.modele, given: Aminata, family: Modèle}\n"
    lab.append(
        sante / "people.yaml",
        f"  - {{id: {new.name.upper()}-N, login: {new.login}, given: Nafi, family: Nouvelle}}\n{moving}",
    )
    lab.edit(anptic / "people.yaml", (moving, ""))
    lab.edit(mtdpce / "people.yaml", ("family: Spécimen}", "family: Spécimen-Modèle}"))
    lab.edit(mtdpce / "groups.yaml", ("dsi: [issa.modele]", "dsi: [issa.modele, fatou.specimen]"))
    lab.append(sante / "groups.yaml", "  rh: [mariam.modele]\n")
    lab.append(
        sante / "shares.yaml",
        f"  {new.name}-rh:\n    description: Dossiers du personnel\n    write: [rh]\n    read: [dsi]\n",
    )
    lab.edit(mtdpce / "shares.yaml", ("    write: [agents] ", "    read: [agents]\n    write: [dsi] "))
    for name, text in new.files.items():
        (inventory / name).parent.mkdir(exist_ok=True)
        (inventory / name).write_text(text)

    lab.edit(
        inventory / "applications/e-cm.yaml",
        ("readers: [mtdpce/conseil, sante/conseil]", "readers: [mtdpce/conseil, sante/conseil, anptic/agents]"),
    )
    _new_version(place)
    lab.edit(inventory / "applications/cim.yaml", ("version: 1.0.0", "version: 1.0.1"))

    lab.edit(
        inventory / "sites/mtdpce-siege.yaml",
        (
            "  management:\n    vlan: 99\n",
            f"  voice:\n    vlan: {VLAN}\n    prefix: 10.20.{VLAN}.0/24\n    gateway: 10.20.{VLAN}.1\n"
            "  management:\n    vlan: 99\n",
        ),
        ("{trunk: [users, guests, management], to: edge1}", "{trunk: [users, guests, voice, management], to: edge1}"),
        (
            "      GigabitEthernet1/0/24:",
            "      GigabitEthernet1/0/3: {access: voice}\n      GigabitEthernet1/0/24:",
        ),
    )


def _new_version(place: Path) -> None:
    """A wheel of another version, in artefacts of the copy's own."""
    artifacts = place / "artifacts"
    shutil.copytree(lab.ROOT / ".cache/artifacts", artifacts)
    lab.edit(place / "tests/standin/standin/__init__.py", ('__version__ = "1.0.0"', '__version__ = "1.0.1"'))
    lab.well(lab.run(place, "flit_core.wheel", "tests/standin", "--outdir", str(artifacts)))
    lab.edit(place / "inventory/environments/lab.yaml", ("artifacts: .cache/artifacts", "artifacts: artifacts"))


def new_templates(place: Path) -> None:
    """A line more in the settings of services that then restart, and of others that reload; a rule of the firewall."""
    for name in (
        "mail/postfix/main.cf.j2",
        "mail/dovecot/dovecot.conf.j2",
        "applications/nginx.conf.j2",
        "base/sshd.conf.j2",
        "timekeeping/chrony.conf.j2",
        "database/administration.conf.j2",
        "files/smb.conf.j2",
    ):
        lab.append(place / "templates" / name, "# endurance\n")
    lab.edit(
        place / "templates/base/nftables.conf.j2",
        (
            "        counter\n    }\n\n    chain forward",
            "        tcp dport 9 reject\n        counter\n    }\n\n    chain forward",
        ),
    )
    lab.edit(place / "roles/uplinks/intent.py", ("MAXIMUM_PREFIXES = 1000", "MAXIMUM_PREFIXES = 900"))


DAMAGE = {
    "ws1": "dpkg --remove python3-dkim >/dev/null",
    "mail1": "systemctl disable --quiet --now rspamd; chmod 644 /var/lib/rspamd/dkim/sante.gov.bf.*.key;"
    " echo intrus@sante.gov.bf intrus >>/etc/postfix/mailboxes",
    "app1": "systemctl stop app-cim; echo '# by hand' >>/etc/systemd/system/app-e-cm.service",
    "db1": "chmod 666 /etc/postgresql/17/main/pg_hba.conf; chown root /etc/postgresql/17/main/conf.d/*.conf;"
    " echo 'ALTER ROLE \"cim\" PASSWORD NULL' | runuser -u postgres -- psql -Xq",
    "files1": "chmod 777 /srv/shares/sante; rm /etc/samba/shares.conf",
    "edge1": "sysctl -qw net.ipv4.ip_forward=0; rm /etc/nftables.d/router.nft; ovs-vsctl del-port br-lan lan0.30;"
    " vtysh -c 'configure terminal' -c 'router bgp 65101' -c 'neighbor 10.255.1.1 description autre'",
    "guest1": "rm /etc/ssh/sshd_config.d/administration.conf; chown daemon /etc/ssl/administration/host.key",
    "resina1": "echo '! by hand' >>/etc/frr/frr.conf",
    "dc1": "samba-tool group removemembers sante-dsi mariam.modele >/dev/null; samba-tool user disable moussa.exemple;"
    " samba-tool dns delete dc1 intra.gov.bf e-cm A 10.10.10.14 -P >/dev/null; chmod 640 /etc/krb5.conf",
}


def damage() -> None:
    """What somebody did by hand on each machine."""
    for host, script in DAMAGE.items():
        lab.ssh(host, f"set -e; {script}")


PURGE_DIRECTORY = """
import ldb
from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB

lp = LoadParm()
lp.load_default()
db = SamDB(url=lp.samdb_url(), lp=lp, session_info=system_session())
base = db.domain_dn()
for top, expression in (
    (base, "(|(cn=essai-*)(cn=essai.*)(ou=essai-*))"),
    (f"DC=DomainDnsZones,{base}", "(|(dc=essai-*)(name=essai-*))"),
):
    found = [entry.dn for entry in db.search(ldb.Dn(db, top), expression=expression, attrs=["dn"])]
    for dn in sorted(found, key=len):  # a unit before its people: they go with it
        try:
            db.delete(dn, ["tree_delete:1"])
        except ldb.LdbError as error:
            if error.args[0] != ldb.ERR_NO_SUCH_OBJECT:
                raise
"""

PURGE_DATABASE = """
for name in $(runuser -u postgres -- psql -XAtqc "SELECT datname FROM pg_database WHERE datname LIKE 'essai-%'"); do
    runuser -u postgres -- dropdb --force "$name"
done
for name in $(runuser -u postgres -- psql -XAtqc "SELECT rolname FROM pg_roles WHERE rolname LIKE 'essai-%'"); do
    runuser -u postgres -- dropuser "$name"
done
"""


def purge() -> None:
    """Forget those who left: a deploy keeps their accounts, zones, folders and databases, as it must."""
    lab.ssh("dc1", "python3 -", PURGE_DIRECTORY)
    lab.ssh("db1", "sh -e -s", PURGE_DATABASE)
    lab.ssh("files1", "rm -rf /srv/shares/essai-*")
    lab.ssh("mail1", "rm -rf /var/lib/rspamd/dkim/essai-* /srv/mail/essai-*")
    lab.ssh("app1", "rm -rf /srv/apps/essai-* /srv/apps/cim/releases/1.0.1-*")


def secret_files() -> dict[str, bytes]:
    """The sealed files of the lab, as they are."""
    return {path.name: path.read_bytes() for path in (lab.STATE / "secrets").iterdir() if path.is_file()}


def restore(files: dict[str, bytes]) -> None:
    """Put the sealed files back: those who came for a test need no secret any more."""
    folder = lab.STATE / "secrets"
    for path in folder.iterdir():
        if path.is_file() and path.name not in files:
            path.unlink()
    for name, content in files.items():
        path = folder / name
        if path.read_bytes() != content:
            partial = path.with_name(f"{name}.partial")
            partial.touch(mode=0o600)
            partial.write_bytes(content)
            partial.replace(path)


if __name__ == "__main__":
    sys.exit(purge())
