"""Addresses: which of them are one household, and which one caller."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.networks import network_of, subscriber_of

IPV4 = st.ip_addresses(v=4)
IPV6 = st.ip_addresses(v=6).filter(lambda address: address.ipv4_mapped is None)


@pytest.mark.parametrize(
    ("address", "network", "subscriber"),
    [
        ("203.0.113.77", "203.0.113.0/24", "203.0.113.77"),
        ("127.0.0.1", "127.0.0.0/24", "127.0.0.1"),
        ("::ffff:203.0.113.77", "203.0.113.0/24", "203.0.113.77"),
        ("::FFFF:cb00:714d", "203.0.113.0/24", "203.0.113.77"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1:2::/64"),
        ("2001:0DB8:0001:0002::", "2001:db8:1:2::/64", "2001:db8:1:2::/64"),
        ("::1", "::/64", "::/64"),
    ],
)
def test_an_address_belongs_to_its_neighbourhood(address, network, subscriber):
    assert network_of(address) == network
    assert subscriber_of(address) == subscriber


@pytest.mark.parametrize("text", ["", "nobody", "203.0.113.256", "203.0.113.1:80", "[::1]", "1"])
def test_what_is_no_address_stands_for_itself(text):
    assert network_of(text) == text
    assert subscriber_of(text) == text


@given(IPV4)
def test_an_ipv4_address_written_as_ipv6_is_the_same_caller(address):
    mapped = f"::ffff:{address}"

    assert network_of(mapped) == network_of(str(address))
    assert subscriber_of(mapped) == subscriber_of(str(address)) == str(address)


@given(IPV4, IPV4)
def test_two_ipv4_addresses_are_neighbours_when_three_bytes_agree(first, second):
    agree = first.packed[:3] == second.packed[:3]

    assert (network_of(str(first)) == network_of(str(second))) == agree


@given(IPV6, st.integers(0, 2**64 - 1))
def test_the_lower_half_of_an_ipv6_address_tells_nobody_apart(address, lower):
    neighbour = ipaddress.IPv6Address((int(address) >> 64 << 64) | lower)
    if neighbour.ipv4_mapped is not None:
        return

    assert network_of(str(address)) == network_of(str(neighbour))
    assert subscriber_of(str(address)) == subscriber_of(str(neighbour))


@given(IPV4 | IPV6)
def test_the_neighbourhood_holds_the_address(address):
    assert address in ipaddress.ip_network(network_of(str(address)))
    assert address in ipaddress.ip_network(subscriber_of(str(address)))
