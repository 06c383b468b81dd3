"""Machines: where services may run, and what may run together."""

from collections.abc import Iterator

from inventory.model.messages import either
from inventory.model.problems import Problem
from inventory.model.references import Parsed

AT_A_DESK = "workstation"


def services_are_in_a_datacentre(parsed: Parsed) -> Iterator[Problem]:
    """A building has no guard, no second power supply, and visitors: what all institutions use is not there."""
    for source, site in parsed.sites.values():
        for name, machine in site.machines.items():
            services = [capability for capability in machine.runs if capability != AT_A_DESK]
            if site.kind == "building" and services:
                what = ", ".join(services)
                yield source.problem(
                    ["machines", name, "runs"],
                    either(
                        f"« {what} » dans un bâtiment ; ces services sont dans un site de « kind: datacentre »",
                        f"'{what}' in a building; these services are in a site of 'kind: datacentre'",
                    ),
                )


def the_directory_is_alone(parsed: Parsed) -> Iterator[Problem]:
    """Who takes over a domain controller takes over everybody: nothing else that listens runs beside it."""
    for source, site in parsed.sites.values():
        for name, machine in site.machines.items():
            others = [capability for capability in machine.runs if capability != "directory"]
            if "directory" in machine.runs and others:
                what = ", ".join(others)
                yield source.problem(
                    ["machines", name, "runs"],
                    either(
                        f"« directory » tourne seul ; mettre « {what} » sur une autre machine",
                        f"'directory' runs alone; put '{what}' on another machine",
                    ),
                )


def the_webmail_is_one_and_reads_mail(parsed: Parsed) -> Iterator[Problem]:
    """Two would each keep half of people's preferences; one without a mail server has nothing to show."""
    machines = [
        (source, name, machine.runs)
        for source, site in parsed.sites.values()
        for name, machine in site.machines.items()
    ]
    webmails = [(source, name) for source, name, runs in machines if "webmail" in runs]
    served = any("mail" in runs for _, _, runs in machines)
    for place, (source, name) in enumerate(webmails):
        if place:
            other = webmails[0][1]
            message = either(
                f"« webmail » tourne déjà sur « {other} » ; n'en garder qu'un",
                f"'webmail' runs on '{other}' already; keep one of them",
            )
            yield source.problem(["machines", name, "runs"], message)
        elif not served:
            message = either(
                "« webmail » sans serveur de courriel ; mettre « mail » sur une autre machine",
                "'webmail' without a mail server; put 'mail' on another machine",
            )
            yield source.problem(["machines", name, "runs"], message)


def calendars_are_with_mail(parsed: Parsed) -> Iterator[Problem]:
    """Passwords are asked of the Dovecot beside them; a second place would have other events under the same names."""
    found = [
        (source, name, machine.runs)
        for source, site in parsed.sites.values()
        for name, machine in site.machines.items()
        if "dav" in machine.runs
    ]
    for place, (source, name, runs) in enumerate(found):
        if place:
            other = found[0][1]
            message = either(
                f"« dav » tourne déjà sur « {other} » ; n'en garder qu'un",
                f"'dav' runs on '{other}' already; keep one of them",
            )
            yield source.problem(["machines", name, "runs"], message)
        elif "mail" not in runs:
            message = either(
                "« dav » sans « mail » sur la même machine ; écrire runs: [mail, dav]",
                "'dav' without 'mail' on the same machine; write runs: [mail, dav]",
            )
            yield source.problem(["machines", name, "runs"], message)
