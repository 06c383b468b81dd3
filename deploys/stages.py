"""The order of a whole deploy. Within a stage hosts work side by side, each at its own pace."""

STAGES = {
    "site": (
        ("base", "played"),
        ("directory", "database", "mail", "router", "workstation"),
        ("files", "applications", "timekeeping"),  # they join the directory, migrate a database, ask for the time
    ),
    # What the network needs before its devices can be configured.
    "network": (("base", "played"), ("router",)),
}
