"""Every block of IANA's special-purpose registries, from its first address to its last."""

from ipaddress import ip_address, ip_network

import pytest

from adapters.special_addresses import IPV4_BLOCKS, IPV6_BLOCKS, is_public

REGISTERED = [
    *("0.0.0.0/8", "0.0.0.0/32", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
    *("192.0.0.0/24", "192.0.0.0/29", "192.0.0.8/32", "192.0.0.9/32", "192.0.0.10/32", "192.0.0.170/31"),
    *("192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.88.99.2/32", "192.168.0.0/16"),
    *("192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4", "255.255.255.255/32"),
    *("224.0.0.0/4", "168.63.129.16/32", "::1/128", "::/128", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64"),
    *("2001::/23", "2001::/32", "2001:1::1/128", "2001:1::2/128", "2001:1::3/128", "2001:2::/48", "2001:3::/32"),
    *("2001:4:112::/48", "2001:10::/28", "2001:20::/28", "2001:30::/28", "2001:db8::/32", "2002::/16"),
    *("2620:4f:8000::/48", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"),
]
"""As IANA lists them, in other words than the table: what lies in another is there too."""


@pytest.mark.parametrize("block", sorted({*REGISTERED, *IPV4_BLOCKS, *IPV6_BLOCKS}))
def test_no_address_of_the_block_is_public(block: str) -> None:
    network = ip_network(block)
    for place in (0, 1, network.num_addresses // 2, network.num_addresses - 1):
        address = network[min(place, network.num_addresses - 1)]
        assert not is_public(address)
        if address.version == 4:
            assert not is_public(ip_address(f"::ffff:{address}"))
            assert not is_public(ip_address(f"64:ff9b::{address}"))


@pytest.mark.parametrize("block", sorted(IPV4_BLOCKS))
def test_the_addresses_beside_a_block_are_judged_by_their_own(block: str) -> None:
    """So that no block is written too large."""
    network = ip_network(block)
    for place in (int(network[0]) - 1, int(network[-1]) + 1):
        if 0 <= place < 2**32:
            beside = ip_address(place)
            assert is_public(beside) is not any(beside in ip_network(other) for other in IPV4_BLOCKS)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "93.184.216.34", "192.0.1.1", "192.88.98.1", "172.32.0.1"])
def test_what_stands_for_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))
    assert is_public(ip_address(f"::ffff:{address}"))
    assert is_public(ip_address(f"64:ff9b::{address}"))


@pytest.mark.parametrize("address", ["2606:4700:4700::1111", "2a00:1450::1", "2001:200::1", "2400:cb00::1"])
def test_unicast_of_the_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", ["4000::1", "fec0::1", "1::1", "::8.8.8.8", "2002:808:808::1", "64:ff9b:2::1"])
def test_nothing_beyond_what_iana_has_given_out_is_public(address: str) -> None:
    assert not is_public(ip_address(address))
