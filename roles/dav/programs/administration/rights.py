"""Who may do what: each person with their own, and with what is shared as the groups of the inventory say."""

from radicale.rights import BaseRights

from . import settings


class Rights(BaseRights):
    """Radicale's plugin.

    R and W are about the place of somebody's collections, r and w about these and what is in them. D and O
    let a collection be deleted, or be replaced by one file: a shared one never is, nor is everything at once.
    """

    def authorization(self, user: str, path: str) -> str:
        """The rights of somebody on a path; what is in a collection has those of the collection."""
        parts = [part for part in path.split("/") if part]
        if not user:
            return ""
        if not parts:
            return "R"
        if parts[0] != user:
            return ""
        if len(parts) == 1:
            return "RW"
        if len(parts) > 2:
            return ""
        if parts[1].startswith(settings.SHARED):
            return settings.present().rights.get(user, {}).get(parts[1], "")
        return "rwDO"
