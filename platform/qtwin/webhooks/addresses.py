"""Which addresses a webhook may be at: those of the public internet."""

from __future__ import annotations

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

REFUSED = [
    ipaddress.ip_network(text)
    for text in (
        "100.64.0.0/10",  # carrier-grade NAT
        "168.63.129.16/32",  # a cloud's host, at a public address
        "192.88.99.0/24",  # relays of 6to4
        "::/96",  # IPv4-compatible
        "::ffff:0:0/96",  # IPv4-mapped
        "::ffff:0:0:0/96",  # IPv4-translated
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",  # NAT64 of a network of one's own
        "100::/64",  # discard
        "2001::/23",  # Teredo, ORCHID and other protocols
        "2002::/16",  # 6to4
        "3fff::/20",  # documentation
        "5f00::/16",  # segment routing
        "fec0::/10",  # site-local
    )
]
"""Beside what Python calls not global; IPv4 inside of IPv6 may lead anywhere."""


def is_public(text: str) -> bool:
    """Whether an address, as the resolver writes it, is of the public internet."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if "%" in text or not address.is_global or address.is_multicast or address.is_reserved:
        return False
    return not any(address in net for net in REFUSED if net.version == address.version)
