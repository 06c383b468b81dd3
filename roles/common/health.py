"""Whether a host still does its work: asked before its first change, and after each wave of a deploy."""

from dataclasses import dataclass

from pyinfra.api import FactBase

PATIENCE = 20  # seconds until what was restarted must be back


@dataclass(frozen=True)
class Health:
    """What a role keeps alive on its host: units of systemd, TCP ports that are listened on, checks that succeed."""

    units: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    checks: tuple[str, ...] = ()  # programs in /usr/local/sbin

    def signs(self) -> list[str]:
        """Each unit, port and check, as `Sick` names it."""
        return [*self.units, *(f"port {port}" for port in self.ports), *(f"check {name}" for name in self.checks)]


def sign_of(sick: str) -> str:
    """Which sign an answer of `Sick` is about."""
    return sick.partition(": ")[0]


def trouble(sick: str) -> str:
    """What is wrong where a sign is not there; of a check, what it said last."""
    sign, _, says = sick.partition(": ")
    kind, _, what = sign.rpartition(" ")
    check = f"{what}: {says}" if says else f"{what} fails"
    return {"port": f"nobody listens on port {what}", "check": check}.get(kind, f"{sign} does not run")


class Sick(FactBase[list[str]]):
    """Those of some signs that are not there, a check with the last line that it says; a host has some seconds."""

    default = list

    def command(self, signs: list[str], patience: int) -> str:
        units = " ".join(sign for sign in signs if not sign.startswith(("port ", "check ")))
        ports = " ".join(sign.removeprefix("port ") for sign in signs if sign.startswith("port "))
        checks = " ".join(sign.removeprefix("check ") for sign in signs if sign.startswith("check "))
        return (
            f"deadline=$(($(date +%s) + {patience})); while :; do bad=;"
            f' for u in {units}; do systemctl is-active --quiet $u || bad="$bad$u\\n"; done;'
            f' for p in {ports}; do ss -Hltn "sport = :$p" | grep -q . || bad="${{bad}}port $p\\n"; done;'
            # Last, and only asked of what runs, since it may take seconds: what does not run passes no check.
            f' for c in {checks}; do said=; [ -z "$bad" ] && said=$(/usr/local/sbin/$c 2>/dev/null) ||'
            ' { said=$(printf "%s" "$said" | tail -n 1); bad="${bad}check $c${said:+: $said}\\n"; }; done;'
            ' [ -n "$bad" ] && [ $(date +%s) -lt $deadline ] || break; sleep 0.5; done; printf "%b" "$bad"'
        )

    def process(self, output: list[str]) -> list[str]:
        return list(output)
