"""Signatures of viruses come from the administration's own copy, and only what ClamAV's makers signed is taken.

Nobody else can sign such a file, so what is played here is a copy that somebody has changed.
"""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from testinfra.host import Host

from inventory.model import Administration
from roles.mail.config import config_of
from roles.rendering import render
from tests.waiting import within
from tests.world import World, world

__all__ = ["world"]

pytestmark = pytest.mark.machines("mail")

# A file whose signature is none; each request is a line of the file that is named, after the port.
COPY = r"""
import hashlib, http.server, io, sys, tarfile, threading, time
address, asked = sys.argv[1:]
packed = io.BytesIO()
with tarfile.open(fileobj=packed, mode="w:gz") as file:
    entry = tarfile.TarInfo("daily.ndb")
    text = b"Forged:0:*:58354f\n"
    entry.size = len(text)
    file.addfile(entry, io.BytesIO(text))
body = packed.getvalue()
fields = ["ClamAV-VDB", "28 Nov 2026 12-00 +0000", "27999", "1", "90", hashlib.md5(body).hexdigest(), "A" * 170,
          "somebody", str(int(time.time()))]
forged = ":".join(fields).encode().ljust(512) + body
class Answer(http.server.BaseHTTPRequestHandler):
    timeout = 20
    def do_GET(self):
        with open(asked, "a") as file:
            print(self.path, file=file)
        found = forged if self.path == "/daily.cvd" else b""
        if "Range" in self.headers:  # the header alone
            found = found[:512]
        self.send_response(404 if not found else 206 if "Range" in self.headers else 200)
        self.send_header("Content-Length", str(len(found)))
        self.end_headers()
        self.wfile.write(found)
    def log_message(self, *_):
        pass
with http.server.ThreadingHTTPServer((address, 0), Answer) as server:
    with open(asked, "a") as file:
        print(server.server_port, file=file)
    threading.Timer(300, server.shutdown).start()
    server.serve_forever()
"""


@pytest.fixture
def copy(world: World) -> Iterator[tuple[str, str]]:
    """Where the copy is served, and the file that has what was asked of it."""
    address, asked = world.address(210), world.host.check_output("mktemp")
    started = "setsid python3 -c %s %s %s >/dev/null 2>&1 </dev/null & echo $!"
    pid = world.host.check_output(started, COPY, address, asked)
    try:
        assert within(30, lambda: bool(world.host.check_output("cat %s", asked)))
        yield f"http://{address}:{world.host.check_output('head -n 1 %s', asked)}", asked
    finally:
        world.host.run("kill %s", pid)
        world.host.run("rm -f %s", asked)


def test_a_copy_that_somebody_changed_is_refused(
    host: Host, administration: Administration, world: World, copy: tuple[str, str]
) -> None:
    wanted = config_of(administration, administration.running("mail")[0])
    settings = render("mail/clamav/freshclam.conf.j2", wanted=replace(wanted, viruses=copy[0]))
    place = host.check_output("mktemp -d")
    kept = [line for line in settings.splitlines() if not line.startswith(("#", "NotifyClamd", "UpdateLogFile"))]
    settings = "\n".join(line.replace("/var/lib/clamav", f"{place}/signatures") for line in kept) + "\n"
    settings += "MaxAttempts 1\n"
    try:
        host.check_output("install -d -o clamav -g clamav %s/signatures && chmod 755 %s", place, place)
        host.check_output("printf '%%s' %s >%s/freshclam.conf", settings, place)
        ran = host.run("timeout 100 freshclam --stdout --config-file=%s/freshclam.conf", place)
        said = ran.stdout + ran.stderr
        assert ran.rc not in (0, 124), said
        assert "daily.cvd" in world.host.check_output("cat %s", copy[1]), said
        assert "verif" in said.lower(), said
        assert host.check_output("find %s/signatures -name '*.c[vl]d'", place) == ""
    finally:
        host.run("rm -rf %s", place)
