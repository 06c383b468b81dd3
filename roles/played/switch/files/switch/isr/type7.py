"""Type 7, by which IOS hides a key from whoever looks over a shoulder. It is no secret how."""

KEY = b"dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87"


def hidden(key: str, salt: int = 9) -> str:
    """A key as the configuration prints it."""
    return f"{salt:02d}" + "".join(f"{c ^ KEY[(i + salt) % len(KEY)]:02X}" for i, c in enumerate(key.encode()))


def plain(text: str) -> str:
    """A key as it was given. Raises ValueError."""
    salt, data = int(text[:2]), bytes.fromhex(text[2:])
    return bytes(c ^ KEY[(i + salt) % len(KEY)] for i, c in enumerate(data)).decode()
