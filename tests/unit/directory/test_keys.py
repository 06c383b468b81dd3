"""The keys of a password: the vectors of RFC 3962, and what samba was seen to keep (tests/hosts compares all of it)."""

import pytest

from roles.directory.keys import aes_key, digests, salt_of

SALT = b"ATHENA.MIT.EDUraeburn"


@pytest.mark.parametrize(
    ("rounds", "key"),
    [
        (1, "42263c6e89f4fc28b8df68ee09799f15"),
        (2, "c651bf29e2300ac27fa469d693bdda13"),
        (1200, "4c01cd46d632d01e6dbe230a01ed642a"),
    ],
)
def test_aes128_is_that_of_the_rfc(rounds: int, key: str) -> None:
    assert aes_key(b"password", SALT, 16, rounds).hex() == key


@pytest.mark.parametrize(
    ("rounds", "key"),
    [
        (1, "fe697b52bc0d3ce14432ba036a92e65bbb52280990a2fa27883998d72af30161"),
        (2, "a2e16d16b36069c135d5e9d2e25f896102685618b95914b467c67622225824ff"),
        (1200, "55a6ac740ad17b4846941051e1e8b0a7548d93b0ab30a8bc3ff16280382b8c2a"),
    ],
)
def test_aes256_is_that_of_the_rfc(rounds: int, key: str) -> None:
    assert aes_key(b"password", SALT, 32, rounds).hex() == key


def test_the_salt_is_that_of_the_principal() -> None:
    assert salt_of("intra.gov.bf", "awa.exemple@intra.gov.bf") == "INTRA.GOV.BFawa.exemple"
    salt = salt_of("INTRA.GOV.BF", "zz.y@intra.gov.bf").encode()
    assert aes_key(b"Bench-password-1-2026", salt, 16).hex() == "58968978b525e5d1de0f0288ecdb66c9"  # by samba 4.22


def test_the_hashes_are_those_of_the_specification() -> None:
    """As samba's source notes them of Windows: the first twenty; the others are of "Digest"."""
    domains = ("SUB1", "SUB1.w2k3.vmnet1.vm.base")
    found = digests("NewUser2Sam", "NewUser2Princ@sub1.w2k3.vmnet1.vm.base", domains, b"TestPwd2007")
    hashes = [found[at : at + 16].hex() for at in range(0, len(found), 16)]
    assert len(hashes) == 29
    assert hashes[0] == "4279815024bda54fc074a5f8bd0a6e6f"
    assert hashes[9] == "d2b42f171248cec37a3c5c6b55404062"
    assert hashes[14] == "221c55284451ae9b3aacaa2a3c86f10f"
    assert hashes[17] == "86db637df42513039920e605499c3af6"
    assert hashes[19] == "2ecaa8382e2518e4b77a52422b279467"
