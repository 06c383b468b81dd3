"""Refuse what a pull request changes outside its author's institution: `make ownership BASE=origin/main`.

With INSTITUTION= or AUTHOR= (an account of the forge), it refuses; without either, it says whom each file concerns.
They come through the environment (not on the command line of make, which would expand them), so that no shell reads
what a forge says. An empty one is nobody, who owns nothing.
"""

import argparse
import os
import sys
from pathlib import Path

from inventory.model.messages import either
from inventory.ownership import Owners, Party, owners_in, refusals
from inventory.repository import GitError, Repository, shown


def main() -> int:
    parser = argparse.ArgumentParser(prog="deploys.ownership", description=__doc__)
    given = os.environ.get
    parser.add_argument("--base", default=given("BASE", "origin/main"), help="the branch that the change is for")
    parser.add_argument("--head", default=given("HEAD", "HEAD"), help="the commit that is proposed")
    parser.add_argument("--institution", default=given("INSTITUTION"), help="the author's institution")
    parser.add_argument("--author", default=given("AUTHOR"), help="the author's account on the forge, such as @awa")
    arguments = parser.parse_args()
    repository = Repository(Path.cwd())
    try:
        base, head = repository.commit(arguments.base), repository.commit(arguments.head)
        changes = repository.changes(repository.fork(base, head), head)
        known = owners_in(repository, base, [change.path for change in changes])
        if arguments.institution is None and arguments.author is None:
            for change in changes:
                owner = known.of(change.path)
                print(f"{shown(change.path)}: {owner} ({', '.join(owner.reviewers)})")
            return 0
        refused = list(refusals(repository, changes, known, _acting(known, arguments.institution, arguments.author)))
    except GitError as error:
        print(f"{arguments.base}...{arguments.head}: {error}", file=sys.stderr)
        return 1
    for line in refused:
        print(line, file=sys.stderr)
    if not refused:
        print(either(f"{len(changes)} fichiers, tous permis", f"{len(changes)} files, all allowed"))
    return 1 if refused else 0


def _acting(known: Owners, institution: str | None, author: str | None) -> list[Party]:
    if institution is not None and author is not None:
        raise GitError(either("INSTITUTION ou AUTHOR, pas les deux", "INSTITUTION or AUTHOR, not both"))
    if institution is not None:
        if institution not in known.institutions:
            names = ", ".join(known.institutions)
            french = f"pas d'institution « {institution} » ; il y a {names}"
            raise GitError(either(french, f"no institution '{institution}'; there are {names}"))
        return [known.institutions[institution]]
    handle = f"@{(author or '').removeprefix('@')}"
    if not (acting := known.parties(handle)):
        french = f"{handle} n'est dans les « authors » ni les « reviewers » d'aucun institution.yaml"
        english = f"{handle} is among the 'authors' or 'reviewers' of no institution.yaml"
        print(either(french, english), file=sys.stderr)
    return acting


if __name__ == "__main__":
    sys.exit(main())
