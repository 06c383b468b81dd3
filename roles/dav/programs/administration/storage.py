"""Where collections stand: each person's in a folder of their id; what is shared once, and in the home of each.

Programs look for calendars in a person's home and nowhere else: what is shared is shown there, to who may see it.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from radicale import pathutils
from radicale.storage import multifilesystem

from . import settings

PLACE = "shared"  # nobody's id: these are in capitals


def shared_in(path: str) -> str | None:
    """The shared collection that a path leads to, or into."""
    parts = path.strip("/").split("/")
    return parts[1] if len(parts) > 1 and parts[1] in settings.present().shared else None


class Collection(multifilesystem.Collection):
    """A collection; of a shared one the inventory says the kind and the name."""

    def __init__(self, storage_: "Storage", path: str, filesystem_path: str | None = None) -> None:
        self.shared = shared_in(path)
        if filesystem_path is None and self.shared:
            filesystem_path = storage_.place_of(self.shared)
        super().__init__(storage_, path, filesystem_path)

    def get_meta(self, key: str | None = None) -> Any:
        """Its properties."""
        if not self.shared:
            return super().get_meta(key)
        told = {**super().get_meta(), **settings.present().shared.get(self.shared, {})}
        return told if key is None else told.get(key)

    def set_meta(self, props: Mapping[str, str]) -> None:
        """Keep properties; of a shared one, those that the inventory does not say."""
        said = settings.present().shared.get(self.shared or "", {})
        super().set_meta({key: value for key, value in props.items() if key not in said or key == "tag"})


class Storage(multifilesystem.Storage):
    """Radicale's own, and what is shared."""

    _collection_class = Collection

    def place_of(self, shared: str) -> str:
        """The folder of a shared collection, made where there is none."""
        folder = Path(self._get_collection_root_folder()) / PLACE / shared
        self._makedirs_synced(str(folder))
        return str(folder)

    def discover(
        self,
        path: str,
        depth: str = "0",
        child_context_manager: Callable[[str, str | None], AbstractContextManager[None]] | None = None,
        user_groups: Any = frozenset(),
    ) -> Iterator[Any]:
        """What is at a path and, if asked, right below it."""
        parts = pathutils.strip_path(path).split("/")
        if shared_in(path) is None:
            exists = False
            for found in super().discover(path, depth, child_context_manager, user_groups):
                exists = True
                yield found
            if exists and depth != "0" and parts[0] and len(parts) == 1:
                for name in settings.present().shared:
                    yield self._collection_class(self, f"/{parts[0]}/{name}/")
            return
        around = child_context_manager or (lambda *_: nullcontext())
        collection = self._collection_class(self, f"/{parts[0]}/{parts[1]}/")
        if len(parts) == 2:
            yield collection
            for href in collection._list() if depth != "0" else ():
                with around(collection.path, href):
                    if (item := collection._get(href)) is not None:
                        yield item
        elif len(parts) == 3 and (item := collection._get(parts[2])) is not None:
            yield item
