"""The comment: everything of a pull request in one, under the forge's limit, with strangers' words as text."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from deploys import comment
from deploys.comment import Parts, write
from deploys.engine.change import Change as EngineChange
from deploys.engine.change import Line as EngineLine
from deploys.engine.change import Plan as EnginePlan
from deploys.review import forge, markdown, planned
from deploys.review.compare import Change, Section
from deploys.review.ownership import Verdict
from deploys.review.planned import Line, Plan, PlanError, Step
from deploys.review.sentences import Report

ROOT = Path(__file__).resolve().parents[3]
LINK = "https://forge.example/burkina/administration/actions/runs/1"


def report(count: int = 1, name: str = "Nafi Nouvelle") -> Report:
    changes = [
        Change("sante", Section.PEOPLE, "arrives", {"name": name, "login": f"p{n}", "address": f"p{n}@sante.gov.bf"})
        for n in range(count)
    ]
    return Report(changes, {"sante": "Ministère de la Santé"})


def plan(*changes: Step, **values: Any) -> Plan:
    fixed = {"format": 1, "environment": "production", "commit": "c" * 40, "made_at": "2026-11-25T13:20:00Z"}
    return Plan(**{**fixed, "changes": list(changes)} | values)


def step(host: str, name: str, *lines: tuple[str, str], **values: Any) -> Step:
    return Step(host=host, step=name, lines=[Line(text=text, institution=owner) for text, owner in lines], **values)


BOXES = step("mail1", "mail: mailboxes", ("/etc/boxes: changed", ""), ("+a@s", "sante"), ("+b@a", "anptic"))
FIREWALL = step("dc1", "base: firewall", ("/etc/nftables.conf: changed", ""), risk="lockout", certainty="conditional")
CHRONY = step("dc1", "time: chrony runs", ("restart chrony", ""), risk="interruption")


def test_a_whole_comment() -> None:
    """Golden: what a DSI and an engineer read on a pull request."""
    parts = Parts(
        report(),
        verdict=Verdict(True, ["1 fichier, tous permis"]),
        left=["roles/mail.py"],
        plans=[plan(BOXES, CHRONY, FIREWALL, not_planned={"guest1": "unreachable: timed out"})],
    )
    expected = (Path(__file__).parent / "comment.md").read_text(encoding="utf-8")
    assert write(parts, forge.LIMITS["github"]) + "\n" == expected


def test_a_step_of_several_institutions_is_in_each() -> None:
    found = planned.by_institution(plan(BOXES, CHRONY))
    assert list(found) == ["anptic", "sante", ""]
    assert [line.text for line in found["sante"][0].lines] == ["/etc/boxes: changed", "+a@s"]
    assert [each.step for each in found[""]] == ["time: chrony runs"]


def test_the_riskiest_is_first() -> None:
    text = write(Parts(plans=[plan(BOXES, CHRONY, FIREWALL)]), 65_536)
    assert text.index("base: firewall") < text.index("time: chrony runs") < text.index("mail: mailboxes")


def large(hosts: int, lines: int, width: int = 60) -> Plan:
    return plan(
        *(
            step(f"host{n}", "files: a long one", *((f"+{'x' * width}{k}", "") for k in range(lines)), risk=risk)
            for n in range(hosts)
            for risk in ("", "removal")
        )
    )


@pytest.mark.parametrize("name", ["github", "gitlab"])
@pytest.mark.parametrize(("hosts", "lines", "people"), [(3, 2000, 10), (300, 40, 10), (1, 18_000, 5), (10, 10, 2_500)])
def test_a_comment_fits_says_it_is_cut_and_where_the_rest_is(name: str, hosts: int, lines: int, people: int) -> None:
    limit = forge.LIMITS[name]
    text = write(Parts(report(people), plans=[large(hosts, lines)]), limit, LINK)
    whole = f"{forge.MARKER}\n{text}"
    assert markdown.size(whole) <= limit
    assert len(whole) <= limit
    entire = markdown.size(write(Parts(report(people), plans=[large(hosts, lines)]), 10**9)) <= limit - 100
    assert ("**Ce commentaire est coupé**" in text) is not entire
    assert text.endswith(LINK) is not entire
    assert text.count("<details>") == text.count("</details>")
    assert len(re.findall(r"^`{3,}", text, flags=re.MULTILINE)) % 2 == 0
    assert f"{people} boîtes créées".replace("2500", "2\u202f500") in text


def test_every_host_is_named_before_any_is_shown_in_full() -> None:
    text = write(Parts(plans=[large(40, 200)]), 65_536)
    assert [f"host{n}" for n in range(40) if f"<code>host{n}</code>" not in text] == []
    assert "les lignes de " in text


def test_hostile_names_and_plans_stay_text() -> None:
    evil = "@burkina/all <img src=x> [x](https://evil.example)\n# h `"
    evil_plan = plan(
        step(evil, evil, (f"+{evil}", evil), ("```", ""), ("</details>", ""), risk="removal"),
        environment=evil,
        commit=evil,
        made_at=evil,
        not_planned={evil: evil},
    )
    parts = Parts(report(2, evil), verdict=Verdict(False, [evil]), left=[evil], plans=[evil_plan])
    page = MarkdownIt("commonmark", {"html": True}).render(write(parts, 65_536))
    outside = re.sub(r"<code[^>]*>.*?</code>", "", page, flags=re.DOTALL)
    assert "@" not in outside
    assert "evil" not in outside
    assert "<img" not in page
    assert set(re.findall(r"<(\w+)", outside)) <= {
        "h2",
        "h3",
        "h4",
        "p",
        "ul",
        "li",
        "strong",
        "details",
        "summary",
        "pre",
    }
    assert outside.count("<details>") == outside.count("</details>") == 1


def test_mistakes_are_listed_instead() -> None:
    errors = [f"inventory/sites/dc.yaml:{n}:1: clé inconnue « @team »" for n in range(3000)]
    text = write(Parts(errors=errors), 65_536)
    assert "L'inventaire a 3\u202f000 erreurs" in text
    assert "- `inventory/sites/dc.yaml:0:1: clé inconnue « @team »`" in text
    assert re.search(r"coupé\*\*\u00a0: \d[\d\u202f]* erreurs n'y sont pas\.", text)


@pytest.mark.parametrize(
    "value",
    ["javascript:alert(1)", "https://x.example/a b", "https://x.example/)](http://evil", "http://x.example/", ""],
)
def test_only_an_address_of_the_forge_is_a_link(value: str) -> None:
    assert comment.link(value) == ""
    assert comment.link(LINK) == LINK


def test_a_plan_of_the_engine_is_read_and_an_edited_one_refused(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    change = EngineChange("mail1", "mail: x", (EngineLine("+a@s", "sante"),), risk="removal")
    EnginePlan("lab", "c" * 40, "2026-11-25T13:20:00Z", ("site",), (), ("mail1",), (change,)).write(path)
    (found,) = planned.read(path).changes
    assert (found.host, found.risk, found.lines[0].institution) == ("mail1", "removal", "sante")
    path.write_text(path.read_text().replace("mail: x", "mail: y"))
    with pytest.raises(PlanError, match="edited"):
        planned.read(path)


@pytest.mark.parametrize("content", ["", "[]", "null", '{"kind": "preview"}', '{"format": 2}', "\x00"])
def test_what_is_no_plan_is_one_line(content: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(content)
    with pytest.raises(PlanError) as caught:
        planned.read(path)
    assert "\n" not in str(caught.value)
    with pytest.raises(PlanError, match="No such file"):
        planned.read(tmp_path / "none.json")


def test_the_command_prints_or_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "preview.json"
    path.write_text(json.dumps({"format": 1, "kind": "preview", "environment": "lab"}))
    environment = {**os.environ, "BASE": "HEAD", "PLAN": str(path), "OUT": str(tmp_path / "comment.md"), "LC_ALL": "fr"}
    ran = subprocess.run(
        [sys.executable, "-m", "deploys.comment"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    text = (tmp_path / "comment.md").read_text(encoding="utf-8")
    assert text.startswith("## Ce que change cette demande\n\n**Rien ne change dans l'inventaire")
    assert "**Aucune machine ne change.**" in text
    ran = subprocess.run(
        [sys.executable, "-m", "deploys.comment", "--forge", "github", "--number", "1; true"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 2
    assert "FORGE needs NUMBER" in ran.stderr
