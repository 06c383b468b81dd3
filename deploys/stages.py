"""The order of a whole deploy. Within a stage hosts work side by side, each at its own pace."""

# They speak to switches and routers: each runs in a process of its own (deploys/engine/devices.py).
DEVICES = ("uplinks", "lan")

STAGES: dict[str, tuple[tuple[str, ...], ...]] = {
    "site": (
        ("base", "played"),
        # A key is published before mail is signed with it, and a backup has a place to go to.
        ("router", "nameserver", "backupserver"),
        ("uplinks",),  # what leads to the switches
        ("lan",),
        ("dhcp", "directory", "database", "mail", "workstation"),
        # They join the directory, migrate a database, ask for the time, take what mail there is.
        ("files", "applications", "dav", "webmail", "timekeeping", "mailbackup"),
    ),
    # What another mail server becomes the one that people use by (deploys/promote.py): its name, then itself.
    "mailnames": (("nameserver", "directory"),),
    "mailservers": (("base",), ("mail",), ("webmail", "mailbackup")),
    # What the network needs before its devices can be configured.
    "network": (("base", "played"), ("router",)),
}


def stages_of(deploy: str) -> tuple[tuple[str, ...], ...]:
    """The stages of a named deploy, or the one that is a deploy file by itself."""
    return STAGES.get(deploy, ((deploy,),))
