"""How the same administration is reached and fed in the lab and in production."""

from pathlib import Path

from pydantic import Field

from inventory.model.base import Identifier, Strict


class Reach(Strict):
    """How an engineer's ssh gets to a machine."""

    user: str
    identity: Path
    known_hosts: Path
    proxy_jump: str | None = None
    proxy_command: str | None = None  # {name}: the machine
    device_proxy_command: str | None = None  # {name}: the machine that carries it, {console}: where its CLI listens
    answered_within: float = Field(default=60, gt=0, description="Seconds that a question to a machine may take")
    changed_within: float = Field(default=900, gt=0, description="Seconds that one change of a machine may take")


class Mirror(Strict):
    """Where machines fetch Debian packages."""

    debian: str
    security: str


class Environment(Strict):
    """One file of inventory/environments."""

    environment: Identifier
    reach: Reach
    mirror: Mirror
    secrets: Path = Field(description="Folder of the age-encrypted files, one per scope")
    age_identity: Path
    certificates: Path = Field(description="Folder with ca.crt and <machine>.crt")
    artifacts: Path = Field(description="Folder of the applications' artefacts")
    sets_clock: bool = Field(description="False where machines share the clock of the machine they run on")
    canary: Identifier | None = Field(default=None, description="The machine that a deploy changes before the others")
    journeys_from: Identifier | None = Field(default=None, description="The workstation that plays the users")

    @property
    def state(self) -> Path:
        """What is generated for this environment; safe to lose."""
        return Path(".cache") / self.environment

    @property
    def ssh_config(self) -> Path:
        return self.state / "ssh_config"
