"""Which addresses a client may be answered at (oauth.md §5.2; RFC 9700 §2.1; RFC 8252 §7).

Addresses are taken apart by the grammar of RFC 3986 appendix B and judged by an ordered table of
rules; a browser must never read one differently than these rules did.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final
from urllib.parse import unquote_plus

from app.kernel.errors import Fault

REDIRECT_URIS_MAX: Final = 10
REDIRECT_URI_CHARACTERS_MAX: Final = 500
HOST_CHARACTERS_MAX: Final = 253
PORT_MAX: Final = 65_535

# Answers carry these; an address that brings its own would say two things at once.
_RESERVED_PARAMETERS: Final = frozenset(("code", "state", "iss", "error", "error_description"))
_APPENDIX_B: Final = re.compile(
    r"(?:(?P<scheme>[^:/?#]+):)?(?://(?P<authority>[^/?#]*))?(?P<path>[^?#]*)"
    r"(?:\?(?P<query>[^#]*))?(?:#(?P<fragment>.*))?",
    re.DOTALL,
)
# The characters of RFC 3986 §2, without the wildcard and the quote, and whole escapes alone.
_CHARACTERS: Final = re.compile(r"(?:[A-Za-z0-9._~:/?#@!$&()+,;=\[\]-]|%[0-9A-Fa-f]{2})+")
_PRIVATE_SCHEME: Final = re.compile(r"[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+")
_LABEL: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_PORT: Final = re.compile(r"[1-9][0-9]{0,4}")
_LOOPBACK: Final = re.compile(
    r"http://(?P<host>127\.0\.0\.1|\[::1\]|localhost)(?::(?P<port>[1-9][0-9]{0,4}))?"
    r"(?P<rest>(?:[/?].*)?)"
)
_LOOPBACK_HOSTS: Final = frozenset(("127.0.0.1", "[::1]", "localhost"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A redirect URI taken apart, and for whom it is meant."""

    uri: str
    scheme: str
    authority: str | None
    host: str
    port: str | None
    path: str
    query: str
    fragment: str | None
    type: str
    development: bool

    @property
    def is_web(self) -> bool:
        return self.scheme in ("https", "http")


Rule = Callable[[Address], str | None]


def uri_faults(uris: Sequence[str], *, type: str, development: bool) -> list[Fault]:
    """Every fault of a client's redirect URIs, each with its pointer `/redirect_uris/N`."""
    if type == "machine":
        return [_machine_has_none()] if uris else []
    if not uris:
        detail = "Give at least one redirect URI: where people come back to once they decided."
        return [Fault("required", detail, pointer="/redirect_uris")]
    faults = []
    if len(uris) > REDIRECT_URIS_MAX:
        detail = f"A client may have {REDIRECT_URIS_MAX} redirect URIs."
        faults.append(Fault("too_many", detail, pointer="/redirect_uris"))
    for place, uri in enumerate(uris[:REDIRECT_URIS_MAX]):
        pointer = f"/redirect_uris/{place}"
        if uri in uris[:place]:
            faults.append(Fault("duplicate", "This redirect URI is listed twice.", pointer=pointer))
            continue
        found = _faults_of(uri, type=type, development=development)
        faults += [Fault(code, detail, pointer=pointer) for code, detail in found]
    return faults


def acceptable(uri: str, *, type: str, development: bool) -> bool:
    """Whether an address is still one that may be redirected to: asked again at every use.

    Production thereby refuses what development once accepted (security.md 2).
    """
    if type == "machine":
        return False
    return not _faults_of(uri, type=type, development=development)


def is_allowed(registered: Iterable[str], presented: str, *, client_type: str) -> bool:
    """Whether a presented address is one of those registered, compared character by character.

    The one exception is the port of http on 127.0.0.1 and [::1], and for public clients on
    localhost: a native app takes whichever port is free (RFC 8252 §7.3).
    """
    wanted = _without_port(presented, client_type=client_type)
    for uri in registered:
        if uri == presented:
            return True
        if wanted is not None and wanted == _without_port(uri, client_type=client_type):
            return True
    return False


def host_of(uri: str) -> str:
    """What to show a person of where they will be sent: the host, else the app's own scheme."""
    address = _taken_apart(uri, type="public", development=True)
    if address is None:
        return uri
    return address.host if address.is_web else f"{address.scheme}:"


def is_loopback(uri: str) -> bool:
    """Whether the address is on the person's own machine, over http."""
    return _LOOPBACK.fullmatch(uri) is not None


def _without_port(uri: str, *, client_type: str) -> tuple[str, str] | None:
    match = _LOOPBACK.fullmatch(uri)
    if match is None or int(match["port"] or 0) > PORT_MAX:
        return None
    if match["host"] == "localhost" and client_type != "public":
        return None
    return match["host"], match["rest"]


