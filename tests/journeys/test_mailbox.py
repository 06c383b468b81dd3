"""What a mailbox does for its person: folders, rules, an answer while away, search, and what is full or deleted."""

from testinfra.host import Host

from inventory.model import Administration
from roles.mail.config import FOLDERS, RECOVERABLE, STORE
from tests.mail_programs import MailPrograms, tell, told


def test_folders_have_french_names_and_their_uses(programs: MailPrograms, pair: tuple[str, str]) -> None:
    person = pair[0]
    told = programs.run(
        """
client = imap(given["person"])
lines = [line.decode() for line in client.list()[1]]
subscribed = [line.decode() for line in client.lsub()[1]]
tell(wire=[quoted(name) for name in given["names"]], lines=lines, subscribed=subscribed)
""",
        [person],
        person=person,
        names=list(FOLDERS),
    )
    for wire, use in zip(told["wire"], FOLDERS.values(), strict=True):
        bare = wire.strip('"')
        (line,) = (line for line in told["lines"] if line.endswith((f" {bare}", f' "{bare}"')))
        assert f"\\{use}" in line, line
        assert any(line.endswith((f" {bare}", f' "{bare}"')) for line in told["subscribed"]), told["subscribed"]


def test_a_rule_needs_tls_and_files_mail(programs: MailPrograms, pair: tuple[str, str], tag: str) -> None:
    sender, person = pair
    told = programs.run(
        """
sender, person, tag = given["sender"], given["person"], given["tag"]
clear = Sieve()
tell(clear="".join(clear.greeting), refused=clear.login(person))
safe = Sieve()
safe.protect()
tell(safe="".join(safe.greeting), accepted=safe.login(person))
tell(nonsense=safe.put("essai", "this is no rule"))
rule = 'require ["fileinto"]; if header :contains "Subject" "%s" { fileinto "Archives"; }' % tag
tell(put=safe.put("essai", rule), active=safe.say('SETACTIVE "essai"')[-1])
try:
    tell(sent=send(sender, person, letter(sender, person, tag)))
    client = imap(person)
    tell(archived=bool(until(lambda: found(client, "Archives", "SUBJECT", tag))))
    tell(inbox=len(found(client, "INBOX", "SUBJECT", tag)))
finally:
    safe.say('SETACTIVE ""')
    safe.say('DELETESCRIPT "essai"')
""",
        list(pair),
        sender=sender,
        person=person,
        tag=tag,
    )
    assert '"SASL" ""' in told["clear"]
    assert not told["refused"].startswith("OK")
    assert '"SASL" "PLAIN' in told["safe"]
    assert "vacation" in told["safe"]
    assert told["accepted"].startswith("OK")
    assert told["nonsense"].startswith("NO"), told
    assert told["put"].startswith("OK"), told
    assert told["sent"] == [250, ""]
    assert told["archived"]
    assert told["inbox"] == 0


def test_who_is_away_answers_once(programs: MailPrograms, pair: tuple[str, str], tag: str) -> None:
    sender, person = pair
    told = programs.run(
        """
sender, person, tag = given["sender"], given["person"], given["tag"]
sieve = Sieve()
sieve.protect()
sieve.login(person)
rule = 'require ["vacation"]; vacation :handle "%s" :subject "Absence %s" "Je reviens lundi, à bientôt.";' % (tag, tag)
tell(put=sieve.put("absence", rule), active=sieve.say('SETACTIVE "absence"')[-1])
try:
    for _ in range(2):
        send(sender, person, letter(sender, person, tag))
    reader, answers = imap(person), imap(sender)
    tell(arrived=len(until(lambda: len(f := found(reader, "INBOX", "SUBJECT", tag)) == 2 and f) or []))
    got = until(lambda: found(answers, "INBOX", "SUBJECT", '"Absence %s"' % tag))
    message = text_of(answers, got[-1]) if got else None
    tell(answers=len(got), body=message and message.get_content(), signed=bool(message and message["DKIM-Signature"]))
finally:
    sieve.say('SETACTIVE ""')
    sieve.say('DELETESCRIPT "absence"')
""",
        list(pair),
        sender=sender,
        person=person,
        tag=tag,
    )
    assert told["arrived"] == 2
    assert told["answers"] == 1, told
    assert "à bientôt" in told["body"]
    assert told["signed"]


