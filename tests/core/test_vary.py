"""Responses that are not public say by which request headers they differ."""

from __future__ import annotations

import pytest

from portal.accounts.models import Account
from portal.web.http.headers import VARIES
from tests.support.clients import Api, Page

PAGES = ("/", "/login", "/nowhere", pytest.param("/map/public.json", marks=pytest.mark.needs_feature("alumni_map")))


@pytest.mark.parametrize("path", PAGES)
def test_pages_vary_by_all_that_changes_them(page: Page, path: str) -> None:
    response = page.get(path, status=404 if path == "/nowhere" else 200).response
    assert set(VARIES) <= set(response.vary)


def test_fragments_and_redirects_vary_too(page: Page, alina: Account) -> None:
    assert "HX-Request" in page.get("/home", status=303).response.vary
    page.sign_in(alina)
    assert "HX-Request-Type" in page.get("/people", headers={"HX-Request": "true"}).response.vary


@pytest.mark.parametrize("path", ["/api/v1/profile/me", "/api/v1/nowhere"])
def test_json_varies_by_origin_language_and_caller(api: Api, path: str) -> None:
    for origin in (None, "https://app.demo.example"):
        headers = {"Origin": origin} if origin else {}
        response = api.client.get(path, headers=headers)
        assert {"Origin", "Accept-Language", "Authorization"} <= set(response.vary)


@pytest.mark.needs_feature("alumni_map")
def test_what_is_public_for_a_day_varies_by_its_url_alone(page: Page) -> None:
    response = page.get("/map/labels.json?z=0&x=0&y=0&locale=ru").response
    assert "HX-Request" not in response.vary
