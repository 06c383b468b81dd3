"""Remove the backups of mail that need not be kept: `make prune-backups [PLAN=1]`.

How many are kept is in platform.yaml. It is done on the backup server by the key of an engineer, who also brings the
password of the repository: no mail server can do it, and the backup server cannot by itself. What stays is checked.
Exits 0; 1 where it cannot be done, or a backup says another time than that at which it came: somebody must look.
"""

import argparse
import json
import subprocess
import sys

from inventory import mail_backups
from inventory.hosts import write_ssh_config
from inventory.model import Administration, InventoryError, load
from inventory.secrets import SecretError, secrets_of
from roles.backupserver.pruning import command


def main() -> int:
    parser = argparse.ArgumentParser(prog="deploys.prune_backups", description=__doc__)
    parser.add_argument("--environment", default="lab")
    parser.add_argument("--plan", action="store_true", help="say how many would go, remove none")
    arguments = parser.parse_args()
    try:
        return pruned(load(arguments.environment), arguments.plan)
    except (InventoryError, SecretError) as error:
        print(error, file=sys.stderr)
        return 1


def pruned(administration: Administration, plan: bool) -> int:
    """Prune the repository of every machine that has one."""
    server = mail_backups.server(administration)
    if server is None:
        print("no machine keeps backups: 'backupserver' in the 'runs' of one", file=sys.stderr)
        return 1
    secrets = secrets_of(administration.environment)
    write_ssh_config(administration)
    status = 0
    for machine, scope in mail_backups.clients(administration):
        wanted = {
            "repository": mail_backups.repository(machine.name),
            "account": mail_backups.ACCOUNT,
            "password": secrets.get(scope, mail_backups.PASSWORD).reveal(),
            "keep": administration.platform.mail.backups.model_dump(),
            "plan": plan,
            "required": machine not in administration.standing_by,  # which may never have backed up anything
        }
        line = ["ssh", "-F", str(administration.environment.ssh_config), server.name, command()]
        status = max(status, subprocess.run(line, input=json.dumps(wanted).encode(), check=False).returncode)
    return min(status, 1)


if __name__ == "__main__":
    sys.exit(main())
