"""How long a folder of 5,000 messages takes to be backed up and to come back: `python -m tests.bench.restore`.

On the lab, as an operator waits for it: the whole commands. The folder is of a mailbox of the lab, and goes afterwards.
"""

import os
import re
import subprocess
import sys
import time
from shlex import quote
from statistics import median

from inventory.model import load
from roles.mail.config import RECOVERABLE, config_of
from tests.bench.command import command

MESSAGES, LONGEST = 5000, 30  # seconds, of a restore
FOLDER = "Mesure"
# Made as Dovecot's own deliveries are: by it. A message is 4 KiB that compress as text does.
FILL = """
import os, random, shutil, subprocess, sys
address, folder, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
words = [word for word in open("/usr/share/common-licenses/GPL-3").read().split() if word.isalpha()]
place = "/srv/mail/.restore/bench"
shutil.rmtree(place, ignore_errors=True)
for name in ("cur", "new", "tmp"):
    os.makedirs(f"{place}/.{folder}/{name}")
for number in range(count):
    text = " ".join(random.choices(words, k=600))
    with open(f"{place}/.{folder}/cur/{number}.bench:2,S", "w") as file:
        file.write(f"From: bench@example.org\\nSubject: {number}\\nMessage-ID: <{number}@bench>\\n\\n{text}\\n")
subprocess.run(["chown", "-R", "vmail:vmail", "/srv/mail/.restore"], check=True)
subprocess.run(["doveadm", "import", "-u", address, f"maildir:{place}", "", "mailbox", folder, "ALL"], check=True)
shutil.rmtree(place)
"""


def measure(rounds: int) -> bool:
    """Print the figures; whether they are reached."""
    administration = load("lab")
    server = administration.running("mail")[0]
    address = config_of(administration, server).mailboxes[-1].address

    def run(command: str) -> float:
        began = time.perf_counter()
        line = ["ssh", "-F", str(administration.environment.ssh_config), server.name, command]
        done = subprocess.run(line, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"{command[:60]}: {(done.stderr.strip() or done.stdout.strip())[-500:]}")
        said.append(done.stdout)
        return time.perf_counter() - began

    said: list[str] = []
    empty = (
        f"doveadm mailbox delete -u {address} -s {FOLDER};"
        f" doveadm expunge -u {address} mailbox {RECOVERABLE} FROM bench@example.org"
    )
    saved, back, again = [], [], []
    try:
        run(f"mkdir -p /srv/mail/.restore; python3 -c {quote(FILL)} {address} {FOLDER} {MESSAGES}")
        for _ in range(rounds):
            saved.append(run("systemctl start mail-backup"))
            run(empty)
            back.append(run(f"restore-mail {address} --folder {FOLDER} --in-place"))
            assert re.search(rf": {MESSAGES} messages", said[-1]), said[-1]
            again.append(run(f"restore-mail {address} --folder {FOLDER} --in-place"))
            print(f"saved {saved[-1]:.1f} s, restored {back[-1]:.1f} s, again {again[-1]:.1f} s", flush=True)
            assert re.search(rf": 0 messages .* {MESSAGES} were there", said[-1]), said[-1]
    finally:
        run(f"{empty}; true")
    print(f"\n| {MESSAGES} messages | median of {rounds} | wanted | |\n|---|---|---|---|")
    reached = median(back) <= LONGEST
    print(f"| backup | {median(saved):.1f} s (the first {saved[0]:.1f}) | | |")
    print(f"| restore | {median(back):.1f} s | ≤ {LONGEST} s | {'reached' if reached else 'MISSED'} |")
    print(f"| restore of what is there | {median(again):.1f} s | | |")
    print(f"\nload of this machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    return reached


if __name__ == "__main__":
    sys.exit(command("tests.bench.restore", __doc__, measure))
