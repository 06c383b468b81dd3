"""An application: where it runs, what is delivered, and whom it admits."""

from inventory.authoring.answers import Answers, Question, RefusedError
from inventory.authoring.checks import existing, field, number, readable, several, unused
from inventory.authoring.desk import Desk
from inventory.authoring.writing import Line, document
from inventory.model.application import Application
from inventory.model.institution import AGENTS
from inventory.model.messages import either, say
from inventory.model.references import RESERVED_APPLICATIONS
from inventory.model.validate import near

VARIABLES = (
    "APPLICATION", "NAME", "OWNER", "HOST", "DATABASE", "PORT", "ARTIFACT", "VERSION", "MODULE", "READERS",
)  # fmt: skip
FIRST_PORT = 8101


def application(desk: Desk, answers: Answers) -> None:
    """Ask for an application."""
    institutions, applications = desk.administration.institutions, desk.administration.applications
    text = either("Identifiant, qui devient son nom dans le DNS", "Identifier, which becomes its name in DNS")
    identifier = answers.ask(Question("APPLICATION", text, "courrier", lambda answer: _identifier(desk, answer)))
    text = either("Nom complet", "Full name")
    name = answers.ask(Question("NAME", text, "Suivi du courrier", readable(Application, "name")))
    text = either(
        f"Institution responsable, parmi : {', '.join(institutions)}", f"Owner, among: {', '.join(institutions)}"
    )
    owner = answers.ask(Question("OWNER", text, "mtdpce", existing("institution", institutions)))
    host = answers.ask(_machine(desk, "HOST", "applications", either("Machine qui la sert", "Machine that serves it")))
    database = answers.ask(
        _machine(desk, "DATABASE", "database", either("Machine de sa base", "Machine of its database"))
    )
    ports = {
        other.port: f"applications/{other.application}.yaml" for other in applications.values() if other.host == host
    }
    text = either("Port sur la machine", "Port on the machine")
    free = str(max(ports, default=FIRST_PORT - 1) + 1)
    port = answers.ask(Question("PORT", text, "8101", lambda answer: _port(answer, ports), free))
    text = either("Nom du paquet livré (wheel)", "Name of what is delivered (a wheel)")
    artifact = answers.ask(Question("ARTIFACT", text, identifier, field(Application, "artifact", "name"), identifier))
    version = answers.ask(Question("VERSION", "Version", "1.0.0", field(Application, "artifact", "version"), "1.0.0"))
    served = f"{artifact.replace('-', '_')}:app"
    text = either("Objet WSGI, module:objet", "WSGI object, module:object")
    module = answers.ask(Question("MODULE", text, served, field(Application, "artifact", "module"), served))
    text = either("Groupes admis, institution/groupe", "Groups that it admits, institution/group")
    own = f"{owner}/{AGENTS}"
    readers = answers.ask(Question("READERS", text, own, several(lambda answer: _reader(desk, answer)), own))
    about = {"application": identifier, "name": name, "owner": owner, "host": host, "database": database, "port": port}
    wheel = Line({"kind": "wheel", "name": artifact, "version": version, "module": module})
    text = document("../schema/application.json", {**about, "artifact": wheel, "readers": readers})
    desk.create(f"applications/{identifier}.yaml", text)


def _machine(desk: Desk, variable: str, capability: str, text: str) -> Question[str]:
    machines = [name for site in desk.administration.sites.values() for name in site.machines]
    running = [
        name for s in desk.administration.sites.values() for name, m in s.machines.items() if capability in m.runs
    ]

    def check(answer: str) -> str:
        existing("machine", machines)(answer)
        if answer not in running:
            raise RefusedError(say("not_running", value=answer, capability=capability))
        return answer

    return Question(variable, text, next(iter(running), ""), check, running[0] if len(running) == 1 else "")


def _identifier(desk: Desk, answer: str) -> str:
    field(Application, "application")(answer)
    if answer in RESERVED_APPLICATIONS:
        raise RefusedError(say("reserved", value=answer))
    unused(answer, desk.names())
    return answer


def _port(answer: str, taken: dict[int, str]) -> int:
    found = number(Application, "port")(answer)
    unused(found, taken)
    return found


def _reader(desk: Desk, answer: str) -> str:
    field(Application, "readers", 0)(answer)
    institution, group = answer.split("/", 1)
    institutions = desk.administration.institutions
    existing("institution", institutions)(institution)
    groups = institutions[institution].all_groups
    if group not in groups:
        raise RefusedError(say("no_such", kind=say("group"), value=answer, hint=near(group, groups)))
    return answer
