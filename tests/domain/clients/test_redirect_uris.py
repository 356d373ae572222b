"""Where a client may be answered (oauth.md §5.2), rule by rule."""

import re
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.clients.redirect_uris import (
    REDIRECT_URIS_MAX,
    acceptable,
    host_of,
    is_allowed,
    is_loopback,
    uri_faults,
)

TYPES = ("confidential", "public", "machine")


def codes(uri: str, *, type: str = "confidential", development: bool = False) -> list[str]:
    return [fault.code for fault in uri_faults([uri], type=type, development=development)]


@pytest.mark.parametrize("type", ["confidential", "public"])
@pytest.mark.parametrize("development", [True, False])
@pytest.mark.parametrize(
    "uri",
    [
        "https://app.example/callback",
        "https://app.example",
        "https://app.example:8443/cb?tenant=1",
        "https://APP.example/cb",
        "https://xn--bcher-kva.example/cb",
        "https://app.example/a%20b/(c);d=1,2&$!+~_.-",
        "https://app.example/@me",
        "https://203.0.113.7/cb",
        "https://[2001:db8::1]:8443/cb",
    ],
)
def test_an_exact_https_address_is_fine(uri: str, type: str, development: bool) -> None:
    assert codes(uri, type=type, development=development) == []
    assert acceptable(uri, type=type, development=development)


@pytest.mark.parametrize(
    ("uri", "code"),
    [
        ("", "required"),
        ("app.example/cb", "scheme"),
        ("//app.example/cb", "scheme"),
        ("/cb", "scheme"),
        ("http://app.example/cb", "scheme"),
        ("http://192.168.0.10/cb", "scheme"),
        ("http://127.0.0.1.evil.example/cb", "scheme"),
        ("http://127.0.0.2/cb", "scheme"),
        ("ftp://app.example/cb", "scheme"),
        ("HTTPS://app.example/cb", "scheme"),
        ("javascript:alert(1)", "scheme"),
        ("javascript://app.example/%0aalert(1)", "scheme"),
        ("data:text/html,hello", "scheme"),
        ("vbscript:x", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("blob:https://app.example/1", "scheme"),
        ("https://app.example/cb#", "fragment"),
        ("https://app.example/cb#part", "fragment"),
        ("https://*.app.example/cb", "characters"),
        ("https://app.example/*", "characters"),
        ("https://app.example/a b", "characters"),
        ("https://app.example/'", "characters"),
        ('https://app.example/"', "characters"),
        ("https://app.example\\@evil.example/", "characters"),
        ("https://app.example/<script>", "characters"),
        ("https://app.example/%zz", "characters"),
        ("https://app.example/cb\n", "characters"),
        ("https://app.example/\x00", "characters"),
        ("https://app.example/\t", "characters"),
        ("https://bücher.example/cb", "characters"),
        ("https://app.example/ä", "characters"),
        ("https://app.example\uff0fcb", "characters"),
        ("https://user@app.example/cb", "userinfo"),
        ("https://user:secret@app.example/cb", "userinfo"),
        ("https://@app.example/cb", "userinfo"),
        ("https:///cb", "host"),
        ("https:/cb", "host"),
        ("https:app.example", "host"),
        ("https://evil.example;script-src/cb", "host"),
        ("https://app..example/cb", "host"),
        ("https://app.example./cb", "host"),
        ("https://-app.example/cb", "host"),
        ("https://app_1.example/cb", "host"),
        ("https://app.example%2f.evil.example/cb", "host"),
        ("https://a" + "a" * 63 + ".example/cb", "host"),
        ("https://2130706433/cb", "host"),
        ("https://127.1/cb", "host"),
        ("https://0x7f.0.0.1/cb", "host"),
        ("https://0x7f000001/cb", "host"),
        ("https://0177.0.0.1/cb", "host"),
        ("https://1.2.3.256/cb", "host"),
        ("https://[::1/cb", "host"),
        ("https://[::g]/cb", "host"),
        ("https://[fe80::1%25eth0]/cb", "host"),
        ("https://::1/cb", "host"),
        ("https://app.example:/cb", "port"),
        ("https://app.example:0/cb", "port"),
        ("https://app.example:080/cb", "port"),
        ("https://app.example:65536/cb", "port"),
        ("https://app.example:port/cb", "port"),
        ("https://app.example:-1/cb", "port"),
        ("https://app.example/cb?code=1", "query"),
        ("https://app.example/cb?a=1&state", "query"),
        ("https://app.example/cb?%69ss=x", "query"),
        ("https://app.example/" + "a" * 481, "too_long"),
    ],
)
@pytest.mark.parametrize("type", ["confidential", "public"])
@pytest.mark.parametrize("development", [True, False])
def test_each_fault_has_its_own_line(uri: str, code: str, type: str, development: bool) -> None:
    assert code in codes(uri, type=type, development=development)
    assert not acceptable(uri, type=type, development=development)


def test_one_address_may_have_several_faults() -> None:
    found = uri_faults(
        ["https://fine.example/cb", "http://u@*.example:99999/cb?code=1#x"],
        type="confidential",
        development=False,
    )

    assert [fault.code for fault in found] == [
        "characters",
        "scheme",
        "fragment",
        "userinfo",
        "host",
        "port",
        "query",
    ]
    assert {fault.pointer for fault in found} == {"/redirect_uris/1"}


@pytest.mark.parametrize(
    "uri",
    ["http://127.0.0.1/cb", "http://127.0.0.1:8765/cb", "http://[::1]:1/", "http://localhost"],
)
@pytest.mark.parametrize(
    ("type", "development", "expected"),
    [
        ("public", False, True),
        ("public", True, True),
        ("confidential", True, True),
        ("confidential", False, False),
    ],
)
def test_plain_http_is_for_loopback_and_who_may_use_it(
    uri: str, type: str, development: bool, expected: bool
) -> None:
    assert acceptable(uri, type=type, development=development) is expected


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("com.app:/cb", True),
        ("com.example.app:/oauth/callback", True),
        ("com.example.app://callback", True),
        ("example.my-app+1:/cb", True),
        ("myapp:/cb", False),
        ("myapp://cb", False),
        ("com.app:cb", False),
        ("com.app:", False),
        ("com.app://", False),
        ("Com.App:/cb", False),
        ("com..app:/cb", False),
        (".app:/cb", False),
        ("app.:/cb", False),
        ("1.app:/cb", False),
        ("com.app:/cb#x", False),
        ("com.app://user@cb", False),
    ],
)
def test_an_apps_own_scheme_has_a_dot_and_is_for_public_clients(uri: str, expected: bool) -> None:
    assert acceptable(uri, type="public", development=False) is expected
    assert not acceptable(uri, type="confidential", development=False)
    assert not acceptable(uri, type="confidential", development=True)


