"""The first journey through the JSON API, by the two existing clients on a real server."""

from __future__ import annotations

import re
import uuid
from typing import Any

import httpx
import pytest

from tests.clients.legacy_clients import JPEG, LegacyClient, admin, mobile, verification_link
from tests.support.plain_http import PLAIN_HTTP

pytestmark = pytest.mark.process


def press_the_button(url: str, link: str) -> str:
    """Open the mailed link in a browser without JavaScript, press its one button and return the next page."""
    with httpx.Client(base_url=url, follow_redirects=True, **PLAIN_HTTP) as browser:
        page = browser.get(link).text
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        secret = re.search(r'name="token"[^>]*value="([^"]+)"', page)
        assert token, page
        assert secret, page
        answer = browser.post("/verify", data={"csrf_token": token[1], "token": secret[1]})
        assert answer.status_code == 200, answer.text
        return answer.text


def registration(email: str) -> dict[str, object]:
    return {
        "first_name": "Каміла",
        "last_name": "Demo",
        "email": email,
        "password": "correct horse battery",
        "manual_verification": False,
        "graduation_year": "2018",
        "role": "alumni",
        "telegram_alias": None,
    }


def test_the_first_journey(demo_server: str) -> None:
    email = f"kamila.{uuid.uuid4().hex[:8]}@demo.example"
    office = admin(demo_server).sign_in("adam@demo.example")
    phone, bob = mobile(demo_server), mobile(demo_server)
    allow(office, email)
    register(demo_server, phone, email)
    event_id = create_event(phone, choose_kazan(phone))
    bob.sign_in("bob@demo.example")
    approve(office, bob, event_id)
    join_and_leave(phone, bob, event_id)
    bob.call("DELETE", f"/api/v1/events/{event_id}", status=403)
    phone.call("DELETE", f"/api/v1/events/{event_id}")
    bob.call("GET", f"/api/v1/events/{event_id}", status=404)


def allow(office: LegacyClient, email: str) -> None:
    """Upload an allow list with one email."""
    csv = f"email\n{email}\n".encode()
    upload = office.call("POST", "/api/v1/admin/upload-allowed-emails", files={"file": ("list.csv", csv, "text/csv")})
    assert "1" in upload["message"]


def register(url: str, phone: LegacyClient, email: str) -> None:
    """Register with an allowed email, confirm it through the mailed link and sign in."""
    message = phone.call("POST", "/api/v1/auth/register", status=201, json=registration(email))["message"]
    assert "manual" not in message
    refused = phone.call(
        "POST", "/api/v1/auth/login", status=401, json={"email": email, "password": "correct horse battery"}
    )
    assert refused["detail"] == "Account not verified"
    press_the_button(url, verification_link(url, email))
    phone.sign_in(email.upper(), "correct horse battery")


def choose_kazan(phone: LegacyClient) -> str:
    """Show Kazan as one's own city, which puts it on the map, and return it as the location of a legacy client."""
    me = phone.call("GET", "/api/v1/profile/me")
    assert me["show_location"] is False
    hits = phone.call("GET", "/api/v1/cities/search", params={"q": "казань"})["cities"]
    city = next(hit for hit in hits if (hit["country"], hit["city"]) == ("Russia", "Kazan"))
    location = f"{city['country']}, {city['city']}"
    phone.call("PUT", "/api/v1/profile/me", json={**me, "location": location, "show_location": True})
    assert phone.call("GET", "/api/v1/profile/me") == {**me, "location": location, "show_location": True}
    groups = phone.call("GET", "/api/v1/profile/map")["locations"]
    kazan = next(group for group in groups if group["city"] == "Kazan")
    assert kazan["count"] >= 1
    coordinates = phone.call(
        "GET", "/api/v1/cities/coordinates", params={"city": city["city"], "country": city["country"]}
    )
    assert (coordinates["lat"], coordinates["lng"]) == (kazan["lat"], kazan["lng"])
    return location


