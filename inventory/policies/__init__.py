"""What is legal YAML, and still must not be deployed. If it is ambiguous, it is refused; there are no warnings.

A policy is a function over the whole inventory that yields a Problem at the value which is to change. To add one:
write it in the module of its subject, name it below, and give it a case in tests/unit/policies/cases/.
"""

from collections.abc import Callable, Iterator

from inventory.model.problems import Problem
from inventory.model.references import Parsed
from inventory.policies import applications, groups, logins, machines, mail, networks, people, shares, texts

Policy = Callable[[Parsed], Iterator[Problem]]

POLICIES: list[Policy] = [
    groups.ministries_have_a_dsi,
    groups.groups_have_members,
    logins.logins_differ_by_more_than_punctuation,
    logins.role_addresses_belong_to_nobody,
    people.who_left_is_gone,
    texts.texts_are_what_they_look_like,
    mail.domains_are_apart,
    mail.partners_are_outside,
    shares.somebody_writes,
    shares.rights_are_said_once,
    applications.somebody_is_admitted,
    applications.readers_are_said_once,
    machines.services_are_in_a_datacentre,
    machines.the_directory_is_alone,
    machines.the_webmail_is_one_and_reads_mail,
    machines.calendars_are_with_mail,
    networks.management_is_for_devices,
    networks.guests_reach_nothing,
    networks.switches_stay_reachable,
    networks.uplinks_are_redundant,
    networks.one_uplink_is_primary,
    networks.autonomous_systems_are_apart,
]


def check(parsed: Parsed) -> Iterator[Problem]:
    """Everything that the policies refuse, in an inventory that is valid otherwise."""
    for policy in POLICIES:
        yield from policy(parsed)