def test_a_machine_has_no_redirect_uris_and_others_have_some() -> None:
    machine = uri_faults(["https://app.example/cb"], type="machine", development=True)
    nobody = uri_faults([], type="confidential", development=True)

    assert [fault.code for fault in machine] == ["not_allowed"]
    assert uri_faults([], type="machine", development=True) == []
    assert [(fault.code, fault.pointer) for fault in nobody] == [("required", "/redirect_uris")]
    assert not acceptable("https://app.example/cb", type="machine", development=True)


def test_ten_are_enough_and_none_is_listed_twice() -> None:
    many = [f"https://app.example/{number}" for number in range(REDIRECT_URIS_MAX + 1)]
    twice = ["https://app.example/cb"] * 2

    assert uri_faults(many[:-1], type="public", development=False) == []
    too_many = uri_faults(many, type="public", development=False)
    assert [(fault.code, fault.pointer) for fault in too_many] == [("too_many", "/redirect_uris")]
    doubled = uri_faults(twice, type="public", development=False)
    assert [(fault.code, fault.pointer) for fault in doubled] == [("duplicate", "/redirect_uris/1")]


@pytest.mark.parametrize(
    ("registered", "presented", "type", "expected"),
    [
        ("https://app.example/cb", "https://app.example/cb", "confidential", True),
        ("https://app.example/cb", "https://app.example/cb/", "confidential", False),
        ("https://app.example/cb", "https://app.example/CB", "confidential", False),
        ("https://app.example/cb", "https://APP.example/cb", "confidential", False),
        ("https://app.example/cb", "https://app.example:443/cb", "confidential", False),
        ("https://app.example/cb", "https://app.example/cb?x=1", "confidential", False),
        ("https://app.example/cb", "https://app.example/x/../cb", "confidential", False),
        ("https://app.example/cb", "http://app.example/cb", "confidential", False),
        ("http://127.0.0.1/cb", "http://127.0.0.1:51004/cb", "public", True),
        ("http://127.0.0.1:1/cb", "http://127.0.0.1/cb", "confidential", True),
        ("http://127.0.0.1:1/cb?a=1", "http://127.0.0.1:2/cb?a=1", "public", True),
        ("http://127.0.0.1:1/cb?a=1", "http://127.0.0.1:2/cb?a=2", "public", False),
        ("http://127.0.0.1/cb", "http://127.0.0.1:51004/other", "public", False),
        ("http://127.0.0.1/cb", "http://127.0.0.1:0/cb", "public", False),
        ("http://127.0.0.1/cb", "http://127.0.0.1:65536/cb", "public", False),
        ("http://127.0.0.1/cb", "http://127.0.0.1:1@evil.example/cb", "public", False),
        ("http://127.0.0.1/cb", "http://127.0.0.1:1.evil.example/cb", "public", False),
        ("http://127.0.0.1/cb", "http://127.0.0.1:1/cb\n", "public", False),
        ("http://127.0.0.1/cb", "http://localhost/cb", "public", False),
        ("http://127.0.0.1/cb", "http://[::1]/cb", "public", False),
        ("http://[::1]/cb", "http://[::1]:9/cb", "confidential", True),
        ("http://localhost/cb", "http://localhost:9/cb", "public", True),
        ("http://localhost/cb", "http://localhost:9/cb", "confidential", False),
        ("http://localhost:9/cb", "http://localhost:9/cb", "confidential", True),
        ("https://127.0.0.1/cb", "https://127.0.0.1:9/cb", "public", False),
        ("com.app:/cb", "com.app:/cb", "public", True),
        ("com.app:/cb", "com.app:/other", "public", False),
    ],
)
def test_a_presented_address_is_compared_exactly_but_for_a_loopback_port(
    registered: str, presented: str, type: str, expected: bool
) -> None:
    assert is_allowed([registered], presented, client_type=type) is expected


