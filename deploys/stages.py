"""The order of a whole deploy. Within a stage hosts work side by side, each at its own pace."""

STAGES = (
    ("base", "played"),
    ("directory", "database", "mail", "router", "workstation"),
    ("files", "applications"),  # they join the directory, or migrate a database
)
