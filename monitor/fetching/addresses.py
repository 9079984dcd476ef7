"""Which IP addresses may be connected to. Judged on the address itself, never on the text of a URL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from monitor.errors import ConfigError, Problem

Network = IPv4Network | IPv6Network

# `is_global` alone lets 11 of 29 special addresses through on Python 3.11; these are the IANA special-purpose registries
# (IPv4, 2024-08; IPv6, 2025-10) written out, so that the verdict does not depend on the interpreter's version.
_SPECIAL: tuple[tuple[str, str], ...] = (
    ("0.0.0.0/8", "this network"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "shared by carriers"),
    ("127.0.0.0/8", "loopback"),
    ("168.63.129.16/32", "cloud metadata"),
    ("169.254.0.0/16", "link-local"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "protocol assignments"),
    ("192.0.2.0/24", "documentation"),
    ("192.31.196.0/24", "AS112"),
    ("192.52.193.0/24", "multicast tunnels"),
    ("192.88.99.0/24", "6to4 relays"),
    ("192.168.0.0/16", "private"),
    ("192.175.48.0/24", "AS112"),
    ("198.18.0.0/15", "benchmarking"),
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved"),
    ("::1/128", "loopback"),
    ("::/128", "unspecified"),
    ("::/96", "IPv4-compatible"),
    ("64:ff9b::/96", "translated to IPv4 (NAT64)"),
    ("64:ff9b:1::/48", "translated to IPv4 (NAT64)"),
    ("100::/64", "discard only"),
    ("2001::/32", "tunnelled (Teredo)"),
    ("2001::/23", "protocol assignments"),
    ("2001:db8::/32", "documentation"),
    ("2002::/16", "tunnelled (6to4)"),
    ("2620:4f:8000::/48", "AS112"),
    ("3fff::/20", "documentation"),
    ("5f00::/16", "segment routing"),
    ("fc00::/7", "private"),
    ("fe80::/10", "link-local"),
    ("fec0::/10", "site-local"),
    ("ff00::/8", "multicast"),
)
_NETWORKS = tuple((ip_network(network), name) for network, name in _SPECIAL)
_GLOBAL_UNICAST = IPv6Network("2000::/3")


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """The networks written as `127.0.0.0/8` or `10.1.2.3`; raises ConfigError naming each text that is not one."""
    found: list[Network] = []
    problems: list[Problem] = []
    for text in texts:
        try:
            found.append(ip_network(text))
        except ValueError as error:
            problems.append(Problem(message=f"not an IP network: {error}", found=text, write="a network such as 10.20.0.0/16"))
    if problems:
        raise ConfigError(problems)
    return tuple(found)


def why_refused(address: str, allow: Sequence[Network] = ()) -> str | None:
    """Why `address`, as the socket would connect to it, is not a public unicast address; None if it may be connected to.

    `allow` are networks that the configuration opens on purpose. Whatever is not known to be public is refused.
    """
    text, _, zone = address.partition("%")
    try:
        ip = ip_address(text)
    except ValueError:
        return f"{address} is not an IP address"
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    if any(ip in network for network in allow if network.version == ip.version):
        return None
    if zone:
        return f"{address} is not a public address (link-local)"
    for network, name in _NETWORKS:
        if network.version == ip.version and ip in network:
            return f"{ip} is not a public address ({name})"
    if _is_public(ip):
        return None
    return f"{ip} is not a public address"


def _is_public(ip: IPv4Address | IPv6Address) -> bool:
    if isinstance(ip, IPv6Address):
        return ip in _GLOBAL_UNICAST and ip.is_global
    return ip.is_global