def test_nothing_registered_allows_nothing() -> None:
    assert not is_allowed([], "https://app.example/cb", client_type="public")


def test_any_of_several_registered_addresses_will_do() -> None:
    registered = ["https://a.example/cb", "https://b.example/cb"]

    assert is_allowed(registered, "https://b.example/cb", client_type="confidential")


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("https://app.example:8443/cb", "app.example"),
        ("http://[::1]:9/cb", "[::1]"),
        ("com.example.app:/cb", "com.example.app:"),
    ],
)
def test_a_person_is_shown_where_they_will_be_sent(uri: str, shown: str) -> None:
    assert host_of(uri) == shown


def test_loopback_is_told_apart() -> None:
    assert is_loopback("http://127.0.0.1:9/cb")
    assert is_loopback("http://localhost/cb")
    assert not is_loopback("https://app.example/cb")
    assert not is_loopback("http://127.0.0.1.evil.example/cb")


PIECES = st.sampled_from(
    [
        *("https://", "http://", "app.example", "127.0.0.1", "localhost", "[::1]", "com.app:/"),
        *("/", "\\", "@", ":", ";", "#", "?", "*", "%2f", "%", " ", "'", '"', "..", "0x7f", "é"),
        *("8", "cb", "evil.example", "\n", "\t", "\u202e", "[", "]", "&", "="),
    ]
)


@given(st.lists(PIECES, max_size=8).map("".join), st.sampled_from(TYPES), st.booleans())
def test_whatever_is_accepted_has_a_plain_host_however_it_is_read(
    uri: str, type: str, development: bool
) -> None:
    if not acceptable(uri, type=type, development=development):
        return
    parts = urlsplit(uri)

    assert type != "machine"
    assert uri.isascii()
    assert uri.isprintable()
    assert not set(uri) & set(" *'\"\\<>")
    if parts.scheme in ("https", "http"):
        assert re.fullmatch(r"[a-z0-9.-]+|[0-9a-f:]+", parts.hostname or "")
        assert parts.username is None
        assert not parts.fragment
        host = host_of(uri)
        # What a content security policy is told must be one word of one directive.
        assert re.fullmatch(r"[A-Za-z0-9.:\[\]-]+", host)
    if parts.scheme == "http":
        assert parts.hostname in ("127.0.0.1", "::1", "localhost")
    assert is_allowed([uri], uri, client_type=type)
