"""Host headers that are ours, and those that are not."""

from __future__ import annotations

import pytest

from config import Settings
from portal.web.http.hosts import Hosts
from tests.support.clients import Page


@pytest.mark.parametrize(
    "host", ["LOCALHOST:8342", "localhost", "[::1]:8342", "[::1]", "127.0.0.1:8342", "127.0.0.2", "Portal.Example:80"]
)
def test_host_names_match_in_any_case_and_local_ones_in_development(
    page: Page, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    hosts = Hosts.of(Settings(environment="DEV", public_url="http://portal.example"))
    monkeypatch.setitem(page.app.config, "HOSTS", hosts)
    page.request("GET", "/health/live", status=200, headers={"Host": host})


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "[::2]", "10.0.0.1", "[::1", "a b"])
def test_foreign_names_are_refused(page: Page, host: str) -> None:
    page.request("GET", "/health/live", status=400, headers={"Host": host})


def test_local_host_names_are_refused_in_production() -> None:
    hosts = Hosts(frozenset({"portal.example", ".university.example"}), allow_local=False)
    assert hosts.include("alumni.university.example")
    assert not any(map(hosts.include, ["localhost", "[::1]", "127.0.0.1", "university.example.org"]))


def test_listening_on_all_interfaces_accepts_any_host_name_in_development() -> None:
    assert Hosts.of(Settings(environment="DEV", host="::1", port=8342)).include("[::1]:8342")
