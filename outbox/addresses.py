"""Which addresses may be connected to, checked on the very address that is: a name is looked up once.

Whoever may name a webhook could otherwise have Caseclock speak to machines that only it can reach: itself, the
network it stands in, the host's own services.
"""

import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from time import monotonic

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
#: as socket.getaddrinfo gives it: family, type, protocol, name, address
Found = tuple[int, int, int, str, tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]]

_NAT64 = IPv6Network("64:ff9b::/96")


class AddressRefused(OSError):
    """A name leads only to addresses that may not be connected to. Says which, and how to allow them."""


def is_public(address: Address) -> bool:
    """Say whether an address is anyone's on the internet: not of a private, local, shared or special network.

    An IPv6 address that stands for an IPv4 one is judged by that.

    >>> [is_public(ip_address(text)) for text in ("8.8.8.8", "10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1")]
    [True, False, False, False]
    """
    if isinstance(address, IPv6Address):
        inner = _within(address)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local or address.is_reserved:
            return False
    return address.is_global and not address.is_multicast


def _within(address: IPv6Address) -> IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address.teredo is not None:
        return address.teredo[1]
    return address.sixtofour


def may_connect(address: Address, allowed: Sequence[Network]) -> bool:
    """Say whether an address may be connected to: a public one, or one of a network that was allowed."""
    plain = address.ipv4_mapped if isinstance(address, IPv6Address) and address.ipv4_mapped else address
    return is_public(plain) or any(plain in network for network in allowed)


def networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """Read networks such as 10.0.0.0/8 or fd00::/8; raises ValueError."""
    return tuple(ip_network(text) for text in texts)


def connect(
    host: str,
    port: int,
    *,
    allowed: Sequence[Network],
    seconds: float,
    look_up: Callable[..., Sequence[Found]] = socket.getaddrinfo,
) -> socket.socket:
    """Open a connection to one of the addresses a host's name leads to now, within some seconds.

    Raises AddressRefused where none of them may be connected to; the first that may and answers is taken.
    """
    ends = monotonic() + seconds
    found = look_up(host, port, type=socket.SOCK_STREAM)
    permitted = [one for one in found if may_connect(ip_address(str(one[4][0])), allowed)]
    if not permitted:
        told = ", ".join(dict.fromkeys(str(one[4][0]) for one in found)) or "no address"
        raise AddressRefused(
            f"{host} leads to {told}, which is not on the public internet. "
            "If it is meant, allow its network for this recipient."
        )
    last: OSError | None = None
    for family, kind, protocol, _, address in permitted:
        opened = socket.socket(family, kind, protocol)
        try:
            opened.settimeout(max(0.001, ends - monotonic()))
            opened.connect(address)
        except OSError as error:
            opened.close()
            last = error
        else:
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return opened
    raise last or TimeoutError(f"{host} did not answer in time.")
