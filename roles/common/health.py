"""Whether a host still does its work: asked after each wave of a deploy, before the next one begins."""

from dataclasses import dataclass

PATIENCE = 20  # seconds until what was restarted must be back


@dataclass(frozen=True)
class Health:
    """What a role keeps alive on its host: units of systemd, and TCP ports that somebody listens on."""

    units: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()


def check_of(wanted: list[Health]) -> str:
    """The command that succeeds once everything is there; otherwise its last line says what is not."""
    units = " ".join(dict.fromkeys(unit for each in wanted for unit in each.units))
    ports = " ".join(dict.fromkeys(str(port) for each in wanted for port in each.ports))
    return (
        f"deadline=$(($(date +%s) + {PATIENCE})); while :; do bad=;"
        f' for u in {units}; do systemctl is-active --quiet $u || bad="$bad $u"; done;'
        f' for p in {ports}; do ss -Hltn "sport = :$p" | grep -q . || bad="$bad port $p"; done;'
        ' [ -n "$bad" ] || exit 0; [ $(date +%s) -lt $deadline ] || break; sleep 0.5; done;'
        ' echo "does not run:$bad" >&2; exit 1'
    )
