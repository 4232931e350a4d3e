"""Where a browser wants to be reached: a URL that a stranger gives us, checked when it is kept and when it is used.

Only push services on the list, only https, and only when every address the name leads to is out in the open.
"""

import logging
import socket
from collections.abc import Iterable
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

LONGEST = 1024
_ROUNDABOUT = tuple(  # addresses that lead somewhere else than they say
    ip_network(each)
    for each in (
        "100.64.0.0/10", "192.88.99.0/24", "::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96",
        "64:ff9b:1::/48", "2001::/32", "2002::/16",
    )
)  # fmt: skip
_log = logging.getLogger("pwa.endpoints")


class Unacceptable(Exception):
    """This is no push service we know; the message says what is wrong and never repeats the address."""


def service_of(endpoint: str, hosts: Iterable[str]) -> str:
    """Which of the known `hosts` this belongs to. Raises `Unacceptable`."""
    host = _host(endpoint)
    for known in hosts:
        if host == known or host.endswith("." + known):
            return known
    _log.warning("push host is not on the list: %s", host)
    raise Unacceptable("this push service is not on the list")


def address_of(host: str) -> str:
    """One address of `host`, if all of them are out in the open. Raises `Unacceptable` and `OSError`."""
    found = {entry[4][0] for entry in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)}
    if not found or not all(map(is_open, found)):
        raise Unacceptable("this push service leads into a closed network")
    return min(found, key=lambda address: (":" in address, address))


def is_open(address: str) -> bool:
    place = ip_address(address.partition("%")[0])
    around = any(place in network for network in _ROUNDABOUT if network.version == place.version)
    return place.is_global and not place.is_multicast and not around


def _host(endpoint: str) -> str:
    """The host of a plain https address and nothing else. Raises `Unacceptable`."""
    if len(endpoint) > LONGEST or not endpoint.isascii() or not endpoint.isprintable() or " " in endpoint:
        raise Unacceptable("this is not the address of a push service")
    try:
        parts = urlsplit(endpoint)
        plain = parts.scheme == "https" and parts.port in (None, 443) and "@" not in parts.netloc
    except ValueError:
        plain = False
    if not plain or "\\" in endpoint or not parts.hostname:
        raise Unacceptable("this is not the address of a push service")
    return parts.hostname
