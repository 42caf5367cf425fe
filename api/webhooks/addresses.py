"""Where webhooks may go: public addresses only (no server-side request forgery).

The address is resolved and checked here, and the connection goes to what was checked: a name
that points elsewhere a moment later has no second chance.
"""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from contracts.refusals import Kind, Refusal

IPAddress = IPv4Address | IPv6Address

MAX_LENGTH = 500
_PLAIN = re.compile(r"[\x21-\x7e]+")
_NUMERIC_END = re.compile(r"(?:^|\.)(?:\d+|0x[0-9a-f]*)\.?$", re.IGNORECASE)
_NAT64 = ip_network("64:ff9b::/96")
_PORTS = {"https": 443, "http": 80}


class ForbiddenTarget(Refusal):
    """The address is none that webhooks may go to."""

    code = "forbidden_target"
    kind = Kind.INVALID
    title = "Adresse nicht erlaubt"
    field = "url"


@dataclass(frozen=True, slots=True)
class Target:
    """A checked address: the connection goes to `address`, the request names `host`."""

    scheme: str
    host: str
    port: int
    path: str
    address: str

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def checked(url: str) -> Target:
    """Resolve an address and check everything it leads to. Raises ForbiddenTarget."""
    parts, port = _split(url)
    host = str(parts.hostname)
    found = [_literal(host)] if _is_numeric(host) else _resolved(host, port)
    if not all(_is_allowed(address) for address in found):
        raise ForbiddenTarget("Diese Adresse liegt in einem internen Netz; dorthin geht nichts.")
    path = parts.path or "/"
    return Target(
        scheme=parts.scheme,
        host=host,
        port=port,
        path=f"{path}?{parts.query}" if parts.query else path,
        address=str(found[0]),
    )


def is_public(address: IPAddress) -> bool:
    """Whether an address is reachable from everywhere, and so is the one inside of it."""
    if isinstance(address, IPv6Address) and (inner := _inner(address)) is not None:
        return is_public(inner)
    return address.is_global and not address.is_multicast and not address.is_reserved


def _split(url: str) -> tuple[SplitResult, int]:
    if len(url) > MAX_LENGTH or not _PLAIN.fullmatch(url) or "\\" in url:
        raise ForbiddenTarget(
            f"Bitte eine Adresse aus höchstens {MAX_LENGTH} druckbaren ASCII-Zeichen angeben."
        )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ForbiddenTarget("Die Adresse ist nicht lesbar.") from None
    schemes = ("https", "http") if settings.WEBHOOK_ALLOW_HTTP else ("https",)
    if parts.scheme not in schemes:
        raise ForbiddenTarget("Die Adresse muss mit https:// beginnen.")
    if not parts.hostname or parts.username is not None or parts.fragment or port == 0:
        raise ForbiddenTarget("Bitte eine Adresse ohne Anmeldedaten und ohne Anker angeben.")
    return parts, port or _PORTS[parts.scheme]


def _is_numeric(host: str) -> bool:
    """Whether the host is an IP address, in whatever notation a resolver would take."""
    return ":" in host or _NUMERIC_END.search(host) is not None


def _literal(host: str) -> IPAddress:
    """An IP address in its one plain notation; 0177.0.0.1 and 2130706433 are none."""
    try:
        return ip_address(host)
    except ValueError:
        raise ForbiddenTarget("Bitte IP-Adressen in der üblichen Schreibweise angeben.") from None


def _resolved(host: str, port: int) -> list[IPAddress]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise ForbiddenTarget(f"Der Name „{host}“ lässt sich nicht auflösen.") from None
    return [ip_address(str(row[4][0]).partition("%")[0]) for row in found]


def _is_allowed(address: IPAddress) -> bool:
    networks = [ip_network(text) for text in settings.WEBHOOK_ALLOWED_NETWORKS]
    return is_public(address) or any(
        address.version == network.version and address in network for network in networks
    )


def _inner(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address.teredo is not None:
        return address.teredo[1]
    return address.ipv4_mapped or address.sixtofour
