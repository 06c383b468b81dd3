"""The passwords that the lab's people choose: each changes the temporary one, as a person does.

What somebody chooses follows from the temporary password, so that any run, any worker and any later run on the same
lab knows it without a word between them; a new lab has new temporary passwords, and so new chosen ones.
`make passwords CHOSEN=1` prints them, for whoever tries the lab after its checks.
"""

import fcntl
import time
from base64 import b32encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from deploys.passwords import temporary_passwords
from inventory.model import load
from inventory.secrets import secrets_of

TRIES = 5  # half of what locks an account
Say = Callable[[str, str], tuple[int, str]]  # a command and what is typed → its exit status and what it says


def chosen(temporary: str) -> str:
    """The password that somebody chooses: 24 characters of three kinds."""
    return f"Ab1-{b32encode(sha256(temporary.encode()).digest()).decode()[:20].lower()}"


def settled(login: str, temporary: str, say: Say, lock: Path) -> str:
    """The password that somebody logs in with, changed if it was not yet.

    One at a time, by the lock: of two who change the same password, the second would be wrong and count as a failure.
    """
    password = chosen(temporary)
    with lock.open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        status, _ = say(f"kinit -c MEMORY: {login}", f"{password}\n")
        if status != 0:  # the first time; the logon that follows forgets this failure
            status, said = say(f"kpasswd {login}", f"{temporary}\n{password}\n{password}\n")
            assert status == 0, f"{login}: {said}"
            for _ in range(TRIES):  # another controller may answer, which learns of it within a second or two
                status, said = say(f"kinit -c MEMORY: {login}", f"{password}\n")
                if status == 0:
                    break
                time.sleep(1)
            assert status == 0, f"{login}: {said}"
    return password


def main() -> None:
    administration = load("lab")
    for login, institution, secret in temporary_passwords(administration, secrets_of(administration.environment)):
        print(f"{login:<22} {institution:<12}{chosen(secret.reveal())}")


if __name__ == "__main__":
    main()
