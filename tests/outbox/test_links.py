"""Links in messages lead to the portal, or to the mobile app when there is one, and nowhere else."""

from __future__ import annotations

import pytest

from portal.accounts.messages import RESET_PASSWORD
from portal.application import PortalFlask
from portal.outbox.rendering import render_mail

APP = "https://app.demo.example/alumni"


def linked(app: PortalFlask, monkeypatch: pytest.MonkeyPatch, url: str, mini_app_url: str) -> str:
    """Return the HTML of a mail that links to ``url``."""
    changed = app.config["PORTAL"].model_copy(update={"mini_app_url": mini_app_url})
    monkeypatch.setitem(app.config, "PORTAL", changed)
    with app.app_context():
        return render_mail(RESET_PASSWORD, {**RESET_PASSWORD.sample, "url": url}, "en").html


@pytest.mark.parametrize("configured", [APP, f"{APP}/"])
def test_a_url_of_the_mobile_app_is_unchanged(
    tx: PortalFlask, monkeypatch: pytest.MonkeyPatch, configured: str
) -> None:
    assert f'href="{APP}/reset?token=a"' in linked(tx, monkeypatch, f"{APP}/reset?token=a", configured)


def test_paths_lead_to_the_portal_when_there_is_a_mobile_app(tx: PortalFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    base = tx.config["PORTAL"].base_url
    assert f'href="{base}/password/reset?token=a"' in linked(tx, monkeypatch, "/password/reset?token=a", APP)


@pytest.mark.parametrize(
    ("url", "configured"),
    [
        (f"{APP}.evil.example/reset", APP),
        ("https://app.demo.example/other", APP),
        ("http://app.demo.example/alumni/reset", APP),
        ("//app.demo.example/alumni/reset", APP),
        (f"{APP}/reset", ""),
        ("https://evil.example/", ""),
        ("//evil.example/", "/"),
    ],
)
def test_other_urls_are_refused(tx: PortalFlask, monkeypatch: pytest.MonkeyPatch, url: str, configured: str) -> None:
    with pytest.raises(ValueError, match="no path of the portal"):
        linked(tx, monkeypatch, url, configured)
