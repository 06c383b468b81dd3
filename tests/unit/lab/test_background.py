"""What runs in the lab has its part of the processor: the lab before what works on it, devices before servers."""

import subprocess
from pathlib import Path

import pytest

from roles.lab import background


@pytest.mark.parametrize(("setting", "lab", "device"), [("cpu.shares", 16384, 16384), ("cpu.weight", 1600, 1600)])
def test_a_device_has_the_processor_first(
    setting: str, lab: int, device: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hierarchy = tmp_path / ("cpu" if setting == "cpu.shares" else "unified")
    top = hierarchy / background.paths.CGROUP
    (top / "edge1").mkdir(parents=True)
    for folder in (top, top / "edge1"):
        (folder / setting).touch()
    monkeypatch.setattr(background, "has_systemd", lambda: False)
    monkeypatch.setattr(background, "cgroup_hierarchies", lambda: [hierarchy])
    command = background.background("edge1", "true", tmp_path / "log", weight=background.DEVICE)
    subprocess.run(f"{command} wait", shell=True, check=True)
    assert [(folder / setting).read_text().strip() for folder in (top, top / "edge1")] == [str(lab), str(device)]
