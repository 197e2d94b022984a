"""Whose word about the caller's address and scheme counts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from portal.web.http.proxies import TrustedProxies
from portal.web.http.request_setup import shortened_network


def seen(remote: str, trusted: Iterable[str], **headers: str) -> tuple[str, str]:
    """Address and scheme that the application behind the middleware gets."""
    got: dict[str, Any] = {}

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        got.update(environ)
        return []

    environ = {"REMOTE_ADDR": remote, "wsgi.url_scheme": "http"}
    environ |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    TrustedProxies(application, trusted)(environ, None)  # type: ignore[arg-type]  # nobody starts a response here
    return got["REMOTE_ADDR"], got["wsgi.url_scheme"]


def test_a_stranger_cannot_name_another_address() -> None:
    told = {"x_forwarded_for": "198.51.100.7", "x_forwarded_proto": "https"}
    assert seen("203.0.113.9", ["10.0.0.0/8"], **told) == ("203.0.113.9", "http")


def test_our_proxy_is_believed() -> None:
    told = {"x_forwarded_for": "198.51.100.7", "x_forwarded_proto": "https"}
    assert seen("10.1.2.3", ["10.0.0.0/8"], **told) == ("198.51.100.7", "https")


def test_what_the_caller_wrote_before_our_proxies_is_not() -> None:
    told = {"x_forwarded_for": "1.2.3.4, 198.51.100.7, 10.9.9.9"}
    assert seen("10.1.2.3", ["10.0.0.0/8"], **told)[0] == "198.51.100.7"


@pytest.mark.parametrize("forwarded", ["", " , ", "10.1.1.1"])
def test_a_proxy_that_names_nobody_is_the_caller(forwarded: str) -> None:
    assert seen("10.1.2.3", ["10.0.0.0/8"], x_forwarded_for=forwarded)[0] == "10.1.2.3"


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
def test_rubbish_is_not_taken_for_an_address(forwarded: str) -> None:
    assert seen("10.1.2.3", ["10.0.0.0/8"], x_forwarded_for=forwarded)[0] == "10.1.2.3"


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
def test_an_address_counts_however_it_is_written(forwarded: str, caller: str) -> None:
    assert seen("10.1.2.3", ["10.0.0.0/8"], x_forwarded_for=forwarded)[0] == caller


def test_a_proxy_at_an_ipv6_socket_is_known_by_its_ipv4_address() -> None:
    assert seen("::ffff:10.1.2.3", ["10.0.0.0/8"], x_forwarded_for="198.51.100.7")[0] == "198.51.100.7"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("198.51.100.7", "198.51.100.0/24"),
        ("::ffff:198.51.100.7", "198.51.100.0/24"),
        ("2a02:6b8:1:2::1", "2a02:6b8:1::/48"),
        ("", None),
        (None, None),
        ("unix:", None),
    ],
)
def test_limits_know_a_network_however_the_socket_saw_it(address: str | None, network: str | None) -> None:
    assert shortened_network(address) == network


def test_a_socket_without_address_is_nobody_we_trust() -> None:
    assert seen("", ["10.0.0.0/8"], x_forwarded_for="198.51.100.7")[0] == ""


def test_addresses_of_the_new_internet() -> None:
    assert seen("2001:db8::1", ["2001:db8::/32"], x_forwarded_for="2a02:6b8::1")[0] == "2a02:6b8::1"


def test_only_known_schemes_count() -> None:
    assert seen("10.1.2.3", ["10.0.0.0/8"], x_forwarded_proto="javascript")[1] == "http"
