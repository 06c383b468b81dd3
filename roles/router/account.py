"""Who may configure the router: those who may log in to it as root."""

from collections.abc import Generator

from pyinfra import host
from pyinfra.api import FactBase, operation

from roles.common.commands import Explained


class SameKeys(FactBase[bool]):
    """Whether an account admits the same ssh keys as root."""

    def command(self, user: str) -> str:
        return f"cmp -s /root/.ssh/authorized_keys /home/{user}/.ssh/authorized_keys && echo yes || echo no"

    def process(self, output: list[str]) -> bool:
        return list(output) == ["yes"]


@operation()
def account_keys(user: str) -> Generator[Explained, None, None]:
    """
    Ensure that an account admits the same ssh keys as root.

    + user: the account
    """
    if host.get_fact(SameKeys, user=user):
        host.noop(f"{user} admits the keys of root")
        return
    home = f"/home/{user}/.ssh"
    yield Explained(
        f"install -d -o {user} -g {user} -m 700 {home} &&",
        f"install -o {user} -g {user} -m 600 /root/.ssh/authorized_keys {home}/authorized_keys",
        changes=[f"{user} admits the ssh keys of root"],
    )
