"""The IP address of the caller behind trusted proxies."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from portal.web.http.proxies import TrustedProxies
from portal.web.http.request_setup import shortened_network


def forwarded_caller(remote: str, trusted: Iterable[str], **headers: str) -> tuple[str, str]:
    """Return the IP address and scheme that the application behind the middleware gets."""
    got: dict[str, Any] = {}

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        got.update(environ)
        return []

    environ = {"REMOTE_ADDR": remote, "wsgi.url_scheme": "http"}
    environ |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    TrustedProxies(application, trusted)(environ, None)  # type: ignore[arg-type]  # nobody starts a response here
    return got["REMOTE_ADDR"], got["wsgi.url_scheme"]


def test_headers_of_an_untrusted_caller_are_ignored() -> None:
    headers = {"x_forwarded_for": "198.51.100.7", "x_forwarded_proto": "https"}
    assert forwarded_caller("203.0.113.9", ["10.0.0.0/8"], **headers) == ("203.0.113.9", "http")


def test_headers_of_a_trusted_proxy_count() -> None:
    headers = {"x_forwarded_for": "198.51.100.7", "x_forwarded_proto": "https"}
    assert forwarded_caller("10.1.2.3", ["10.0.0.0/8"], **headers) == ("198.51.100.7", "https")


def test_entries_before_the_last_untrusted_one_are_ignored() -> None:
    headers = {"x_forwarded_for": "1.2.3.4, 198.51.100.7, 10.9.9.9"}
    assert forwarded_caller("10.1.2.3", ["10.0.0.0/8"], **headers)[0] == "198.51.100.7"


@pytest.mark.parametrize("forwarded", ["", " , ", "10.1.1.1"])
def test_a_proxy_without_the_header_is_the_caller(forwarded: str) -> None:
    assert forwarded_caller("10.1.2.3", ["10.0.0.0/8"], x_forwarded_for=forwarded)[0] == "10.1.2.3"


@pytest.mark.parametrize(
    "forwarded",
    [
        "<script>",
        "unknown",
        "198.51.100.7:4711 extra",
        "198.51.100.7:",
        "[]:80",
        "[2001:db8::1",
        "1.2.3",
        "198.51.100.7, rubbish",
        "198.51.100.7, 10.9.9.9:x",
    ],
)
def test_an_entry_that_is_no_ip_is_ignored(forwarded: str) -> None:
    assert forwarded_caller("10.1.2.3", ["10.0.0.0/8"], x_forwarded_for=forwarded)[0] == "10.1.2.3"


@pytest.mark.parametrize(
    ("forwarded", "caller"),
    [
        ("198.51.100.7:4711", "198.51.100.7"),
        ("[2a02:6b8::1]:4711", "2a02:6b8::1"),
        ("[2a02:6b8::1]", "2a02:6b8::1"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("2A02:6B8:0::1", "2a02:6b8::1"),
        ("198.51.100.7, ::ffff:10.9.9.9", "198.51.100.7"),
        ("198.51.100.7, 10.9.9.9:4711", "198.51.100.7"),
        ("10.9.9.9, 198.51.100.7", "198.51.100.7"),
        ("198.51.100.7, 10.8.8.8, 10.9.9.9", "198.51.100.7"),
    ],
)
def test_an_ip_counts_in_any_spelling(forwarded: str, caller: str) -> None:
    assert forwarded_caller("10.1.2.3", ["10.0.0.0/8"], x_forwarded_for=forwarded)[0] == caller


def test_a_proxy_at_an_ipv6_socket_is_known_by_its_ipv4() -> None:
    assert forwarded_caller("::ffff:10.1.2.3", ["10.0.0.0/8"], x_forwarded_for="198.51.100.7")[0] == "198.51.100.7"


@pytest.mark.parametrize(
    ("ip", "network"),
    [
        ("198.51.100.7", "198.51.100.0/24"),
        ("::ffff:198.51.100.7", "198.51.100.0/24"),
        ("2a02:6b8:1:2::1", "2a02:6b8:1::/48"),
        ("", None),
        (None, None),
        ("unix:", None),
    ],
)
def test_networks_of_ipv4_and_ipv6(ip: str | None, network: str | None) -> None:
    assert shortened_network(ip) == network


def test_a_socket_without_ip_is_not_trusted() -> None:
    assert forwarded_caller("", ["10.0.0.0/8"], x_forwarded_for="198.51.100.7")[0] == ""


def test_ipv6_proxies() -> None:
    assert forwarded_caller("2001:db8::1", ["2001:db8::/32"], x_forwarded_for="2a02:6b8::1")[0] == "2a02:6b8::1"


def test_only_known_schemes_count() -> None:
    assert forwarded_caller("10.1.2.3", ["10.0.0.0/8"], x_forwarded_proto="javascript")[1] == "http"