def test_plus_addresses_arrive_and_unknown_ones_do_not(programs: MailPrograms, pair: tuple[str, str], tag: str) -> None:
    sender, person = pair
    local, _, domain = person.partition("@")
    told = programs.run(
        """
sender, person, tag = given["sender"], given["person"], given["tag"]
tell(plus=send(sender, given["plus"], letter(sender, given["plus"], tag)))
tell(unknown=send(sender, given["unknown"], letter(sender, given["unknown"], tag)))
client = imap(person)
tell(arrived=bool(until(lambda: found(client, "INBOX", "SUBJECT", tag))))
""",
        list(pair),
        sender=sender,
        person=person,
        plus=f"{local}+projet@{domain}",
        unknown=f"{tag}+projet@{domain}",
        tag=tag,
    )
    assert told["plus"] == [250, ""]
    assert told["unknown"][0] == 550
    assert told["arrived"]


def test_search_knows_french(programs: MailPrograms, pair: tuple[str, str], tag: str) -> None:
    person = pair[0]
    told = programs.run(
        """
person, tag = given["person"], given["tag"]
client = imap(person)
body = "Les élèves de l'école étudiaient les procès-verbaux signés hier."
client.append("INBOX", None, None, letter(person, person, tag + " Annexe B, lot 7", body).as_bytes())
hits = {}
found(client, "INBOX", "SUBJECT", tag)
for word in ("b", "7", "z"):
    hits[word] = len(client.search("UTF-8", "SUBJECT", tag, "SUBJECT", word)[1][0].split())
for word in ("eleve", "école", "ecole", "étudier", "proces", "signe", "girafe"):
    hits[word] = len(client.search("UTF-8", "SUBJECT", tag, "BODY", '"%s"' % word)[1][0].split())
tell(hits=hits)
""",
        [person],
        person=person,
        tag=tag,
    )
    words = {"eleve": 1, "école": 1, "ecole": 1, "étudier": 1, "proces": 1, "signe": 1, "girafe": 0}
    assert told["hits"] == {"b": 1, "7": 1, "z": 0, **words}


def test_what_was_deleted_can_be_taken_back_and_not_destroyed(
    programs: MailPrograms, pair: tuple[str, str], tag: str
) -> None:
    person = pair[0]
    told = programs.run(
        """
person, tag, gone = given["person"], given["tag"], given["gone"]
client = imap(person)
client.append("INBOX", None, None, letter(person, person, tag).as_bytes())
number = found(client, "INBOX", "SUBJECT", tag)[0]
client.store(number, "+FLAGS", r"\\Deleted")
client.expunge()
tell(inbox=len(found(client, "INBOX", "SUBJECT", tag)))
kept = found(client, gone, "SUBJECT", tag, readonly=True)
tell(kept=len(kept))
mark = lambda: client.store(kept[0], "+FLAGS", r"\\Deleted")
for write in (lambda: client.select(quoted(gone)), mark, client.expunge):
    try:
        write()
    except imaplib.IMAP4.error:
        pass
client.select("INBOX")
tell(removed=client.delete(quoted(gone))[0])
tell(still=len(found(client, gone, "SUBJECT", tag, readonly=True)))
tell(back=client.copy(kept[0], "INBOX")[0], again=len(found(client, "INBOX", "SUBJECT", tag)))
""",
        [person],
        person=person,
        tag=tag,
        gone=RECOVERABLE,
    )
    assert told == {"inbox": 0, "kept": 1, "still": 1, "removed": "NO", "back": "OK", "again": 1}