def _faults_of(uri: str, *, type: str, development: bool) -> list[tuple[str, str]]:
    if not uri:
        return [("required", "A redirect URI must not be empty.")]
    if len(uri) > REDIRECT_URI_CHARACTERS_MAX:
        return [("too_long", f"It may have {REDIRECT_URI_CHARACTERS_MAX} characters.")]
    if not uri.isascii() or not uri.isprintable():
        return [("characters", "It may have ASCII characters alone, none of them a control.")]
    address = _taken_apart(uri, type=type, development=development)
    if address is None:
        return [("scheme", "It must begin with a scheme, such as https://.")]
    found = []
    for code, rule in RULES:
        detail = rule(address)
        if detail is not None:
            found.append((code, detail))
    return found


def _taken_apart(uri: str, *, type: str, development: bool) -> Address | None:
    match = _APPENDIX_B.fullmatch(uri)
    assert match is not None, "the grammar of appendix B fits every text"
    if match["scheme"] is None:
        return None
    authority: str | None = match["authority"]
    _, _, place = (authority or "").rpartition("@")
    host, colon, port = place.rpartition(":")
    has_port = bool(colon) and not place.endswith("]")
    return Address(
        uri=uri,
        scheme=match["scheme"],
        authority=authority,
        host=host if has_port else place,
        port=port if has_port else None,
        path=match["path"],
        query=match["query"] or "",
        fragment=match["fragment"],
        type=type,
        development=development,
    )


def _check_characters(address: Address) -> str | None:
    if "*" in address.uri:
        return "It must be exact: a wildcard (*) is not allowed."
    if _CHARACTERS.fullmatch(address.uri) is None:
        return "It must not contain spaces, quotes, backslashes or other characters to be escaped."
    return None


def _check_scheme(address: Address) -> str | None:
    if address.scheme == "https":
        return None
    if address.scheme == "http":
        return _check_http(address)
    if address.type != "public":
        return "It must begin with https://."
    if _PRIVATE_SCHEME.fullmatch(address.scheme) is None:
        return (
            "It must begin with https://, or with the app's own scheme in small letters with a "
            "dot in it, such as com.example.app:/callback."
        )
    if not address.authority and not address.path.startswith("/"):
        return "A slash must follow the scheme, as in com.example.app:/callback."
    return None


def _check_http(address: Address) -> str | None:
    if address.host not in _LOOPBACK_HOSTS:
        return "It must begin with https://; http is for the person's own machine (127.0.0.1)."
    if address.type != "public" and not address.development:
        return "It must begin with https://; http on 127.0.0.1 is for public, native apps."
    return None


def _check_fragment(address: Address) -> str | None:
    # RFC 6749 §3.1.2: the endpoint URI must not include a fragment component.
    return None if address.fragment is None else "It must not contain a fragment (#)."


def _check_userinfo(address: Address) -> str | None:
    if "@" in (address.authority or ""):
        return "It must not contain a user name or password before the host."
    return None


def _check_host(address: Address) -> str | None:
    if address.is_web and not _is_host(address.host):
        return "Its host must be a domain name or an IP address, in ASCII."
    return None


def _check_port(address: Address) -> str | None:
    if not address.is_web or address.port is None:
        return None
    if _PORT.fullmatch(address.port) is None or int(address.port) > PORT_MAX:
        return f"Its port must be a whole number from 1 to {PORT_MAX}."
    return None


def _check_query(address: Address) -> str | None:
    names = {unquote_plus(part.partition("=")[0]) for part in address.query.split("&")}
    taken = sorted(names & _RESERVED_PARAMETERS)
    if taken:
        return f"Its query must not name {', '.join(taken)}: our answer does."
    return None


def _is_host(host: str) -> bool:
    if host.startswith("["):
        return _is_literal(host)
    labels = host.split(".")
    if len(host) > HOST_CHARACTERS_MAX or not all(map(_LABEL.fullmatch, labels)):
        return False
    # Browsers read a host whose last label is a number, or begins with 0x, as an IPv4 address,
    # in more spellings than one; only the usual spelling may pass.
    last = labels[-1].lower()
    if last.isdigit() or last.startswith("0x"):
        try:
            IPv4Address(host)
        except AddressValueError:
            return False
    return True


def _is_literal(host: str) -> bool:
    if not host.endswith("]") or "%" in host:
        return False
    try:
        IPv6Address(host[1:-1])
    except AddressValueError:
        return False
    return True


def _machine_has_none() -> Fault:
    detail = "A machine client signs nobody in, so it has no redirect URIs."
    return Fault("not_allowed", detail, pointer="/redirect_uris")


RULES: Final[tuple[tuple[str, Rule], ...]] = (
    ("characters", _check_characters),
    ("scheme", _check_scheme),
    ("fragment", _check_fragment),
    ("userinfo", _check_userinfo),
    ("host", _check_host),
    ("port", _check_port),
    ("query", _check_query),
)
