"""A person opens the webmail in a browser at the workstation: reads, writes, is away, changes the password."""

import json
import subprocess
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from shlex import join
from typing import Any

import pytest
from testinfra.host import Host

from inventory.model import Administration
from inventory.model.administration import WEBMAIL
from inventory.model.institution import account_of
from inventory.secrets import password
from roles.dav.config import Shared
from roles.mail.config import RECOVERABLE
from tests.browser import PRELUDE
from tests.conftest import Workstation, connect
from tests.dav_programs import DavPrograms
from tests.mail_programs import MailPrograms
from tests.waiting import within

LONGEST = 280
RULES = "regles"

# What a page says to its person, kept in it: the words are shown for some seconds only.
SAID = """
window.said = [];
new MutationObserver(seen => seen.forEach(each => each.addedNodes.forEach(node => {
    const stack = node.parentElement && node.parentElement.id == "messagestack";
    if (stack && !node.className.includes("loading")) said.push(`${node.className}: ${node.innerText}`);
}))).observe(document, {childList: true, subtree: true});
"""
# What every visit needs. A page is loaded once its program is idle.
VISIT = """
site, person = given["site"], given["person"]

def idle(action):
    return f"!!window.rcmail && !rcmail.busy && document.readyState == 'complete' && {action}"

LIST = idle("rcmail.env.task == 'mail' && !rcmail.env.action && !!document.querySelector('#messagelist')")

def log_in(browser, login, password):
    browser.go(site)
    browser.fill("#rcmloginuser", login)
    browser.fill("#rcmloginpwd", password)
    browser.click("#rcmloginsubmit")

def enter(browser):
    "Log in; a directory that is busy is asked again, not as often as locks an account: the page does not say why."
    for last in (False, False, True):
        log_in(browser, person, given["passwords"][person])
        said = browser.until(f"({LIST}) ? 'in' : said.join()")
        if said == "in":
            return
        if last:
            raise AssertionError(said)
        time.sleep(10)

def messages(browser):
    links = "[...document.querySelectorAll('#messagelist td.subject a')]"
    return browser.ask(f"{links}.map(a => [a.innerText, a.href])") or []

def found(browser, subject):
    "The address of a message of this folder."
    return next((link for shown, link in messages(browser) if subject in shown), None)
"""


