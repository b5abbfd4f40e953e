"""Addresses that nobody may be sent to, in every spelling."""

from ipaddress import ip_address

import httpx
import pytest

from adapters.http_egress import EgressRefusedError, HttpEgress
from adapters.special_addresses import is_public


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "224.0.0.1",
        ),
        *("255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "::ffff:127.0.0.1", "::ffff:10.0.0.1"),
        *("2002:7f00:1::", "64:ff9b::7f00:1", "::127.0.0.1", "ff02::1", "192.0.2.1", "198.18.0.1"),
    ],
)
def test_an_inner_address_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1/", "http://2130706433/", "http://0x7f.1/", "http://0x7f000001/", "http://127.1/"),
        *("http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://localhost/", "http://0/", "file:///etc/passwd"),
    ],
)
async def test_no_spelling_of_an_inner_address_is_asked(url: str) -> None:
    egress = HttpEgress()
    with pytest.raises(EgressRefusedError):
        await egress.fetch(httpx.Request("GET", url), timeout_seconds=2, max_bytes=10)
    await egress.close()


async def test_a_name_with_one_inner_address_among_others_is_refused() -> None:
    egress = HttpEgress(resolver=lambda _host, _port: ("93.184.216.34", "10.0.0.7"))
    with pytest.raises(EgressRefusedError):
        await egress.fetch(httpx.Request("GET", "http://inside.example/"), timeout_seconds=2, max_bytes=10)
    await egress.close()
