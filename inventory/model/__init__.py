"""The typed model of the administration. `load("lab")` is the only way in."""

from inventory.model.administration import Administration, Group, Machine, Placed, Reservation
from inventory.model.application import Application
from inventory.model.environment import Environment
from inventory.model.institution import Institution, Person, Share
from inventory.model.load import load
from inventory.model.platform import Platform
from inventory.model.problems import InventoryError, Problem
from inventory.model.site import Network, Port, Router, Site, Switch, Uplink

__all__ = [
    "Administration",
    "Application",
    "Environment",
    "Group",
    "Institution",
    "InventoryError",
    "Machine",
    "Network",
    "Person",
    "Placed",
    "Platform",
    "Port",
    "Problem",
    "Reservation",
    "Router",
    "Share",
    "Site",
    "Switch",
    "Uplink",
    "load",
]
