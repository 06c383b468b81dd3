"""Make the changes of an LDIF text in one transaction: all, or none. The error names the entry.

The first passwords of many new people are derived beside samba (roles/directory/keys.py, docs/decisions/0016): samba
makes the first account of them, and only where ours is the same to the last byte do the others follow.
"""

import os
import re
import sys
import syslog
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor

import ldb
from samba import check_password_quality
from samba.auth import system_session
from samba.dcerpc import drsblobs, drsuapi
from samba.ndr import ndr_pack, ndr_unpack
from samba.param import LoadParm
from samba.samdb import SamDB

from roles.directory.keys import aes_key, digests, salt_of

HERE = ["local_oid:1.3.6.1.4.1.7165.4.3.12:0"]  # DSDB_CONTROL_BYPASS_PASSWORD_HASH_OID: of who opens the database
PLAIN = re.compile("[A-Za-z0-9._-]+")  # a name that Kerberos escapes nothing of, and whose capitals are everybody's
PACKAGES = ["Primary:Kerberos-Newer-Keys", "Primary:Kerberos", "Packages", "Primary:WDigest"]
AES_AND_DES = [18, 17, 3, 1]  # of DES there are no keys any more, but random bytes in their place
KEPT = "supplementalCredentials"
NOTED = ("unicodePwd", "dBCSPwd", "ntPwdHistory", "lmPwdHistory", KEPT, "pwdLastSet")  # by which replication goes


class NotAlikeError(Exception):
    """What we make is not what samba makes here."""


class Person:
    """A new account of somebody who must choose another password than this one."""

    def __init__(self, record: ldb.Message) -> None:
        self.name, self.principal = (str(record[name]) for name in ("sAMAccountName", "userPrincipalName"))
        self.password = record["unicodePwd"][0].decode("utf-16-le")[1:-1]

    @classmethod
    def of(cls, record: ldb.Message) -> "Person | None":
        """None where samba is to set the password, if there is one."""
        if not {"sAMAccountName", "userPrincipalName", "unicodePwd", "pwdLastSet"} <= set(record.keys()):
            return None
        person = cls(record)
        names = (person.name, person.principal.partition("@")[0])
        plain = all(map(PLAIN.fullmatch, names)) and person.password.isascii() and person.password.isprintable()
        return person if plain and str(record["pwdLastSet"]) == "0" else None


class Keys:
    """Makes what samba keeps of the passwords of these people, a few at a time and ahead of who asks."""

    def __init__(self, lp: LoadParm, people: Mapping[str, Person]) -> None:
        self.realm, self.domains = lp.get("realm"), (lp.get("workgroup"), lp.get("realm"))
        self.people = people
        self._pool = ThreadPoolExecutor(4)
        self._derived: dict[str, list[Future[bytes]]] = {}
        for dn, person in people.items():
            secret, salt = person.password.encode(), salt_of(self.realm, person.principal).encode()
            self._derived[dn] = [self._pool.submit(aes_key, secret, salt, size) for size in (32, 16)]

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)

    def made(self, dn: str, pattern: bytes, des: list[bytes] | None = None) -> bytes:
        """What is kept for a person, in the form of what samba kept for another; `des`: not made up, but these."""
        person = self.people[dn]
        whole = ndr_unpack(drsblobs.supplementalCredentialsBlob, pattern)
        packages = whole.sub.packages
        if [package.name for package in packages] != PACKAGES:
            raise NotAlikeError(f"samba keeps {', '.join(package.name for package in packages)}")
        aes = [future.result() for future in self._derived[dn]]
        keys = aes + (des or [os.urandom(8), os.urandom(8)])
        for package, values in ((packages[0], keys), (packages[1], keys[2:])):
            package.data = self._kerberos(package.data, person, values)
        secret = person.password.encode()
        head = packages[3].data[:32]  # the number of hashes, and what is reserved
        packages[3].data = head + digests(person.name, person.principal, self.domains, secret).hex().upper()
        whole.sub.packages = packages
        return bytes(ndr_pack(whole))

    def _kerberos(self, pattern: str, person: Person, values: list[bytes]) -> str:
        found = ndr_unpack(drsblobs.package_PrimaryKerberosBlob, bytes.fromhex(pattern))
        keys = found.ctr.keys
        if [key.keytype for key in keys] != AES_AND_DES[-len(values) :] or found.ctr.num_old_keys:
            raise NotAlikeError("samba keeps other kinds of keys")
        for key, value in zip(keys, values, strict=True):
            key.value = value
        found.ctr.keys = keys
        found.ctr.salt.string = salt_of(self.realm, person.principal)
        return bytes(ndr_pack(found)).hex().upper()


