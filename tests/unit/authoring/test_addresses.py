"""Proposed addresses are free, and follow what is there."""

from ipaddress import IPv4Interface, IPv4Network

from inventory.authoring.addresses import in_use, next_block, next_link, overlapping, site_block
from inventory.model import Administration, load
from tests.unit.authoring.conftest import SAMPLE


def sample() -> Administration:
    return load("lab", SAMPLE)


def with_networks(*prefixes: str) -> Administration:
    """The sample with the networks of its building at other places."""
    found = sample()
    site = found.sites["mtdpce-siege"]
    networks = {
        str(number): site.networks["users"].model_copy(update={"prefix": IPv4Network(prefix)})
        for number, prefix in enumerate(prefixes)
    }
    return Administration(
        found.environment,
        found.platform,
        found.institutions,
        {**found.sites, "mtdpce-siege": site.model_copy(update={"networks": networks})},
        found.applications,
    )


def test_a_site_holds_the_smallest_block_around_its_networks() -> None:
    assert site_block(sample().sites["mtdpce-siege"]) == IPv4Network("10.20.0.0/17")
    assert site_block(sample().sites["dc"]) == IPv4Network("10.10.10.0/24")


def test_next_block_follows_the_last_site() -> None:
    assert next_block(sample()) == IPv4Network("10.20.128.0/20")
    assert next_block(with_networks("10.40.16.0/20")) == IPv4Network("10.40.32.0/20")


def test_next_block_leaves_links_and_cores_alone() -> None:
    # 10.255.0.0/20 has the core and the link of the sample.
    assert next_block(with_networks("10.254.240.0/20")) == IPv4Network("10.255.16.0/20")


def test_next_block_begins_again_at_the_end() -> None:
    assert next_block(with_networks("10.255.240.0/20")) == IPv4Network("10.0.0.0/20")


def test_no_block_where_none_is_free() -> None:
    found = with_networks("10.0.0.0/8")
    assert next_block(found) is None


def test_next_link_follows_the_last_of_its_core() -> None:
    assert next_link(sample(), "resina1") == IPv4Network("10.255.1.4/30")
    assert next_link(sample(), "resina2") is None


def test_what_is_in_use_has_a_name() -> None:
    used = in_use(sample())
    assert overlapping(IPv4Network("10.20.8.0/22"), used) == (IPv4Network("10.20.10.0/24"), "mtdpce-siege users")
    assert overlapping(IPv4Interface("10.255.1.1/30").network, used) == (IPv4Network("10.255.1.0/30"), "edge1")
    assert overlapping(IPv4Network("10.99.0.0/16"), used) is None
