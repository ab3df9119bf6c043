"""Addresses that nobody is ever called at: those that only the node answers, such as its cloud's metadata."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

_METADATA = frozenset(
    map(ip_address, ("fd00:ec2::254", "fd20:ce::254", "100.100.100.200", "168.63.129.16", "192.0.0.192"))
)
"""Those of clouds that lie outside the link-local ranges."""
_NAT64 = IPv6Network("64:ff9b::/96")


def is_loopback(host: str) -> bool:
    """Whether the host, as it is written, is this machine itself."""
    if host == "localhost":
        return True
    try:
        return _plain(host).is_loopback
    except ValueError:
        return False


def forbidden(address: str, *, loopback: bool) -> str | None:
    """What is wrong with connecting to that IP address; None when nothing is. `loopback` says whether this machine may be.

    A host that is written as a name but leads to this machine could reach what listens here for us alone.
    """
    found = _plain(address)
    if found.is_link_local or found in _METADATA:
        return "a link-local or metadata address"
    if found.is_multicast or found.is_unspecified:
        return "an address of no single machine"
    return "an address of this machine, which its name hides" if found.is_loopback and not loopback else None


def _plain(address: str) -> IPv4Address | IPv6Address:
    """The address itself, out of the forms that hide an IPv4 address in an IPv6 one. Raises ValueError when it is none."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv4Address):
        return found
    hidden = found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]
    if hidden is None and found in _NAT64:
        hidden = IPv4Address(int(found) & 0xFFFFFFFF)
    return hidden or found
