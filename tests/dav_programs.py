"""What people do at the workstation with a program of calendars and contacts: HTTP as these speak it, and vdirsyncer.

A test hands in a few lines of Python; they run there after the lines of PRELUDE. Passwords go over stdin.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from shlex import join
from typing import Any
from uuid import uuid4

import pytest
from testinfra.host import Host

from inventory.model import Administration
from inventory.model.administration import WEBMAIL
from roles.dav.config import CALENDAR, STORE, DavConfig, Shared, config_of
from tests.conftest import Workstation, connect

LONGEST = 240

PRELUDE = r"""
import base64, glob, http.client, json, os, re, shutil, ssl, subprocess, sys, tempfile, time, uuid
import xml.etree.ElementTree as ET
given = json.loads(sys.stdin.readline())
front, tls = given["front"], ssl.create_default_context()
D, CAL, CARD = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}", "{urn:ietf:params:xml:ns:carddav}"

def ask(method, path, person=None, body="", password=None, **headers):
    "The status, the headers and the text of an answer; a service that is not there now is asked again for a while."
    if person:
        told = f"{person}:{password or given['passwords'][person]}"
        headers["Authorization"] = "Basic " + base64.b64encode(told.encode()).decode()
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    deadline = time.monotonic() + 60
    while True:
        try:
            client = http.client.HTTPSConnection(front, timeout=60, context=tls)
            client.request(method, path, body.encode(), sent)
            answer = client.getresponse()
            status, said = answer.status, answer.read().decode()
            if status < 500 or time.monotonic() > deadline:
                return status, {k.lower(): v for k, v in answer.getheaders()}, said
        except (OSError, http.client.HTTPException) as error:
            if isinstance(error, ssl.SSLCertVerificationError) or time.monotonic() > deadline:
                raise
        time.sleep(1)

def found(path, person, depth="0"):
    "What PROPFIND tells of a path: href → its properties."
    status, _, said = ask("PROPFIND", path, person, Depth=depth)
    assert status == 207, (status, said)
    return {r.find(f"{D}href").text: r for r in ET.fromstring(said)}

def home(person):
    "Where a program finds a person's collections, beginning with the name of the server alone (RFC 6764)."
    status, headers, _ = ask("GET", "/.well-known/caldav")
    assert status == 301, status
    path = headers["location"].partition(front)[2]
    (root,) = found(path, person).values()
    principal = root.find(f".//{D}current-user-principal/{D}href").text
    (told,) = found(principal, person).values()
    return told.find(f".//{CAL}calendar-home-set/{D}href").text

def collections(person):
    "By the name that people see: address, kind, and whether they may write."
    kinds = {f"{CAL}calendar": "calendar", f"{CARD}addressbook": "contacts"}
    seen = {}
    for href, told in found(home(person), person, "1").items():
        kind = [kinds[each.tag] for each in told.find(f".//{D}resourcetype") if each.tag in kinds]
        if kind:
            rights = [each.tag for each in told.iter() if each.tag in (f"{D}write-content", f"{D}write")]
            seen[told.find(f".//{D}displayname").text] = [href, kind[0], bool(rights)]
    return seen

def event(summary, uid=None, start="20301112T090000Z", end="20301112T100000Z"):
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//journey//FR", "BEGIN:VEVENT",
        f"UID:{uid or uuid.uuid4()}", "DTSTAMP:20301101T000000Z", f"DTSTART:{start}", f"DTEND:{end}",
        f"SUMMARY:{summary}", "END:VEVENT", "END:VCALENDAR", ""])

def card(name, mail, uid=None):
    return "\r\n".join(["BEGIN:VCARD", "VERSION:3.0", f"UID:{uid or uuid.uuid4()}", f"FN:{name}", f"N:{name};;;;",
        f"EMAIL;TYPE=WORK:{mail}", "END:VCARD", ""])

def synced(person, kind, change=None):
    "The texts that vdirsyncer has after it met the server, by collection; `change` is given its folder in between."
    place = tempfile.mkdtemp(prefix="vdirsyncer-")
    try:
        os.chmod(place, 0o700)
        with open(f"{place}/config", "w") as file:
            file.write(f'''[general]
status_path = "{place}/status"
[pair p]
a = "here"
b = "there"
collections = ["from b"]
[storage here]
type = "filesystem"
path = "{place}/data"
fileext = ".{'ics' if kind == 'caldav' else 'vcf'}"
[storage there]
type = "{kind}"
url = "https://{front}/"
username = {json.dumps(person)}
password = {json.dumps(given["passwords"][person])}
verify = "/etc/ssl/administration/ca.crt"
''')
        def run(*words):
            line = ["vdirsyncer", "-c", f"{place}/config", *words]
            ran = subprocess.run(line, input="y\n" * 50, capture_output=True, text=True, timeout=120)
            assert ran.returncode == 0, ran.stdout + ran.stderr
        run("discover"), run("sync")
        if change:
            change(f"{place}/data"), run("sync")
        return {os.path.basename(folder): [open(f).read() for f in sorted(glob.glob(f"{folder}/*.*"))]
                for folder in glob.glob(f"{place}/data/*")}
    finally:
        shutil.rmtree(place)

def tell(**what):
    print(json.dumps(what), flush=True)
"""


@dataclass(frozen=True)
class DavPrograms:
    """The programs of some people at the workstation."""

    workstation: Workstation
    front: str
    password: Callable[[str], str]

    def run(self, code: str, logins: list[str], **values: Any) -> dict[str, Any]:
        """Run some lines as these people; what they `tell`, together."""
        given = {"front": self.front, "passwords": {each: self.password(each) for each in logins}, **values}
        command = join(["timeout", str(LONGEST), "python3", "-c", PRELUDE + code])
        ran = self.workstation.run_stdin(command, json.dumps(given) + "\n", timeout=LONGEST)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        told: dict[str, Any] = {}
        for line in ran.stdout.splitlines():
            told |= json.loads(line)
        return told


@pytest.fixture
def served(administration: Administration) -> DavConfig:
    return config_of(administration, administration.running("dav")[0])


@pytest.fixture
def dav_server(served: DavConfig, administration: Administration) -> Host:
    return connect(administration, served.machine.name)


@pytest.fixture
def dav(administration: Administration, workstation: Workstation, password_of: Callable[[str], str]) -> DavPrograms:
    front = administration.fqdn(WEBMAIL)
    return DavPrograms(workstation, front, lambda address: password_of(address.partition("@")[0]))


@pytest.fixture
def calendar(served: DavConfig) -> Shared:
    """One that some only read, and others do not see."""
    return next(each for each in served.shared if each.kind == CALENDAR and each.read)


@pytest.fixture
def writer(calendar: Shared) -> str:
    return calendar.write[0]


@pytest.fixture
def reader(calendar: Shared) -> str:
    return calendar.read[0]


@pytest.fixture
def stranger(calendar: Shared, served: DavConfig) -> str:
    seers = {*calendar.write, *calendar.read}
    return next(each.address for each in served.people if each.address not in seers)


@pytest.fixture
def word(dav_server: Host) -> Iterator[str]:
    """What is in each event and card of a test; they are gone after it, and so are the calendars that it made."""
    word = f"essai{uuid4().hex[:12]}"
    yield word
    dav_server.check_output(
        "flock --timeout 60 %s sh -c %s",
        f"{STORE}/.Radicale.lock",
        f"grep -rlZ {word} {STORE}/collection-root | xargs -0r rm -f; rm -rf {STORE}/collection-root/*/*{word}*",
    )
