"""The command line of the device scripts."""

import subprocess
import sys

import pytest

from roles import lan
from roles.network.run import main


def test_an_unknown_device_is_named_with_those_that_exist(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["lan", "--limit", "sw1,sw9"])
    with pytest.raises(SystemExit):
        main(lan.targets, "switches", "awa@bastion")
    assert "no such device: sw9 (there are: sw1, sw21, sw22, sw23, sw31)" in capsys.readouterr().err


@pytest.mark.parametrize("script", ["deploys.lan", "deploys.uplinks"])
def test_the_scripts_never_load_gevent(script: str) -> None:
    # Under gevent netmiko's threads run one after the other.
    code = f"import sys, {script}; sys.exit('gevent' in sys.modules or 'pyinfra' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
