"""Whose request is it: the caller's address, believing X-Forwarded-For from trusted proxies only."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network


def parse_networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """Addresses and networks in CIDR form. Raises ValueError naming the one that is neither."""
    return tuple(ip_network(text, strict=False) for text in texts)


def client_address(peer: str | None, forwarded_for: str | None, trusted: Sequence[Network]) -> str | None:
    """The right-most address that is not one of our proxies; what stands left of it anybody may have written."""
    if not peer or not trusted or not forwarded_for or not _is_in(peer, trusted):
        return peer
    known = peer
    for hop in reversed([part.strip() for part in forwarded_for.split(",")]):
        parsed = _parsed(hop)
        if parsed is None:
            return known
        known = str(parsed)
        if not _is_in(known, trusted):
            return known
    return known


def is_loopback(address: str | None) -> bool:
    parsed = _parsed(address or "")
    return parsed is not None and parsed.is_loopback


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def _is_in(text: str, networks: Sequence[Network]) -> bool:
    parsed = _parsed(text)
    return parsed is not None and any(parsed in network for network in networks)
