"""What is watched follows from the inventory, in the form that Prometheus reads."""

import json
import subprocess
import sys
from collections.abc import Iterator
from ipaddress import IPv4Address
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from inventory.model import Administration, load
from inventory.targets import Jobs, targets

ROOT = Path(__file__).resolve().parents[3]


class FileSdGroup(BaseModel):
    """An element of a file of Prometheus's file_sd."""

    model_config = ConfigDict(extra="forbid", strict=True)
    targets: Annotated[list[Annotated[str, Field(pattern=r"^[0-9.]+(:\d+)?$")]], Field(min_length=1)]
    labels: dict[Annotated[str, Field(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$")], Annotated[str, Field(min_length=1)]]


FILE_SD = TypeAdapter(list[FileSdGroup])


@pytest.fixture
def administration() -> Administration:
    return load("lab")


@pytest.fixture
def jobs(administration: Administration) -> Jobs:
    return targets(administration)


def named(jobs: Jobs, job: str) -> dict[str, str]:
    """The targets of a job by name."""
    return {group["labels"]["name"]: group["targets"][0] for group in jobs[job]}


def test_each_job_is_a_file_of_file_sd_without_a_target_twice(jobs: Jobs) -> None:
    for groups in jobs.values():
        read = FILE_SD.validate_json(json.dumps(groups))
        found = [target for group in read for target in group.targets]
        assert len(found) == len(set(found))


def test_hosts_of_the_data_centre_and_routers_are_asked_and_desks_are_not(
    administration: Administration, jobs: Jobs
) -> None:
    here = {name for name, m in administration.machines.items() if m.network is None or m.network.vlan is None}
    assert named(jobs, "node").keys() == here
    assert named(jobs, "node")["dc1"] == "10.10.10.11:9100"
    assert "ws1" not in named(jobs, "node")
    assert named(jobs, "frr")["edge1"] == "10.255.1.2:9342"


def test_a_switch_is_asked_by_snmp_of_version_3(jobs: Jobs) -> None:
    (group,) = (group for group in jobs["snmp"] if group["labels"]["name"] == "sw1")
    assert group == {
        "targets": ["10.20.99.11"],
        "labels": {
            "name": "sw1",
            "site": "mtdpce-siege",
            "institution": "mtdpce",
            "platform": "cisco_ios",
            "role": "switch-access",
            "environment": "lab",
            "__param_module": "if_mib",
            "__param_auth": "sw1",
        },
    }


def test_every_session_with_resina_is_known_by_its_peer(administration: Administration, jobs: Jobs) -> None:
    def sessions() -> Iterator[tuple[str, str, str, str]]:
        for name, router in administration.routers.items():
            for uplink in router.entry.uplinks:
                yield name, str(uplink.peer), uplink.core, uplink.role

    told = [tuple(g["labels"][label] for label in ("name", "peer", "core", "role")) for g in jobs["uplinks"]]
    assert told == list(sessions())


def test_whatever_is_watched_is_pinged_once(administration: Administration, jobs: Jobs) -> None:
    pinged = named(jobs, "icmp")
    assert pinged.keys() == {name for job in ("node", "frr", "snmp") for name in named(jobs, job)}
    assert {name: IPv4Address(target) for name, target in pinged.items()} == {
        name: administration.addresses[name] for name in pinged
    }


def test_the_command_writes_one_file_a_job(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "deploys.targets"]
    done = subprocess.run([*command, "--out", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True)
    assert {path.stem: len(json.loads(path.read_text())) for path in tmp_path.iterdir()} == {
        Path(line.split(": ")[0]).stem: int(line.split(": ")[1]) for line in done.stdout.splitlines()
    }
    all_of_it = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(all_of_it.stdout).keys() == {path.stem for path in tmp_path.iterdir()}
