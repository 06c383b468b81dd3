"""What the bench says must be what it measured: its readers, its ratios, its verdicts and its slow line."""

import json
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest

from tests.bench import delay, playbook, state
from tests.bench.results import Result, reached, table
from tests.bench.tools import TOOLS, Counts

RUN = Result("2026-11-25T13:00:00Z", "ours", 1, 8, 1.0, 0.5, [1] * 8, None, 0, 0.2, "abc")
TITLES = {name: tool.title for name, tool in TOOLS.items()}


def test_a_playbook_has_the_sixty_tasks():
    (play,) = json.loads(playbook.playbook())
    assert len(play["tasks"]) == state.TASKS == 60


@pytest.mark.parametrize(
    ("tool", "said", "counts"),
    [
        ("ours", '{"event": "planned", "changes": 0}\n{"event": "end", "changed": 0, "failed": []}\n', Counts(None, 0)),
        ("ours", "deploys.engine: no such deploy\n", None),
        ("pyinfra", "    Grand total               120     -         -       120\n", Counts(120, 0)),
        ("pyinfra", "    Grand total               60      7         -       53\n", Counts(60, 7)),
        ("ansible", "bench-1  : ok=60   changed=7    unreachable=0    failed=0\n", Counts(60, 7)),
        ("mitogen", "bench-1 : ok=60 changed=0 failed=0\nbench-2 : ok=60 changed=1 failed=0\n", Counts(120, 1)),
        ("ansible", "ERROR! no hosts\n", None),
    ],
)
def test_what_a_tool_says_is_read(tool, said, counts):
    assert TOOLS[tool].read(said) == counts


def test_ratios_are_of_runs_of_the_same_round():
    # The second round was slow for both: it must not make a ratio of its own with the first one's runs.
    runs = [
        RUN,
        replace(RUN, tool="ansible", wall=30.0),
        replace(RUN, round=2, wall=10.0),
        replace(RUN, round=2, tool="ansible", wall=300.0),
    ]
    assert reached(runs)
    (line,) = [line for line in table(runs, TITLES).splitlines() if line.startswith("ansible-core / ours")]
    assert line.split()[-3:] == ["30.00", "30.00", "30.00"]


@pytest.mark.parametrize(
    "worse",
    [
        replace(RUN, sessions=[1, 1, 2]),
        replace(RUN, error="7 changed"),
        replace(RUN, tool="ansible", wall=19.0),
        replace(RUN, tool="mitogen", wall=4.9),
        replace(RUN, tool="floor", wall=0.3),
        replace(RUN, tool="rtt", wall=2.6),
    ],
)
def test_a_figure_that_is_missed_is_said(worse):
    assert reached([RUN])
    assert not reached([RUN, worse])
    text = table([RUN, worse], TITLES)
    assert "MISSED" in text or worse.error in text.splitlines()[-1]


def test_a_failed_run_is_no_figure():
    assert "not measured" in table([replace(RUN, error="exit status 1")], TITLES)


def test_the_slow_line_delays_each_way_and_the_handshake():
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_echo, args=(server,), daemon=True).start()
        near = _free_port()
        ends = (f"127.0.0.1:{near}", f"127.0.0.1:{server.getsockname()[1]}")
        line = subprocess.Popen([sys.executable, delay.__file__, "15", *ends], stdout=subprocess.PIPE, text=True)
        try:
            assert line.stdout.readline() == "ready\n"
            began = time.monotonic()
            with socket.create_connection(("127.0.0.1", near)) as client:
                _round_trip(client)
                first = time.monotonic() - began
                later = [_round_trip(client) for _ in range(5)]
        finally:
            line.kill()
            line.communicate()
    assert first > 0.060  # the round trip of TCP's handshake, and one of our own
    assert 0.030 < min(later) < 0.060  # the least of some: the machine that runs this has other work


def _echo(server: socket.socket) -> None:
    connection, _ = server.accept()
    while data := connection.recv(100):
        connection.sendall(data)


def _round_trip(client: socket.socket) -> float:
    began = time.monotonic()
    client.sendall(b"question")
    assert client.recv(100) == b"question"
    return time.monotonic() - began


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