def create_event(phone: LegacyClient, location: str) -> str:
    """Create an event with a cover, which then waits for approval, and return its id."""
    written = {
        "title": "Winter gathering",
        "description": "Soup and short talks.",
        "location": location,
        "datetime": "2031-12-06T18:00:00.123456",
        "cost": 500,
        "is_online": False,
        "cover": JPEG,
    }
    event_id = str(phone.call("POST", "/api/v1/events/", json=written)["id"])
    pending = phone.call("GET", "/api/v1/events/owner/pending", params={"limit": 100})
    assert [event["approved"] for event in pending["items"]] == [None]
    assert phone.call("GET", f"/api/v1/events/{event_id}/cover") == {"cover": JPEG}
    return event_id


def approve(office: LegacyClient, bob: LegacyClient, event_id: str) -> None:
    """Approve an event as the office, once; Bob sees it only then."""
    bob.call("GET", f"/api/v1/events/{event_id}", status=404)
    assert event_id in [event["id"] for event in office.call("GET", "/api/v1/admin/events")["items"]]
    office.call("POST", f"/api/v1/admin/events/approve/{event_id}")
    office.call("POST", f"/api/v1/admin/events/approve/{event_id}", status=400)
    listed = find(bob, event_id)
    assert listed["approved"] is True
    assert listed["datetime"] == "2031-12-06T18:00:00.123456"


def join_and_leave(phone: LegacyClient, bob: LegacyClient, event_id: str) -> None:
    """Join as Bob an event that ``phone`` organises, and leave it again."""
    owner_id, bob_id = (client.call("GET", "/api/v1/profile/me")["id"] for client in (phone, bob))
    bob.call("POST", f"/api/v1/events/{event_id}/participants", params={"participant_id": bob_id})
    assert set(find(bob, event_id)["participants_ids"]) == {owner_id, bob_id}
    bob.call("POST", f"/api/v1/events/{event_id}/participants/remove", params={"participant_id": bob_id})
    assert find(bob, event_id)["participants_ids"] == [owner_id]


def find(client: LegacyClient, event_id: str) -> dict[str, Any]:
    """Walk every page of the list, as the mobile app does at start."""
    cursor, seen = None, []
    while True:
        parameters = {"limit": 100, **({"cursor": cursor} if cursor else {})}
        answer = client.call("GET", "/api/v1/events/", params=parameters)
        seen += answer["items"]
        assert answer["has_more"] is (answer["next_cursor"] is not None)
        if answer["next_cursor"] is None:
            break
        cursor = answer["next_cursor"]
    assert len({event["id"] for event in seen}) == len(seen)
    return next(event for event in seen if event["id"] == event_id)


def test_somebody_not_on_the_list_waits_for_the_office(demo_server: str) -> None:
    email = f"sergey.{uuid.uuid4().hex[:8]}@demo.example"
    message = mobile(demo_server).call("POST", "/api/v1/auth/register", status=201, json=registration(email))["message"]
    assert "manual" in message
    office = admin(demo_server).sign_in("adam@demo.example")
    waiting = office.call("GET", "/api/v1/admin/users", params={"verified": "false", "banned": "false", "limit": 12})
    assert email in [user["email"] for user in waiting["items"]] or waiting["has_more"]
    office.call("POST", "/api/v1/admin/verify", json={"email": email})
    person = mobile(demo_server).sign_in(email, "correct horse battery")
    [row] = office.call("GET", "/api/v1/admin/users", params={"search": email})["items"]
    office.call("POST", f"/api/v1/admin/ban/{row['id']}")
    person.call("GET", "/api/v1/profile/me", status=401)


def test_the_switch_of_automatic_approval(demo_server: str) -> None:
    office = admin(demo_server).sign_in("adam@demo.example")
    before = office.call("GET", "/api/v1/admin/settings/events")["auto_approve"]
    assert office.call("POST", "/api/v1/admin/settings/events/toggle-auto-approve") == {"auto_approve": not before}
    assert office.call("POST", "/api/v1/admin/settings/events/toggle-auto-approve") == {"auto_approve": before}
