"""The domain controllers of the lab, and whether they hold the same."""

from inventory.model import Administration
from tests.disturbances.lab import Lab

CHECK = "check-replication"


class Controllers:
    """Both controllers, by the names of their machines."""

    def __init__(self, administration: Administration) -> None:
        self.lab = Lab(administration)
        self.names = [controller.name for controller in administration.running("directory")]

    def run(self, name: str, command: str, check: bool = True) -> str:
        return self.lab.run(name, f"{{ {command}; }} 2>&1", check)

    def troubles(self, name: str) -> list[str]:
        """What a controller says that it does not share with the others; nothing where it holds the same."""
        said = self.run(name, f"{CHECK} 2>/dev/null || echo failed", check=False)
        return said.splitlines() if "failed" in said or "does not answer" in said else []

    def whole(self, seconds: float = 60) -> None:
        """Wait until each holds what the other holds."""
        found: list[str] = []

        def same() -> bool:
            found[:] = [trouble for name in self.names for trouble in self.troubles(name)]
            return not found

        try:
            self.lab.wait(same, seconds)
        except AssertionError:
            raise AssertionError(f"the controllers do not hold the same: {'; '.join(found)}") from None
