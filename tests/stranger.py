"""Who writes to us from elsewhere: a mail server of somebody whom nobody here knows.

Where the environment plays the rest of the world it is there; otherwise a machine of ours that is nobody's desk.
"""

import json
from typing import Any
from uuid import uuid4

from testinfra.host import Host

from inventory.model import Administration
from tests.conftest import connect

# Each message over a connection of its own, the last answer of each. What is put off (a 4xx) is tried again for
# `patience` seconds, as mail servers do. `source`: the address to speak from; `signed`: a key, its selector and domain.
STRANGER = r"""
import base64, email.message, email.utils, gzip, io, json, smtplib, sys, time, zipfile
given = json.load(sys.stdin)

def archive(*names):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for name in names:
            file.writestr(name, "something")
    return packed.getvalue()

EICAR = base64.b64decode(given["eicar"])
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "_VBA_PROJECT".encode("utf-16-le") + bytes(3048)
ATTACHED = {
    "virus": ("eicar.txt", EICAR),
    "docm": ("note.docm", b"anything"),
    "macros in docx": ("note.docx", archive("word/document.xml", "word/vbaProject.bin")),
    "macros in doc": ("note.doc", OLE),
    "program": ("facture.pdf.exe", b"anything"),
    "packed program": ("facture.zip", archive("facture.pdf.exe")),
    "docx": ("note.docx", archive("[Content_Types].xml", "word/document.xml")),
    "report": ("honest.example!gov.bf!1795824000!1795910399.json.gz", gzip.compress(b"{}")),
}
packed = io.BytesIO()
with zipfile.ZipFile(packed, "w") as file:
    file.writestr("eicar.txt", EICAR)
ATTACHED["packed virus"] = ("eicar.zip", packed.getvalue())

def message(kind):
    letter = email.message.EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = given["author"], given["recipient"], given["subject"]
    domain = given["author"].rpartition("@")[2]
    letter["Date"], letter["Message-ID"] = email.utils.localtime(), email.utils.make_msgid(domain=domain)
    letter.set_content("Bonjour, voici ce dont nous avons parlé hier.\n")
    if kind == "gtube":
        letter.set_content(given["gtube"] + "\n")
    if kind == "bare":
        del letter["Date"], letter["Message-ID"]
    if kind in ATTACHED:
        name, content = ATTACHED[kind]
        letter.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    text = letter.as_bytes(policy=letter.policy.clone(linesep="\r\n", max_line_length=None))
    if given["signed"]:
        import dkim
        path, selector, domain = given["signed"]
        text = dkim.sign(text, selector.encode(), domain.encode(), open(path, "rb").read()) + text
    return text

def say(kind):
    client = smtplib.SMTP(timeout=60, source_address=(given["source"], 0) if given["source"] else None)
    client.local_hostname = given["helo"] or client.local_hostname
    try:
        client.connect(given["server"], 25)
        client.ehlo()
        client.sendmail(given["sender"], [given["recipient"]], message(kind))
    except smtplib.SMTPRecipientsRefused as error:
        code, said = error.recipients[given["recipient"]]
    except smtplib.SMTPResponseException as error:
        code, said = error.smtp_code, error.smtp_error
    else:
        return [250, ""]
    finally:
        client.close()
    return [code, said.decode() if isinstance(said, bytes) else said]

def tried(kind):
    try:
        return say(kind)
    except OSError as error:  # no connection, or one that broke
        return [421, repr(error)]

told = {}
for kind in given["kinds"]:
    deadline = time.monotonic() + given["patience"]
    while (answer := tried(kind))[0] // 100 == 4 and time.monotonic() < deadline:
        time.sleep(2)
    told[kind] = answer
print(json.dumps(told))
"""
EICAR = "WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0NDKTd9JEVJQ0FSLVNUQU5EQVJELUFOVElWSVJVUy1URVNULUZJTEUhJEgrSCo="
GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"


def stranger_of(administration: Administration) -> Host:
    """The machine that they write from."""
    world = administration.environment.world
    return connect(administration, world.machine if world else administration.running("applications")[0].name)


def say(stranger: Host, server: str, recipient: str, kinds: list[str], **values: Any) -> dict[str, tuple[int, str]]:
    """Write messages of some kinds; by kind, the code and the text of the last answer."""
    given = {
        "server": server,
        "recipient": recipient,
        "sender": "someone@example.org",
        "author": "someone@example.org",
        "subject": f"filter-{uuid4()}",
        "kinds": kinds,
        "patience": 60,
        "eicar": EICAR,
        "gtube": GTUBE,
        "source": None,
        "helo": None,
        "signed": None,
    }
    said = stranger.check_output("printf '%%s' %s | python3 -c %s", json.dumps(given | values), STRANGER)
    return {kind: (code, text) for kind, (code, text) in json.loads(said).items()}
