"""Which addresses are of the open internet.

The blocks of the IANA special-purpose registries (RFC 6890) in full, read in November 2026, with what has a registry of
its own (multicast, reserved) and what was withdrawn from them. Also those that IANA calls globally reachable: they are
relays and sinks, and no web service stands there. A table of our own, for that of Python's ``ipaddress`` differs by
patch release and goes by reachability.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final

Address = IPv4Address | IPv6Address

IPV4_BLOCKS: Final = {
    "0.0.0.0/8": "this network",
    "10.0.0.0/8": "private use",
    "100.64.0.0/10": "shared address space",
    "127.0.0.0/8": "loopback",
    "168.63.129.16/32": "a cloud's own services, at an address of the internet",
    "169.254.0.0/16": "link local, with the metadata services of clouds",
    "172.16.0.0/12": "private use",
    "192.0.0.0/24": "IETF protocol assignments",
    "192.0.2.0/24": "documentation",
    "192.31.196.0/24": "AS112",
    "192.52.193.0/24": "AMT",
    "192.88.99.0/24": "6to4 relays, withdrawn",
    "192.168.0.0/16": "private use",
    "192.175.48.0/24": "AS112",
    "198.18.0.0/15": "benchmarking",
    "198.51.100.0/24": "documentation",
    "203.0.113.0/24": "documentation",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved, and limited broadcast",
}
IPV6_BLOCKS: Final = {
    "::/96": "unspecified, loopback, and IPv4 in a form that was withdrawn",
    "64:ff9b:1::/48": "translation between IPv4 and IPv6 within a network",
    "100::/64": "discard only",
    "100:0:0:1::/64": "dummy prefix",
    "2001::/23": "IETF protocol assignments: Teredo, benchmarking, AMT, AS112, ORCHID, DRIP",
    "2001:db8::/32": "documentation",
    "2002::/16": "6to4",
    "2620:4f:8000::/48": "AS112",
    "3fff::/20": "documentation",
    "5f00::/16": "segment routing",
    "fc00::/7": "unique local",
    "fe80::/10": "link local",
    "fec0::/10": "site local, withdrawn",
    "ff00::/8": "multicast",
}
_IPV4: Final = tuple(map(IPv4Network, IPV4_BLOCKS))
_IPV6: Final = tuple(map(IPv6Network, IPV6_BLOCKS))
_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
_NAT64: Final = IPv6Network("64:ff9b::/96")


def is_public(address: Address) -> bool:
    """Whether an address is one of the open internet. IPv4 within IPv6 counts as the address that it stands for."""
    if isinstance(address, IPv4Address):
        return not any(address in block for block in _IPV4)
    if address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    if address in _NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    return address in _GLOBAL_UNICAST and not any(address in block for block in _IPV6)
