"""Devices are planned by processes of their own: what they answer, and what is left of them."""

import subprocess
import sys

from deploys.engine.devices import Children

GOOD = (
    '{"sw1": {"changed": true, "lines": ["no vlan 30", " name x"], "institution": "sante"}, "sw2": {"error": "gone"}}'
)


def children(**programs: str) -> Children:
    found = Children("lab", [])
    for capability, program in programs.items():
        command = [sys.executable, "-c", program]
        found.running[capability] = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    return found


def test_what_devices_would_become() -> None:
    found = children(lan=f"print({GOOD!r})", uplinks="import sys; sys.exit('first\\nlast word')")
    changes, failures, names = found.planned(changing=())
    (change,) = changes
    assert (change.host, change.step) == ("sw1", "lan: configuration")
    assert (change.kind, change.risk) == ("device", "removal")
    assert [line.removes for line in change.lines] == ["vlan", ""]
    assert {line.institution for line in change.lines} == {"sante"}
    assert failures == {"sw2": "gone", "uplinks": "last word"}
    assert names == ["sw1", "sw2", "uplinks"]


def test_a_device_that_its_own_host_makes_reachable_is_known_only_then() -> None:
    changes, failures, _ = children(lan=f"print({GOOD!r})").planned(changing=("sw2",))
    assert failures == {}
    assert [(each.host, each.certainty) for each in changes] == [("sw1", "certain"), ("sw2", "unknown")]
    assert changes[1].lines[0].text == "known only after the steps above (gone)"


def test_one_that_says_nothing_is_named_with_its_status() -> None:
    assert children(lan="import os; os._exit(3)").planned(())[1] == {"lan": "ended with status 3"}


def test_none_is_left_behind() -> None:
    found = children(lan="import time; time.sleep(60)", uplinks="pass")
    found.end()
    assert all(process.poll() is not None for process in found.running.values())
    assert found.running["lan"].returncode == -15
