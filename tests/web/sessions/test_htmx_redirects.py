"""Whoever has to sign in, prove who they are or open another page is led there by htmx too, by page and by fragment."""

from __future__ import annotations

import pytest

from portal.accounts.models import Account
from portal.accounts.settings import STAFF_SECOND_FACTOR
from portal.application import PortalFlask
from tests import factories
from tests.accounts.people import set_switch
from tests.conftest import Clock
from tests.support.clients import Page

HERE = "http://localhost/people?year_from=2015"
FULL = {"HX-Request": "true", "HX-Request-Type": "full", "HX-Current-URL": HERE}
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Current-URL": HERE}
HISTORY = {"HX-Request": "true", "HX-Request-Type": "full", "HX-History-Restore-Request": "true"}
PLAIN: dict[str, str] = {}
BACK_TO_LIST = "/login?next=/people?year_from%3D2015"


@pytest.fixture
def ended(page: Page, alina: Account) -> Page:
    """Return a browser whose session somebody has ended elsewhere."""
    page.sign_in(alina)
    factories.end_sign_ins(alina)
    return page


@pytest.mark.parametrize(
    ("headers", "path", "expected"),
    [
        (FULL, "/people?q=vera", "/login?next=/people?q%3Dvera"),
        (FULL, "/events?q=x&city=1", "/login?next=/events?q%3Dx%26city%3D1"),
        pytest.param(
            FULL, "/map?from=2015", "/login?next=/map?from%3D2015", marks=pytest.mark.needs_feature("alumni_map")
        ),
        (HISTORY, "/people?q=vera", "/login?next=/people?q%3Dvera"),
        (PARTIAL, "/people/more?q=vera", BACK_TO_LIST),
        (PARTIAL, "/settings/profile/cities?city_query=Kaz", BACK_TO_LIST),
    ],
)
def test_a_request_of_htmx_that_needs_a_sign_in_opens_it(
    ended: Page, headers: dict[str, str], path: str, expected: str
) -> None:
    answer = ended.request("GET", path, status=200, headers=headers)
    assert (answer.headers.get("HX-Redirect"), answer.data) == (expected, b"")


def test_a_plain_visit_is_redirected(ended: Page) -> None:
    assert ended.request("GET", "/people?q=vera", status=303).headers["Location"] == "/login?next=/people?q%3Dvera"


@pytest.mark.needs_feature("follows")
def test_a_button_of_htmx_opens_the_sign_in(ended: Page, bob: Account) -> None:
    answer = ended.post(f"/people/{bob.id}/follow", status=200, headers=PARTIAL)
    assert answer.response.headers["HX-Redirect"] == BACK_TO_LIST


@pytest.mark.needs_feature("follows")
def test_a_button_of_htmx_with_a_stale_token_reloads_its_page(page: Page, alina: Account, bob: Account) -> None:
    page.sign_in(alina)
    answer = page.request("POST", f"/people/{bob.id}/follow", status=200, headers=PARTIAL)
    assert answer.headers["HX-Redirect"] == "/people?year_from=2015"


@pytest.mark.parametrize("headers", [FULL, PARTIAL, HISTORY])
def test_a_request_of_htmx_that_needs_re_authentication_opens_it(
    page: Page, alina: Account, clock: Clock, headers: dict[str, str]
) -> None:
    page.sign_in(alina)
    clock.move(minutes=11)
    answer = page.request("GET", "/settings/security/password", status=200, headers=headers)
    assert answer.headers["HX-Redirect"].startswith("/settings/security/proof?next=/")


@pytest.mark.parametrize("headers", [FULL, PARTIAL])
def test_a_missing_second_factor_opens_the_security_settings(
    app: PortalFlask, page: Page, adam: Account, headers: dict[str, str]
) -> None:
    set_switch(app, STAFF_SECOND_FACTOR, on=True)
    answer = page.sign_in(adam).request("GET", "/admin/people", status=200, headers=headers)
    assert answer.headers["HX-Redirect"] == "/settings/security"


@pytest.mark.parametrize("path", ["/people?until=nonsense", "/people/00000000-0000-7000-8000-000000000000"])
def test_an_error_takes_the_place_of_the_content_where_htmx_takes_a_part_of_a_page(
    page: Page, alina: Account, path: str
) -> None:
    answer = page.sign_in(alina).client.get(path, headers=FULL)
    assert answer.status_code >= 400
    assert (answer.headers["HX-Retarget"], answer.headers["HX-Reselect"]) == ("#content", "#content")
    assert b'id="content"' in answer.data


def test_an_error_of_a_fragment_takes_its_place(page: Page, alina: Account) -> None:
    answer = page.sign_in(alina).client.get("/people/00000000-0000-7000-8000-000000000000", headers=PARTIAL)
    assert (answer.status_code, answer.headers.get("HX-Retarget")) == (404, None)
    assert b'<div class="problem" id="problem"' in answer.data
