"""Whom a deploy changes together, and what is said of those whom it cannot reach."""

import pytest

from deploys.engine.unreachable import why_not
from deploys.engine.waves import waves
from deploys.stages import DEVICES, STAGES, stages_of

RUNS = {"dc1": {"directory"}, "dc2": {"directory"}, "mail1": {"mail"}, "all1": {"directory", "mail"}, "ws1": set()}


def tasks(name: str) -> frozenset[str]:
    return frozenset(RUNS.get(name, ()))


@pytest.mark.parametrize(
    ("names", "canary", "expected"),
    [
        ([], None, []),
        ([], "ws1", []),
        (["ws1"], "ws1", [["ws1"]]),
        (["mail1", "dc1"], None, [["dc1", "mail1"]]),
        (["dc2", "mail1", "dc1"], None, [["dc1", "mail1"], ["dc2"]]),
        (["dc1", "dc2", "mail1"], "dc2", [["dc2"], ["dc1", "mail1"]]),
        (["dc1", "dc2", "mail1", "all1"], None, [["all1"], ["dc1", "mail1"], ["dc2"]]),
        (["ws1", "unknown"], None, [["unknown", "ws1"]]),
        (["dc1"], "not-here", [["dc1"]]),
    ],
)
def test_waves(names: list[str], canary: str | None, expected: list[list[str]]) -> None:
    assert waves(names, tasks, canary) == expected


def test_every_host_is_in_one_wave_and_no_two_of_a_wave_do_the_same_work() -> None:
    names = [f"h{number}" for number in range(60)]
    found = waves(names, lambda name: frozenset({f"task{int(name[1:]) % 7}", f"task{int(name[1:]) % 5}"}), "h7")
    assert sorted(name for wave in found for name in wave) == sorted(names)
    assert found[0] == ["h7"]
    for wave in found:
        done = [task for name in wave for task in {f"task{int(name[1:]) % 7}", f"task{int(name[1:]) % 5}"}]
        assert len(done) == len(set(done))


def test_a_deploy_by_itself_is_one_stage_and_devices_stand_alone() -> None:
    assert stages_of("mail") == (("mail",),)
    for stages in STAGES.values():
        names = [name for stage in stages for name in stage]
        assert len(names) == len(set(names))
        assert all(stage == (name,) for stage in stages for name in stage if name in DEVICES)


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("SSH host key error (Host key for 192.0.2.1 does not match.)", "its host key is not the one in known"),
        ("SSH error (StrictPolicy: No host key for dc1 found in known_hosts)", "its host key is not in known"),
        ("Authentication error (username=root, key=k) (Authentication failed.)", "it refuses our ssh key"),
        ("Could not resolve hostname ([Errno -2] Name or service not known)", "its name does not resolve"),
        ("Could not connect ([Errno None] Unable to connect to port 22 on 192.0.2.1)", "connection refused"),
        ("Could not connect (timed out)", "no answer: is it on"),
        ("no answer within 60 s", "no answer: is it on"),
        ("SSH error (Error reading SSH protocol banner)", "no answer: is it on"),
        ("EOF error ()", "the way to it is closed"),
    ],
)
def test_why_a_host_is_not_reached(said: str, means: str) -> None:
    found = why_not("dc1", "known", said)
    assert found.startswith(means)
    assert found.endswith(")")  # with what ssh said
    assert "\n" not in found


def test_hosts_that_are_off_share_a_line() -> None:
    """The command of the proxy, which names the host, is not in it."""
    said = 'SSH error (ProxyCommand("ip netns exec lab-{} socat - TCP:127.0.0.1:22") returned nonzero exit status: )'
    assert why_not("dc1", "known", said.format("dc1")) == why_not("dc2", "known", said.format("dc2"))
    assert why_not("dc1", "known", said).endswith("is it on?")


def test_what_is_not_known_is_said_as_it_is() -> None:
    assert why_not("dc1", None, "something else") == "something else"
    assert why_not("dc1", None, "") == "dc1 cannot be reached"
