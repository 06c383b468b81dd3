"""Somebody's whole day at a desk, held open while the administration changes around them.

Runs on a workstation. First line of stdin: who, as JSON. It opens a mailbox, a session to send mail, a share and an
application, says "open", waits for a line, then tries each again as it stands and says what came of it, as JSON.
"""

import html
import http.cookiejar
import imaplib
import json
import os
import re
import smtplib
import ssl
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable

who = json.loads(sys.stdin.readline())
tls = ssl.create_default_context()
os.environ["KRB5CCNAME"] = f"FILE:{tempfile.mkdtemp(dir='/run')}/ticket"


def run(command: list[str], typed: str = "") -> tuple[bool, str]:
    ran = subprocess.run(command, input=typed, capture_output=True, text=True, timeout=30, check=False)
    return ran.returncode == 0, ran.stdout + ran.stderr


def mounted() -> subprocess.Popen[str]:
    command = ["smbclient", "--use-kerberos=required", f"//{who['files']}/{who['share']}"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def listed(client: subprocess.Popen[str]) -> str:
    return client.communicate("ls\n", timeout=30)[0]


def page(path: str, form: dict[str, str] | None = None) -> str:
    sent = urllib.parse.urlencode(form).encode() if form else None
    return html.unescape(browser.open(f"https://{who['application']}{path}", sent).read().decode())


def tried(attempt: Callable[[], object]) -> str:
    """What an attempt says, or the error that it ends with."""
    try:
        return str(attempt())
    except (OSError, imaplib.IMAP4.error, smtplib.SMTPException, urllib.error.URLError) as error:
        return f"{type(error).__name__}: {error}"


logged_in, said = run(["kinit", who["login"]], who["password"])
if not logged_in:
    sys.exit(said)
mailbox = imaplib.IMAP4_SSL(who["mail"], ssl_context=tls)
mailbox.login(who["address"], who["password"])
mailbox.select("INBOX")
sending = smtplib.SMTP_SSL(who["mail"], 465, context=tls)
sending.login(who["address"], who["password"])
share = mounted()
jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
browser = urllib.request.build_opener(urllib.request.HTTPSHandler(context=tls), jar)
(token,) = re.findall(r'name="token" value="([^"]+)"', page("/login"))
greeting = page("/login", {"token": token, "login": who["login"], "password": who["password"]})
if "Bonjour" not in greeting:
    sys.exit(greeting)
run(["smbclient", "--use-kerberos=required", f"//{who['files']}/{who['share']}", "-c", "ls"])

print("open", flush=True)
sys.stdin.readline()

answer = {
    "mailbox": tried(mailbox.noop),
    "sending": tried(lambda: [sending.docmd(f"{say}:<{who['address']}>") for say in ("MAIL FROM", "RCPT TO")]),
    "share": listed(share),
    "share, with the ticket that is left": listed(mounted()),
    "application": "in" if "Bonjour" in tried(lambda: page("/")) else "out",
    "another ticket": run(["kvno", f"ldap/{who['directory']}"])[1],
    "logon": run(["kinit", "-c", "MEMORY:", who["login"]], who["password"])[1],
}
print(json.dumps(answer))
