"""An inventory that lost people's addresses takes no mail away: the deploy is refused whole, in one line."""

import shutil
from pathlib import Path

from inventory.model import Administration, load
from roles.mail.config import config_of
from tests.conftest import connect
from tests.rehearsals.conftest import NOT_OURS, ROOT, run

# What a bad merge does: a file of aliases gone, where one run may remove none.
LIMIT = ("  addresses: 10\n", "  addresses: 0\n")


def test_a_deploy_that_would_lose_addresses_is_refused_before_anything_is_changed(
    administration: Administration, tmp_path: Path
) -> None:
    place = tmp_path / "repository"
    shutil.copytree(ROOT, place, ignore=NOT_OURS)
    (place / ".cache").symlink_to(ROOT / ".cache")
    platform = place / "inventory" / "platform.yaml"
    text = platform.read_text()
    assert LIMIT[0] in text
    platform.write_text(text.replace(*LIMIT))
    losing = next(name for name, each in administration.institutions.items() if each.aliases)
    (place / "inventory" / "institutions" / losing / "mail.yaml").unlink()

    server = administration.running("mail")[0]
    before, after = (
        len(config_of(each, server).aliases) for each in (administration, load("lab", place / "inventory"))
    )
    assert after < before
    host = connect(administration, server.name)
    names = "stat -c '%n %Y %i' /etc/postfix/aliases /etc/dovecot/people"
    was = host.check_output(names)
    refused = run(place, "deploys.engine", "deploy", "--deploy", "mail", "--limit", server.name, "--yes")
    assert refused.returncode == 1, refused.stdout + refused.stderr
    said = f"/etc/postfix/aliases of {server.name} would lose {before - after} of its {before} aliases, and one run may"
    assert said in refused.stderr
    assert "REASON='…'" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1
    assert host.check_output(names) == was
