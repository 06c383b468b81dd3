"""What samba keeps of a password: the keys of Kerberos and the hashes of WDigest. See docs/decisions/0016.

Deriving them is nearly all the time that a new account takes, and samba does it slowly. This is sent to the controller
as it is: it imports nothing of ours.
"""

from hashlib import md5, pbkdf2_hmac

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

ROUNDS = 4096
KERBEROS = bytes.fromhex("6b65726265726f737b9b5b2b93132b93")  # "kerberos", folded to a block (RFC 3961, 5.1)


def aes_key(password: bytes, salt: bytes, size: int, rounds: int = ROUNDS) -> bytes:
    """The key of aes256-cts-hmac-sha1-96 (32 bytes) or aes128-cts-hmac-sha1-96 (16) of a password (RFC 3962, 4)."""
    secret = pbkdf2_hmac("sha1", password, salt, rounds, size)
    encrypt = Cipher(algorithms.AES(secret), modes.ECB()).encryptor()  # noqa: S305  # DK of RFC 3961 is made of blocks
    first = encrypt.update(KERBEROS)
    return (first + encrypt.update(first))[:size]


def salt_of(realm: str, principal: str) -> str:
    """The salt of a person's keys: the realm in capitals, then what stands before the @ (MS-KILE 3.1.1.2)."""
    return realm.upper() + principal.partition("@")[0]


def digests(name: str, principal: str, domains: tuple[str, str], password: bytes) -> bytes:
    """The 29 hashes of WDigest one after the other (MS-SAMR 3.1.1.8.11.3.1); domains: the short name, that of DNS."""
    short, dns = domains[0], domains[1].lower()
    of_short, of_dns = (short, short.lower(), short.upper()), (dns, dns, dns.upper())
    names, principals = (name, name.lower(), name.upper()), (principal, principal.lower(), principal.upper())
    # As it is, in small and in capital letters: 0, 1, 2.
    pairs = [(0, 0), (1, 1), (2, 2), (0, 2), (0, 1), (2, 1), (1, 2)]
    with_domain = [f"{of[domain]}\\{each}" for of in [of_short] for domain, each in enumerate(names)]
    told = [
        *(f"{names[user]}:{of[domain]}" for of in (of_short, of_dns) for user, domain in pairs),
        *(f"{each}:" for each in (*principals, *with_domain)),
        *(f"{each}:Digest" for each in (*names, *principals, *with_domain)),
    ]
    return b"".join(md5(f"{each}:".encode() + password, usedforsecurity=False).digest() for each in told)
