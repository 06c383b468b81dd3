"""Which prefixes share addresses with one another, without comparing each with each."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Network

Bits = tuple[int, int]  # a prefix by its length and its leading bits


@dataclass
class Prefixes:
    """Prefixes, each with the place where it was said, and which of them share addresses with another."""

    themselves: dict[Bits, tuple[IPv4Network, str]] = field(default_factory=dict)
    around: dict[Bits, tuple[IPv4Network, str]] = field(default_factory=dict)  # by each prefix that holds it

    def overlapping(self, prefix: IPv4Network) -> tuple[IPv4Network, str] | None:
        """A prefix that shares addresses with another: of two, one holds the other."""
        itself, *supernets = _supernets(prefix)
        return self.around.get(itself) or next(filter(None, map(self.themselves.get, supernets)), None)

    def add(self, prefix: IPv4Network, where: str) -> None:
        """Remember a prefix."""
        itself, *supernets = _supernets(prefix)
        self.themselves.setdefault(itself, (prefix, where))
        for bits in (itself, *supernets):
            self.around.setdefault(bits, (prefix, where))


def _supernets(prefix: IPv4Network) -> Iterator[Bits]:
    """A prefix, then all that hold it."""
    number = int(prefix.network_address)
    return ((length, number >> (32 - length)) for length in range(prefix.prefixlen, -1, -1))
