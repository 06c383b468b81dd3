"""People whom nobody had before, in a copy of the repository, so that a deploy has much to write; and gone again."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.disturbances.controllers import DATABASE, Controllers
from tests.endurance.changes import restore, secret_files
from tests.endurance.lab import ssh
from tests.rehearsals.conftest import NOT_OURS, ROOT, done

LOGIN = "essai.faute"  # and a number
PURGE = f"""
import ldb
from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB

lp = LoadParm()
lp.load_default()
db = SamDB(url=lp.samdb_url(), lp=lp, session_info=system_session())
db.transaction_start()
for entry in db.search(db.domain_dn(), expression="(sAMAccountName={LOGIN}.*)", attrs=["dn"]):
    db.delete(entry.dn)
db.transaction_commit()
"""


class Newcomers:
    """So many people of the first institution, who are in the copy alone."""

    def __init__(self, controllers: Controllers, place: Path, number: int) -> None:
        self.controllers, self.place, self.number = controllers, place, number
        shutil.copytree(ROOT, place, ignore=NOT_OURS)
        (place / ".cache").symlink_to(ROOT / ".cache")
        institution, _ = next(controllers.lab.administration.people())
        people = place / f"inventory/institutions/{institution.institution}/people.yaml"
        lines = [f"  - {{id: ESSAI-F{n}, login: {LOGIN}.{n}, given: Adama, family: Essai}}\n" for n in range(number)]
        people.write_text(people.read_text().rstrip() + "\n" + "".join(lines))
        done(place, "deploys.secrets")

    def in_batches_of(self, size: int) -> None:
        """The transactions of a deploy are smaller, so that some of them are over when another dies."""
        operations = self.place / "roles/directory/operations.py"
        text = operations.read_text()
        assert "\nBATCH = 1000 " in text
        operations.write_text(text.replace("\nBATCH = 1000 ", f"\nBATCH = {size} "))

    def known(self, name: str) -> list[str]:
        """The ids of those whom a controller has, one for each account."""
        found = self.controllers.run(
            name, f"ldbsearch -H {DATABASE} '(sAMAccountName={LOGIN}.*)' employeeID 2>/dev/null"
        )
        return [line.split()[-1] for line in found.splitlines() if line.startswith("employeeID: ")]

    def purge(self) -> None:
        """Nobody has an account of them, on any controller."""
        for name in self.controllers.names:
            ssh(name, "python3 -I -", PURGE)


@contextmanager
def newcomers(controllers: Controllers, place: Path, number: int) -> Iterator[Newcomers]:
    """They come, and afterwards the controllers are what the repository says."""
    secrets = secret_files()
    found = Newcomers(controllers, place, number)
    try:
        yield found
    finally:
        found.purge()
        restore(secrets)
        controllers.whole()
        controllers.unchanged()