@dataclass(frozen=True)
class Webmail:
    """The browser of somebody at the workstation."""

    workstation: Workstation
    site: str
    password: Callable[[str], str]

    def visit(self, code: str, person: str, **values: Any) -> dict[str, Any]:
        """Run some lines there; what they `tell`, together."""
        given = {"site": self.site, "person": person, "passwords": {person: self.password(person)}, **values}
        given["script"] = SAID
        ran = self.workstation.run_stdin(
            join(["python3", "-c", PRELUDE + VISIT + code]), json.dumps(given) + "\n", timeout=LONGEST
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        told: dict[str, Any] = {}
        for line in ran.stdout.splitlines():
            told |= json.loads(line)
        return told


@pytest.fixture
def webmail(administration: Administration, workstation: Workstation, programs: MailPrograms) -> Webmail:
    return Webmail(workstation, f"https://{administration.fqdn(WEBMAIL)}", programs.password)


@pytest.fixture
def without_rules(mail_server: Host, pair: tuple[str, str]) -> Iterator[None]:
    """The rules that the webmail makes are gone before and after the test."""

    def remove() -> None:
        mail_server.run("doveadm sieve deactivate -u %s; doveadm sieve delete -u %s %s", pair[0], pair[0], RULES)

    remove()
    yield
    remove()


def test_a_person_reads_and_writes(
    webmail: Webmail, programs: MailPrograms, administration: Administration, pair: tuple[str, str], tag: str
) -> None:
    """One visit: a message that just came is read, one with a file goes to a colleague found in the directory."""
    person, other = pair
    colleague = next(p for i, p in administration.people() if i.address_of(p) == other)
    assert programs.send(other, person, f"{tag} reçu")[0] == 250
    told = webmail.visit(
        """
with Browser() as browser:
    log_in(browser, person, "certainly wrong")
    tell(wrong=browser.until("said.join()"), still=browser.ask("rcmail.env.task"))
    enter(browser)
    names = "[...document.querySelectorAll('#mailboxlist a')].map(a => a.firstChild.textContent.trim())"
    tell(language=browser.ask("document.documentElement.lang"), folders=browser.ask(names))
    deadline = time.monotonic() + 90
    while not (link := found(browser, given["tag"])) and time.monotonic() < deadline:
        time.sleep(1)
        browser.go(f"{site}/?_task=mail&_mbox=INBOX")
        browser.until(LIST)
    assert link, browser.text()
    browser.go(link)
    tell(read=browser.until("!!document.querySelector('#messagebody') && document.body.innerText"))

    # On its way to the colleague: the directory completes the name.
    browser.go(f"{site}/?_task=mail&_action=compose")
    browser.until(idle("rcmail.env.action == 'compose' && !!document.querySelector('.recipient-input input')"
                       " && !!window.tinymce && !!tinymce.activeEditor && tinymce.activeEditor.initialized"))
    tell(senders=browser.ask("[...document.querySelectorAll('#_from option')].map(o => o.text)"))
    people, deadline = None, time.monotonic() + 60
    while not people and time.monotonic() < deadline:  # the list closes when the page takes the focus meanwhile
        browser.ask("document.querySelector('.recipient-input input').value = ''")
        browser.type(".recipient-input input", given["name"])
        until = time.monotonic() + 6
        while not people and time.monotonic() < until:
            people = browser.ask("[...document.querySelectorAll('#rcmKSearchpane li')].map(li => li.innerText).join()")
            time.sleep(0.2)
    tell(people=people)
    browser.call("Input.dispatchKeyEvent", type="keyDown", key="Enter", windowsVirtualKeyCode=13)
    browser.until("!!document.querySelector('.recipient-input li.recipient')")
    browser.fill("[name=_subject]", f"{given['tag']} envoyé")
    browser.ask("tinymce.activeEditor.setContent('<p>Voici la note demandée.</p>')")
    note = f"{browser.home}/note.txt"
    with open(note, "w") as file:
        file.write("La note, avec des accents : é à ç.\\n" * 2000)
    browser.attach("#uploadformInput", note)
    browser.until("!!document.querySelector('#attachment-list li') && !!rcmail.env.attachments"
                  " && Object.values(rcmail.env.attachments).every(each => each.complete)")
    browser.click("button.send")
    browser.until(LIST)
    browser.go(f"{site}/?_task=mail&_mbox={given['sent']}")
    browser.until(LIST)
    deadline = time.monotonic() + 30
    while not (kept := found(browser, given["tag"])) and time.monotonic() < deadline:
        time.sleep(0.5)
    tell(kept=bool(kept))
    browser.click("a.logout")
    browser.until("!!document.querySelector('#rcmloginuser')")
    browser.go(f"{site}/?_task=mail")
    tell(after=browser.until("!!document.querySelector('#rcmloginuser')"))
""",
        person,
        tag=tag,
        name=colleague.given.lower()[:4],
        sent="Envoy%26AOk-s",
    )
    assert "échoué" in told["wrong"]
    assert told["still"] == "login"
    assert told["language"] == "fr"
    assert {"Brouillons", "Envoyés", "Indésirables", "Corbeille", "Archives", RECOVERABLE} <= set(told["folders"])
    assert "Bonjour à tous." in told["read"]
    assert any(person in sender for sender in told["senders"])
    assert other in told["people"]
    assert told["kept"]
    assert told["after"]
    arrived = programs.take(other, tag)
    assert "note.txt" in arrived
    assert f"<{person}>" in arrived
    assert "10.20." not in arrived.partition("\n\n")[0], "the address of the desk"


@pytest.mark.usefixtures("without_rules")
def test_who_is_away_says_so_in_the_webmail(
    webmail: Webmail, programs: MailPrograms, pair: tuple[str, str], tag: str
) -> None:
    person, other = pair
    told = webmail.visit(
        """
with Browser() as browser:
    enter(browser)
    browser.go(f"{site}/?_task=settings&_action=plugin.managesieve-vacation")
    browser.until(idle("!!document.querySelector('#vacation_reason')"))
    browser.fill("#vacation_subject", f"{given['tag']} absence")
    browser.fill("#vacation_reason", "Je reviens lundi, à bientôt.")
    browser.fill("#vacation_status", "on")
    browser.click("button.submit")
    tell(said=browser.until("said.join()"))
""",
        person,
        tag=tag,
    )
    assert "confirmation" in told["said"], told
    assert programs.send(other, person, f"{tag} question")[0] == 250
    answer = programs.take(other, tag)
    assert "Auto-Submitted: auto-replied" in answer
    assert "Je reviens lundi" in answer


def test_calendars_and_contacts_are_in_the_webmail(
    webmail: Webmail, dav: DavPrograms, calendar: Shared, reader: str, word: str
) -> None:
    """An event is made and changed; a contact made there completes an address. A shared calendar may be read only."""
    told = webmail.visit(
        """
word = given["word"]
def shown(text):
    return f"[...document.querySelectorAll('.agenda-event')].find(each => each.innerText.includes({json.dumps(text)}))"

def saved(browser):
    browser.ask("said.length = 0")
    browser.click(".ui-dialog button.save")
    return browser.until("said.join()")

with Browser() as browser:
    enter(browser)
    browser.go(f"{site}/?_task=agenda")
    browser.until(idle("rcmail.env.task == 'agenda' && !!document.querySelector('.agenda-day.today')"))
    tell(calendars=browser.ask("document.querySelector('#agenda-calendars').innerText"))
    browser.click("#agenda-add")
    browser.until("!!document.querySelector('.agenda-form [name=summary]')")
    tell(choices=browser.ask("[...document.querySelectorAll('.agenda-form [name=calendar] option')].map(o => o.text)"))
    today = browser.ask("document.querySelector('.agenda-day.today').dataset.day")
    browser.fill(".agenda-form [name=start]", f"{today}T10:00")
    browser.fill(".agenda-form [name=end]", f"{today}T09:00")
    browser.fill(".agenda-form [name=summary]", f"{word} réunion")
    tell(backwards=saved(browser))
    browser.fill(".agenda-form [name=end]", f"{today}T11:30")
    browser.fill(".agenda-form [name=location]", "Salle 1, étage 2; aile B")
    tell(saved=saved(browser))
    browser.until(f"!!{shown(word + ' réunion')} && !document.querySelector('.agenda-form')")
    browser.ask(f"{shown(word + ' réunion')}.click()")
    browser.until("!!document.querySelector('.agenda-form')")
    tell(place=browser.ask("document.querySelector('.agenda-form [name=location]').value"))
    browser.fill(".agenda-form [name=summary]", f"{word} séance")
    browser.click(".ui-dialog button.save")  # the same words are not said twice
    browser.until(f"!!{shown(word + ' séance')} && !document.querySelector('.agenda-form')")
    tell(line=browser.ask(f"{shown(word)}.innerText"))
    browser.click("[data-view=list]")
    browser.until(f"!!document.querySelector('.agenda-list') && !!{shown(word)}")
    browser.click("[data-view=week]")
    browser.until(f"!!document.querySelector('.agenda-week') && !!{shown(word)}")

    browser.go(f"{site}/?_task=addressbook")
    browser.until(idle("rcmail.env.task == 'addressbook' && !!rcmail.env.address_sources"))
    books = browser.ask("Object.values(rcmail.env.address_sources).map(each => [each.name, each.id])")
    book = next(key for name, key in books if name == "Contacts")
    browser.go(f"{site}/?_task=addressbook&_action=add&_source={book}&_framed=1")
    browser.until(idle("!!document.querySelector('[name=_name]')"))
    browser.fill("[name=_name]", f"Zoé {word}")
    browser.fill("[name='_email[]']", f"zoe.{word}@partenaire.example")
    browser.ask("rcmail.command('save')")
    browser.until("!location.search.includes('_action=add') && document.readyState == 'complete'")

    browser.go(f"{site}/?_task=mail&_action=compose")
    browser.until(idle("rcmail.env.action == 'compose' && !!document.querySelector('.recipient-input input')"
                       " && !!window.tinymce && !!tinymce.activeEditor && tinymce.activeEditor.initialized"))
    people, deadline = "", time.monotonic() + 60
    while f"zoe.{word}" not in people and time.monotonic() < deadline:  # the list closes when the page takes the focus
        browser.ask("document.querySelector('.recipient-input input').value = ''")
        browser.type(".recipient-input input", word[:12])
        until = time.monotonic() + 6
        while f"zoe.{word}" not in people and time.monotonic() < until:  # half a word finds others
            people = browser.ask("[...document.querySelectorAll('#rcmKSearchpane li')].map(li => li.innerText).join()")
            people = people or ""
            time.sleep(0.2)
    tell(people=people)
""",
        reader,
        word=word,
    )
    assert calendar.title in told["calendars"]
    assert "lecture seule" in told["calendars"]
    assert "Agenda" in told["choices"]
    assert calendar.title not in told["choices"], "one that they only read"
    assert "error" in told["backwards"]
    assert "confirmation" in told["saved"], told
    assert told["line"].startswith("10:00 ")
    assert told["place"] == "Salle 1, étage 2; aile B"
    assert f"zoe.{word}@partenaire.example" in told["people"]
    kept = dav.run(
        """
me, word = given["me"], given["word"]
place = collections(me)["Agenda"][0]
items = [ask("GET", each, me)[2] for each in found(place, me, "1") if each.endswith(".ics")]
book = collections(me)["Contacts"][0]
cards = [ask("GET", each, me)[2] for each in found(book, me, "1") if each.endswith(".vcf")]
tell(kept=[[text for text in texts if word in text] for texts in (items, cards)])
""",
        [reader],
        me=reader,
        word=word,
    )["kept"]
    events, cards = kept
    assert len(events) == len(cards) == 1
    assert f"SUMMARY:{word} séance" in events[0]
    assert "T100000Z" in events[0]
    assert f"FN:Zoé {word}" in cards[0]


@pytest.fixture
def restored(administration: Administration, pair: tuple[str, str], programs: MailPrograms) -> Iterator[str]:
    """A password to change to; afterwards the person has the present one again, on every controller."""
    person = pair[1]
    present = programs.password(person)
    controllers = [connect(administration, each.name) for each in administration.running("directory")]
    account = account_of(person.partition("@")[0])
    yield password(24)
    found = controllers[0].check_output(
        "ldbsearch -H /var/lib/samba/private/sam.ldb %s dn", f"(sAMAccountName={account})"
    )
    dn = next(line for line in found.splitlines() if line.startswith("dn: "))
    packed = b64encode(f'"{present}"'.encode("utf-16-le")).decode()
    ldif = f"{dn}\nchangetype: modify\nreplace: unicodePwd\nunicodePwd:: {packed}\n"
    ldif += "-\nreplace: lockoutTime\nlockoutTime: 0\n"
    subprocess.run(
        [
            *("ssh", "-F", str(administration.environment.ssh_config), administration.running("directory")[0].name),
            "ldbmodify -H /var/lib/samba/private/sam.ldb",
        ],
        input=ldif,
        text=True,
        check=True,
        capture_output=True,
        timeout=60,
    )

    def same() -> bool:
        said = {
            each.run("ldbsearch -H /var/lib/samba/private/sam.ldb %s pwdLastSet", f"(sAMAccountName={account})").stdout
            for each in controllers
        }
        changed = {line for text in said for line in text.splitlines() if line.startswith("pwdLastSet: ")}
        return len(changed) == 1

    assert within(60, same)


def test_a_password_is_changed_in_the_webmail(webmail: Webmail, pair: tuple[str, str], restored: str) -> None:
    """Too simple a one is refused; the new one is known to every controller when the page says that it is saved."""
    told = webmail.visit(
        """
def change(browser, current, new):
    browser.go(f"{site}/?_task=settings&_action=plugin.password")
    browser.until(idle("!!document.querySelector('#curpasswd')"))
    for field, value in (("#curpasswd", current), ("#newpasswd", new), ("#confpasswd", new)):
        browser.fill(field, value)
    browser.click("button.submit")
    return browser.until("said.join()")

with Browser() as browser:
    enter(browser)
    present = given["passwords"][person]
    tell(simple=change(browser, present, "onlylettersofonekind"))
    tell(wrong=change(browser, "certainly wrong", given["new"]))
    tell(saved=change(browser, present, given["new"]))
    for _ in range(3):  # each page logs in to the mail server, by whichever controller
        browser.go(f"{site}/?_task=mail&_mbox=INBOX")
        browser.until(LIST)
    browser.click("a.logout")
    browser.until("!!document.querySelector('#rcmloginuser')")
    given["passwords"][person] = given["new"]
    enter(browser)
    tell(again=browser.ask("rcmail.env.task"))
""",
        pair[1],
        new=restored,
    )
    assert "error" in told["simple"], told
    assert "error" in told["wrong"] or "warning" in told["wrong"], told
    assert "confirmation" in told["saved"], told
    assert told["again"] == "mail"
