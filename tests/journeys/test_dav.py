"""Calendars and contacts of people and of groups, with the programs that they have at their desks."""

import json
from shlex import quote

from testinfra.host import Host

from roles.dav.config import PEOPLE, STORE, DavConfig, Shared
from tests.dav_programs import DavPrograms
from tests.journeys.test_mail_restore import back_up


def test_programs_find_what_is_ones_own_and_what_is_shared(
    dav: DavPrograms, calendar: Shared, writer: str, reader: str, stranger: str, word: str
) -> None:
    """vdirsyncer knows the server's name alone. An event of a writer is in a reader's calendar, not in a stranger's."""
    told = dav.run(
        """
word, key, (writer, reader, stranger) = given["word"], given["key"], given["people"]
def write(folder):
    for name in (key, "agenda"):
        with open(f"{folder}/{name}/{word}.ics", "w") as file:
            file.write(event(f"{word} réunion dans {name}", f"{word}-{name}"))
tell(writer=synced(writer, "caldav", write), reader=synced(reader, "caldav"), stranger=synced(stranger, "caldav"))
tell(books=sorted(synced(stranger, "carddav")), seen={each: collections(each) for each in given["people"]})
href, _, _ = collections(reader)[given["title"]]
(item,) = [each for each in found(href, reader, "1") if word in each]
tell(read=ask("GET", item, reader)[2], changed=ask("PUT", item, reader, event(word), If_Match="*")[0])
tell(added=ask("PUT", f"{href}{word}2.ics", reader, event(word))[0], deleted=ask("DELETE", item, reader)[0])
tell(whole=ask("DELETE", href, writer)[0], renamed=ask("MKCALENDAR", f"{href}{word}/", writer)[0])
other = item.replace(href, collections(writer)[given["title"]][0])
tell(foreign=[ask(method, other, stranger)[0] for method in ("GET", "PUT", "DELETE", "PROPFIND")])
tell(moved=ask("MOVE", item, reader, Destination=f"https://{front}{home(reader)}agenda/{word}.ics")[0])
tell(still=ask("GET", item, reader)[0], mine=ask("DELETE", other, writer)[0])
""",
        [writer, reader, stranger],
        people=[writer, reader, stranger],
        word=word,
        key=calendar.key,
        title=calendar.title,
    )
    event = f"{word} réunion dans {calendar.key}"
    assert any(event in text for text in told["writer"][calendar.key])
    assert any(event in text for text in told["reader"][calendar.key])
    assert not any(word in text for text in told["reader"]["agenda"])
    assert "agenda" in told["stranger"]
    assert calendar.key not in told["stranger"]
    assert "contacts" in told["books"]
    assert {name for name, each in told["seen"][stranger].items() if each[2]} >= {"Agenda", "Contacts"}
    assert [told["seen"][each].get(calendar.title, ["", "", None])[2] for each in (writer, reader, stranger)] == [
        True,
        False,
        None,
    ]
    assert event in told["read"]
    refused = (told["changed"], told["added"], told["deleted"], told["moved"], told["whole"], *told["foreign"])
    assert all(status in (403, 404, 409) for status in refused), told
    assert told["renamed"] in (403, 409)
    assert (told["still"], told["mine"]) == (200, 200)


def test_a_person_makes_a_calendar_and_keeps_contacts(dav: DavPrograms, stranger: str, word: str) -> None:
    told = dav.run(
        """
word, me = given["word"], given["me"]
place = home(me)
made = f'''<C:mkcalendar xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><set><prop>
<displayname>Congés {word}</displayname></prop></set></C:mkcalendar>'''
tell(made=ask("MKCALENDAR", f"{place}{word}/", me, made)[0], seen=f"Congés {word}" in collections(me))
tell(put=ask("PUT", f"{place}{word}/1.ics", me, event(word), If_None_Match="*")[0])
tell(twice=ask("PUT", f"{place}{word}/1.ics", me, event(word), If_None_Match="*")[0])
book = collections(me)["Contacts"][0]
tell(card=ask("PUT", f"{book}{word}.vcf", me, card(f"Zoé {word}", "zoe@partenaire.example"))[0])
query = f'''<R:addressbook-query xmlns="DAV:" xmlns:R="urn:ietf:params:xml:ns:carddav"><prop><R:address-data/></prop>
<R:filter><R:prop-filter name="FN"><R:text-match>{word}</R:text-match></R:prop-filter></R:filter>
</R:addressbook-query>'''
tell(query=ask("REPORT", book, me, query, Depth="1")[2], all=ask("DELETE", place, me)[0])
tell(gone=ask("DELETE", f"{place}{word}/", me)[0], card_gone=ask("DELETE", f"{book}{word}.vcf", me)[0])
""",
        [stranger],
        me=stranger,
        word=word,
    )
    assert (told["made"], told["seen"], told["put"], told["twice"]) == (201, True, 201, 412)
    assert told["card"] == 201
    assert "zoe@partenaire.example" in told["query"]
    assert told["all"] == 403, "everything at once"
    assert (told["gone"], told["card_gone"]) == (200, 200)