class Changes:
    """The changes of one text, within a transaction."""

    def __init__(self, db: SamDB, lp: LoadParm) -> None:
        self.db, self.lp = db, lp
        self.at = ""  # the entry that is changed now
        self._pattern = b""
        self._noted: dict[int, int] = {}
        self._seen = False

    def make(self, text: str, beside: bool) -> None:
        records = list(self.db.parse_ldif(text))
        new = [record for kind, record in records if kind == ldb.CHANGETYPE_ADD]
        people = {str(record.dn): person for record in new if (person := Person.of(record))} if beside else {}
        keys = Keys(self.lp, people if len(people) > 1 else {})
        try:
            for kind, record in records:
                self._one(kind, record, keys)
        finally:
            keys.close()

    def _one(self, kind: int, record: ldb.Message | dict[str, ldb.Dn], keys: Keys) -> None:
        if isinstance(record, dict):
            self.at = str(record["olddn"])
            self.db.rename(record["olddn"], record["newdn"])
            return
        self.at = str(record.dn)
        if kind == ldb.CHANGETYPE_MODIFY:
            self.db.modify(record)
        elif self.at not in keys.people or (self._pattern and not self._allowed(keys.people[self.at].password)):
            self.db.add(record)  # where the password is not allowed, samba says so
        elif not self._pattern:
            self.db.add(record)
            self._pattern = self._proven(keys)
        else:
            self._beside(record, keys)

    def _proven(self, keys: Keys) -> bytes:
        """What samba kept for the account at hand. Raises NotAlikeError where ours differs."""
        ours = (KEPT, "unicodePwd", "ntPwdHistory", "msDS-ResultantPSO")
        (found,) = self.db.search(self.at, ldb.SCOPE_BASE, attrs=[*ours, "replPropertyMetaData"])
        if more := [name for name in ours[1:] if name in found] or self.lp.get("check password script"):
            raise NotAlikeError(f"a password has more to it here ({more})")
        kept = bytes(found[KEPT][0])
        kerberos = ndr_unpack(drsblobs.supplementalCredentialsBlob, kept).sub.packages[0].data
        des = [
            bytes(key.value)
            for key in ndr_unpack(drsblobs.package_PrimaryKerberosBlob, bytes.fromhex(kerberos)).ctr.keys
        ]
        if keys.made(self.at, kept, des[2:]) != kept:
            raise NotAlikeError("samba derives other keys")
        self._noted = noted(found)
        (domain,) = self.db.search(
            self.db.get_default_basedn(), ldb.SCOPE_BASE, attrs=["minPwdLength", "pwdProperties"]
        )
        self._shortest, self._complex = int(str(domain["minPwdLength"])), int(str(domain["pwdProperties"])) & 1
        return kept

    def _allowed(self, password: str) -> bool:
        return len(password) >= self._shortest and (not self._complex or check_password_quality(password))

    def _beside(self, record: ldb.Message, keys: Keys) -> None:
        """Samba makes the account as one without a password, and then takes what is kept of one as it is."""
        record.remove("unicodePwd")
        self.db.add(record)
        kept = ldb.Message(record.dn)
        kept[KEPT] = ldb.MessageElement([keys.made(self.at, self._pattern)], ldb.FLAG_MOD_REPLACE, KEPT)
        self.db.modify(kept, controls=HERE)
        if not self._seen:
            (found,) = self.db.search(self.at, ldb.SCOPE_BASE, attrs=["replPropertyMetaData"])
            if noted(found) != self._noted:
                raise NotAlikeError("samba notes other changes")
            self._seen = True


def noted(found: ldb.Message) -> dict[int, int]:
    """What replication knows of the password of an account: the version of each attribute that belongs to it."""
    known = ndr_unpack(drsblobs.replPropertyMetaDataBlob, found["replPropertyMetaData"][0]).ctr.array
    ours = {getattr(drsuapi, f"DRSUAPI_ATTID_{name}") for name in NOTED}
    return {each.attid: each.version for each in known if each.attid in ours}


def main() -> int:
    text = sys.stdin.read()
    lp = LoadParm()
    lp.load_default()
    db = SamDB(url=lp.samdb_url(), lp=lp, session_info=system_session())
    for beside in (True, False):
        changes = Changes(db, lp)
        db.transaction_start()
        try:
            changes.make(text, beside)
        except NotAlikeError as why:
            db.transaction_cancel()
            syslog.openlog("change-entries")
            syslog.syslog(f"{why}: samba sets each password, which takes longer")
            continue
        except ldb.LdbError as error:
            db.transaction_cancel()
            print(f"{changes.at}: {' '.join(str(error.args[1]).split())}", file=sys.stderr)
            return 1
        except BaseException:
            db.transaction_cancel()
            raise
        db.transaction_commit()
        break
    return 0


if __name__ == "__main__":
    sys.exit(main())
