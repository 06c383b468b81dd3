"""What devices must be, each made when it is first asked for: a run that is limited to a few renders no others."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from roles.network.change import Target


class OnDemand(Mapping[str, Target]):
    """The targets of some devices, in their order."""

    def __init__(self, names: Iterable[str], make: Callable[[str], Target]) -> None:
        self._names = dict.fromkeys(names)
        self._make = make
        self._made: dict[str, Target] = {}

    def __getitem__(self, name: str) -> Target:
        if name not in self._made:
            if name not in self._names:
                raise KeyError(name)
            self._made[name] = self._make(name)
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def only(self, names: Iterable[str]) -> "OnDemand":
        """Those that are named, none of them made yet."""
        wanted = set(names)
        return OnDemand((name for name in self if name in wanted), self.__getitem__)
