"""Any pair of configurations: the plan, typed line by line, ends at the intention, and the switch stays within reach.

What must be true is said once, in tests/dialects; each platform has its own test of it.
"""

from ipaddress import IPv4Interface
from pathlib import Path

from roles.played.switch.files.switch.management import reached
from tests.dialects import Trial, property_of, switch_of
from tests.dialects.ios import DOOR, IOS
from tests.dialects.procurve import PROCURVE
from tests.dialects.vrp import VRP

test_cisco_ios = property_of(IOS)
test_huawei_vrp = property_of(VRP)
test_hp_procurve = property_of(PROCURVE)


def test_the_model_of_the_management_path(tmp_path: Path) -> None:
    trial = Trial(IOS, tmp_path)
    session = trial.switched(
        "vlan 99\ninterface GigabitEthernet1/0/24\nswitchport trunk allowed vlan 10,99\nswitchport mode trunk\n"
        "interface vlan 99\nip address 10.20.99.11 255.255.255.0\nip default-gateway 10.20.99.1",
    )
    cuts = (
        "no vlan 99",
        "no interface vlan 99",
        "no ip default-gateway",
        "ip default-gateway 10.20.98.1",
        "interface vlan 99\nshutdown",
        "interface vlan 99\nip address 10.20.99.12 255.255.255.0",
        "interface GigabitEthernet1/0/24\nshutdown",
        "interface GigabitEthernet1/0/24\nswitchport trunk allowed vlan remove 99",
        "interface GigabitEthernet1/0/24\nswitchport mode access",
    )
    config = switch_of(session).config
    assert reached(config, DOOR) == {"10.20.99.11"}
    assert IPv4Interface("10.20.99.11/24") == IPv4Interface(config.addresses[99][0] or "")
    for cut in cuts:
        assert "10.20.99.11" not in trial.reached(trial.switched(f"{config.render()}\n{cut}")), cut
