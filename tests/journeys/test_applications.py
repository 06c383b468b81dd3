"""A person opens an application from a workstation, by its name, over verified TLS, and logs in."""

from collections.abc import Callable
from shlex import quote

import pytest

from inventory.model import Administration, Application

# What a browser does: fetch the form, keep the cookie, send the form, follow the answer. The password is on stdin.
LOG_IN = """
import html, http.cookiejar, re, ssl, sys, urllib.error, urllib.parse, urllib.request
site, login = sys.argv[1:]
tls = ssl.create_default_context(cafile="/etc/ssl/administration/ca.crt")
browser = urllib.request.build_opener(
    urllib.request.HTTPSHandler(context=tls),
    urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
)
token = re.search(r'name="token" value="([^"]+)"', browser.open(f"{site}/login").read().decode())[1]
form = {"token": token, "login": login, "password": sys.stdin.read()}
try:
    answer = browser.open(f"{site}/login", urllib.parse.urlencode(form).encode())
except urllib.error.HTTPError as error:
    answer = error
print(answer.status)
print(html.unescape(answer.read().decode()))
"""

LogIn = Callable[[Application, str, str], tuple[int, str]]


@pytest.fixture
def log_in(administration: Administration, workstation) -> LogIn:
    """Log in from the workstation: the status and the page of the answer."""

    def log_in(application: Application, login: str, password: str) -> tuple[int, str]:
        site = f"https://{administration.fqdn(application.application)}"
        said = workstation.run_stdin(f"python3 -c {quote(LOG_IN)} {site} {login}", password)
        assert said.returncode == 0, said.stderr
        status, _, page = said.stdout.partition("\n")
        return int(status), page

    return log_in


def readers(administration: Administration, application: Application) -> list[str]:
    groups = administration.reader_groups(application)
    return sorted({login for group in groups for login in administration.groups[group].members})


def test_a_reader_is_greeted_by_name(
    administration: Administration, log_in: LogIn, password_of: Callable[[str], str]
) -> None:
    names = {person.login: person.display_name for _, person in administration.people()}
    for application in administration.applications.values():
        login = readers(administration, application)[0]
        status, page = log_in(application, login, password_of(login))
        assert (status, f"Bonjour {names[login]}" in page) == (200, True), page
        assert f"<td>{login}</td>" in page  # the visit is in the database


def test_a_wrong_or_empty_password_is_refused(administration: Administration, log_in: LogIn) -> None:
    for application in administration.applications.values():
        login = readers(administration, application)[0]
        for password in ("certainly wrong", ""):
            status, page = log_in(application, login, password)
            assert (status, "Bonjour" in page) == (401, False)


def test_a_person_outside_the_reader_groups_is_refused(
    administration: Administration, log_in: LogIn, password_of: Callable[[str], str]
) -> None:
    for application in administration.applications.values():
        admitted = readers(administration, application)
        outsiders = [person.login for _, person in administration.people() if person.login not in admitted]
        for login in outsiders[:1]:
            status, page = log_in(application, login, password_of(login))
            assert (status, "vous n'avez pas accès" in page) == (403, True), page
