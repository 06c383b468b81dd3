"""The platforms that we know, by the name that the inventory gives them."""

from roles.network.cisco_ios import CISCO_IOS
from roles.network.cisco_router import CISCO_ROUTER
from roles.network.frr import FRR
from roles.network.hp_procurve import HP_PROCURVE
from roles.network.huawei_vrp import HUAWEI_VRP

PLATFORMS = {platform.name: platform for platform in (CISCO_IOS, HUAWEI_VRP, HP_PROCURVE, FRR, CISCO_ROUTER)}
ROUTERS = {"frr": FRR, "cisco_ios": CISCO_ROUTER}  # edge routers, by the platform that the inventory gives them
