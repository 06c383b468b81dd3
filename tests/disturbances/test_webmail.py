"""The webmail stops: who comes is told so in French, and it is there again by itself."""

from inventory.model import Administration
from inventory.model.administration import WEBMAIL
from tests.conftest import Workstation, connect
from tests.waiting import within


def test_a_page_in_french_says_that_it_is_down(hurtable: Administration, workstation: Workstation) -> None:
    site = f"https://{hurtable.fqdn(WEBMAIL)}/"
    server = connect(hurtable, hurtable.running("webmail")[0].name)

    def visit(output: str) -> str:
        return workstation.run(f"curl --silent --max-time 30 {output} --write-out %{{http_code}} {site}").stdout

    server.check_output("systemctl stop webmail")
    try:
        shown = visit("")
    finally:
        server.check_output("systemctl start webmail")
    assert "momentanément indisponible" in shown
    assert shown.endswith("503")
    assert within(60, lambda: visit("--output /dev/null") == "200")


def test_its_processes_come_back_by_themselves(hurtable: Administration, workstation: Workstation) -> None:
    site = f"https://{hurtable.fqdn(WEBMAIL)}/"
    server = connect(hurtable, hurtable.running("webmail")[0].name)
    server.check_output("kill -9 $(systemctl show -P MainPID webmail.service)")
    said = f"curl --silent --max-time 30 --output /dev/null --write-out %{{http_code}} {site}"
    assert within(60, lambda: workstation.run(said).stdout == "200")
