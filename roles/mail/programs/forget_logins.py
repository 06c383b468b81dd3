#!/usr/bin/python3 -I
"""Forget the logins that are too old, and of who has another password, is disabled or gone, as the directory says.

Where it does not answer it says nothing, and what is not too old is kept. A file is the address; in it stand when the
password was proved, when it had been chosen (pwdLastSet), and its hash.
Arguments: the folder, hours, the base of the directory, who asks it, its addresses.
"""

import os
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import ldap

AT_ONCE, PATIENCE, PARTIAL = 200, 8, 600  # people a question; seconds
DISABLED = 2  # a bit of userAccountControl


def records(folder: Path, hours: int) -> dict[str, str]:
    """Each address that is remembered, and when its password was chosen; what is too old or broken goes."""
    found = {}
    for path in folder.iterdir():
        try:
            if path.name.startswith("."):  # one that is being written, or was when its writer died
                if time.time() - path.stat().st_mtime > PARTIAL:
                    path.unlink()
                continue
            fields = path.read_text().split()
            if len(fields) != 3 or time.time() - int(fields[0]) > hours * 3600:
                path.unlink()
            else:
                found[path.name] = fields[1]
        except FileNotFoundError:
            continue
    return found


def present(uri: str, base: str, name: str, password: str, addresses: list[str]) -> Iterator[tuple[str, str]]:
    """Of these people, who may log in and when their password was chosen."""
    server = ldap.initialize(uri)
    server.set_option(ldap.OPT_NETWORK_TIMEOUT, PATIENCE)
    server.set_option(ldap.OPT_TIMEOUT, PATIENCE)
    server.simple_bind_s(name, password)
    for first in range(0, len(addresses), AT_ONCE):
        any_of = "".join(f"(mail={address})" for address in addresses[first : first + AT_ONCE])
        people = f"(&(objectCategory=person)(objectClass=user)(|{any_of}))"
        for dn, values in server.search_s(
            base, ldap.SCOPE_SUBTREE, people, ["mail", "pwdLastSet", "userAccountControl"]
        ):
            if dn and not int(values["userAccountControl"][0]) & DISABLED:
                yield values["mail"][0].decode().lower(), values["pwdLastSet"][0].decode()


def main(folder: str, hours: str, base: str, name: str, *uris: str) -> None:
    known = records(Path(folder), int(hours))
    settings = Path(os.environ["CREDENTIALS_DIRECTORY"], "settings").read_text()
    (password,) = re.findall(r'^ldap_auth_dn_password = "(.*)"$', settings, re.MULTILINE)
    if not known:
        return
    for uri in uris:
        try:
            now = dict(present(uri, base, name, password, sorted(known)))
            break
        except (ldap.SERVER_DOWN, ldap.TIMEOUT, ldap.CONNECT_ERROR, ldap.UNAVAILABLE, ldap.BUSY):
            continue
    else:
        return
    for address, chosen in known.items():
        if now.get(address) != chosen:
            Path(folder, address).unlink(missing_ok=True)
            print(f"{address}: forgotten")


if __name__ == "__main__":
    main(*sys.argv[1:])