def test_who_may_is_asked_each_time(
    dav: DavPrograms, dav_server: Host, calendar: Shared, writer: str, reader: str
) -> None:
    """A wrong password, none, and no such person are refused alike. Who loses a right or leaves is out at once."""
    asks = """
me, title = given["me"], given["title"]
tell(status=ask("PROPFIND", given["path"], me, Depth="0")[0])
"""
    path = dav.run('tell(path=collections(given["me"])[given["title"]][0])', [reader], me=reader, title=calendar.title)[
        "path"
    ]
    told = dav.run(
        """
tell(anonymous=ask("PROPFIND", "/dav/")[0], item=ask("GET", given["path"])[0])
tell(nobody=ask("PROPFIND", "/dav/", "nobody@" + given["me"].partition("@")[2], password="x")[0])
status, headers, _ = ask("PROPFIND", "/dav/", given["me"], password="certainly wrong")
tell(wrong=status, realm=headers.get("www-authenticate"))
""",
        [writer],
        me=writer,
        path=path,
    )
    assert (told["anonymous"], told["item"], told["nobody"], told["wrong"]) == (401, 401, 401, 401)
    assert told["realm"].startswith("Basic")
    present = json.loads(dav_server.check_output("cat %s", PEOPLE))
    main = dav_server.check_output("systemctl show -P MainPID dav.service")

    def write(people: object) -> None:
        text = quote(json.dumps({**present, "people": people}))
        dav_server.check_output(
            f"cp -p {PEOPLE} {PEOPLE}.test && printf %s {text} >{PEOPLE}.test && mv {PEOPLE}.test {PEOPLE}"
        )

    def status() -> int:
        return int(dav.run(asks, [reader], me=reader, title=calendar.title, path=path)["status"])

    try:
        assert status() == 207
        write({**present["people"], reader: {**present["people"][reader], "shared": {}}})
        assert status() == 403
        write({address: each for address, each in present["people"].items() if address != reader})
        assert status() == 401
    finally:
        write(present["people"])
    assert status() == 207
    assert dav_server.check_output("systemctl show -P MainPID dav.service") == main


def test_what_was_lost_of_a_calendar_comes_back(
    dav: DavPrograms, dav_server: Host, served: DavConfig, calendar: Shared, writer: str, word: str
) -> None:
    """Of one's own a copy beside it; of a shared one what was lost, where it was. What came since stays."""
    write = """
word, me = given["word"], given["me"]
for name in ("Agenda", given["title"]):
    for number in given["numbers"]:
        assert ask("PUT", f"{collections(me)[name][0]}{word}-{number}.ics", me, event(f"{word} {number}"))[0] == 201
for name in given["lost"]:
    assert ask("DELETE", f"{collections(me)[name][0]}{word}-1.ics", me)[0] == 200
"""
    values = {"me": writer, "word": word, "title": calendar.title}
    dav.run(write, [writer], numbers=[1, 2], lost=[], **values)
    then = back_up(dav_server)
    dav.run(write, [writer], numbers=[3], lost=["Agenda", calendar.title], **values)
    beside = dav_server.check_output("restore-dav %s --name agenda --at %s", writer, then)
    in_place = dav_server.check_output("restore-dav %s --at %s", calendar.key, then)
    copy = beside.rpartition("(")[2].rstrip(")\n")
    try:
        told = dav.run(
            """
word, me = given["word"], given["me"]
def kept(href):
    return sorted(each.rpartition("-")[2] for each in found(href, me, "1") if word in each)
places = collections(me)
tell(names=list(places), own=kept(places["Agenda"][0]), shared=kept(places[given["title"]][0]))
tell(copy=kept(home(me) + given["copy"] + "/"))
""",
            [writer],
            copy=copy,
            **values,
        )
    finally:
        owner = next(each.id for each in served.people if each.address == writer)
        assert copy.startswith("agenda-")
        dav_server.check_output("rm -r %s", f"{STORE}/collection-root/{owner}/{copy}")
    assert "put back" in in_place
    assert told["own"] == ["2.ics", "3.ics"]
    assert told["copy"] == ["1.ics", "2.ics"]
    assert told["shared"] == ["1.ics", "2.ics", "3.ics"]
    assert any(name.startswith("Agenda (20") for name in told["names"])
    assert dav_server.run("restore-dav %s --name nothing", writer).rc == 1
