"""Addresses as neighbourhoods: what one household or office shares."""

import ipaddress


def site_of(address: str) -> str:
    """What one stranger can change at will: an IPv4 address itself, the /48 of an IPv6 one.

    A /48 holds 65,536 networks of /64, and costs whoever has it nothing to walk through.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is None:
        return str(ipaddress.ip_network((parsed, 48), strict=False))
    return subscriber_of(address)


def network_of(address: str) -> str:
    """The /24 of an IPv4 address or the /64 of an IPv6 one, as text; the text itself if neither.

    An IPv4 address written as IPv6 (`::ffff:…`) counts as IPv4.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    length = 24 if parsed.version == 4 else 64
    return str(ipaddress.ip_network((parsed, length), strict=False))


def subscriber_of(address: str) -> str:
    """What one caller is counted by: an IPv4 address itself, the /64 of an IPv6 one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return network_of(address)
    return address