def test_a_full_mailbox_warns_refuses_and_takes_mail_again(
    programs: MailPrograms, pair: tuple[str, str], tag: str, mail_server: Host
) -> None:
    """Filled to its true limit: one large message, and copies of it, which are links to the same file."""
    sender, person = pair
    folder = f"Plein-{tag}"
    mail_server.run("doveadm quota recalc -u %s", person)
    try:
        told = programs.run(
            """
sender, person, tag, folder = given["sender"], given["person"], given["tag"], given["folder"]
client = imap(person)
client.create(folder)
message = letter(person, person, tag)
message.add_attachment(bytes(14 << 20), maintype="application", subtype="octet-stream", filename="zeros")
tell(first=client.append(folder, None, None, message.as_bytes())[0])
for _ in range(12):  # 2^12 times 19 MiB are more than any mailbox of the lab holds
    client.select(folder)
    typ, said = client.copy("1:*", folder)
    if typ != "OK":
        break
while typ == "OK" or client.copy("1", folder)[0] == "OK":
    typ = ""
tell(full=[typ, said[0].decode()], append=client.append(folder, None, None, message.as_bytes())[1][0].decode())
tell(refused=send(sender, person, message))
warned = until(lambda: found(client, "INBOX", "FROM", "postmaster", "UNSEEN", "BODY", given["words"]))
tell(warning=text_of(client, warned[-1]).get_content() if warned else "")
for number in warned:
    client.store(number, "+FLAGS", r"\\Deleted")
client.expunge()
client.delete(folder)
tell(again=until(lambda: (s := send(sender, person, letter(sender, person, tag)))[0] == 250 and s))
""",
            list(pair),
            sender=sender,
            person=person,
            tag=tag,
            folder=folder,
            words="pleine",
        )
    finally:
        mail_server.run("doveadm mailbox delete -s -u %s %s", person, folder)
        mail_server.run("doveadm expunge -u %s mailbox %s SUBJECT %s", person, RECOVERABLE, tag)
    assert told["first"] == "OK"
    assert "OVERQUOTA" in told["full"][1]
    assert "OVERQUOTA" in told["append"]
    assert told["refused"][0] == 552, told
    assert "pleine" in told["refused"][1]
    assert "seront refusés" in told["warning"]
    assert told["again"] == [250, ""]


def test_a_session_survives_a_change_of_configuration(
    programs: MailPrograms, pair: tuple[str, str], mail_server: Host
) -> None:
    person = pair[0]
    code = """
client = imap(given["person"])
client.select("INBOX")
print("in", flush=True)
sys.stdin.readline()
print(client.noop()[0], client.select("INBOX")[0], flush=True)
"""
    with programs.held(code, [person], person=person) as session:
        assert told(session) == "in\n"
        mail_server.check_output("systemctl reload dovecot && systemctl reload postfix")
        tell(session, "\n")
        assert told(session) == "OK OK\n"


def test_mail_on_the_disk_is_compressed_and_in_the_folder_of_the_person(
    programs: MailPrograms, pair: tuple[str, str], tag: str, mail_server: Host, administration: Administration
) -> None:
    person = pair[0]
    home = next(f"{STORE}/{p.id}" for i, p in administration.people() if i.address_of(p) == person)
    programs.run(
        """
client = imap(given["person"])
client.append("Archives", None, None, letter(given["person"], given["person"], given["tag"], "a" * 50000).as_bytes())
""",
        [person],
        person=person,
        tag=tag,
    )
    guid, _, uid = mail_server.check_output("doveadm search -u %s mailbox Archives SUBJECT %s", person, tag).partition(
        " "
    )
    assert guid
    assert uid
    sizes = mail_server.check_output(
        f"find {home}/Maildir/.Archives/new {home}/Maildir/.Archives/cur -name '*,S=*' -mmin -5 -printf '%s %f\\n'"
    )
    stored = [
        (int(size), int(name.split(",S=")[1].split(",")[0]))
        for size, _, name in (line.partition(" ") for line in sizes.splitlines())
    ]
    assert any(whole > 50000 and on_disk < 5000 for on_disk, whole in stored), stored
