"""Where a site's file says what follows from it: the names of the whole site, in the words of the file."""

from collections.abc import Sequence
from typing import Any

from inventory.model.ports import ports_of
from inventory.model.source import Path_, Source


class Written(Source):
    """A site's file, asked by the keys of the Site. What is written nowhere is at what it follows from."""

    def __init__(self, source: Source) -> None:
        self.path, self.data, self._text = source.path, source.data, source._text

    def place(self, path: Path_, *, on_key: bool = False) -> tuple[int, int]:
        return super().place(self.written(path), on_key=on_key)

    def written(self, path: Path_) -> Path_:
        """The path in the file of a path in the Site."""
        match list(path):
            case ["networks", name, *rest] if not _at(self.data, ["networks", name, *rest[:1]]):
                purposes = self.data.get("purposes") or []
                return ["purposes", purposes.index(name)] if name in purposes else path
            case ["switches", switch, "ports", port, *rest]:
                for key in _at(self.data, ["switches", switch, "ports"]) or {}:
                    if port in ports_of(key):
                        return ["switches", switch, "ports", key, *rest]
                return self._other_end(str(switch), str(port)) or ["switches", switch]
            case ["switches", switch, "address", *_] if not _at(self.data, ["switches", switch, "address"]):
                return ["switches", switch, "number"]
        return path

    def _other_end(self, switch: str, port: str) -> Path_ | None:
        """The end of a cable that is written, of one that is written at one end only."""
        for name, entry in self.data.get("switches", {}).items():
            for key, said in (entry.get("ports") or {}).items():
                if said.get("to") == f"{switch}/{port}":
                    return ["switches", name, "ports", key, "to"]
        return None


def _at(data: Any, path: Sequence[str | int]) -> Any:
    """The value at a path, None where there is none."""
    for step in path:
        if not isinstance(data, dict) or step not in data:
            return None
        data = data[step]
    return data
