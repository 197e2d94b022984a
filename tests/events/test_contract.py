"""The mobile app and the old admin portal run unchanged against our events."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from portal.accounts.models import Account
from portal.cities.models import City
from portal.core.approval import Approval
from portal.profiles.models import Audience
from tests.events.samples import STARTS, base64_picture, body
from tests.factories import make_account, make_event, row, update
from tests.support.clients import Api, Page

pytestmark = pytest.mark.usefixtures("innopolis")


@pytest.fixture
def author(api: Api, alina: Account) -> Api:
    return api.sign_in(alina)


def create(api: Api, **values: Any) -> str:
    return str(api.post("/api/v1/events/", json=body(**values))["id"])


def test_a_new_event_is_pending_with_its_owner_as_first_participant(author: Api, alina: Account) -> None:
    event_id = create(author)
    event = author.get(f"/api/v1/events/{event_id}")
    assert event == {
        "id": event_id,
        "owner_id": str(alina.id),
        "participants_ids": [str(alina.id)],
        **body(cover=None),
        "approved": None,
    }


@pytest.mark.parametrize("moment", ["2031-11-24T18:00:00", "2031-11-24T18:00:00.123456", "2031-02-28T00:00:00"])
def test_a_wall_clock_time_is_returned_as_sent(author: Api, moment: str) -> None:
    event_id = create(author, datetime=moment)
    assert author.get(f"/api/v1/events/{event_id}")["datetime"] == moment


def test_milliseconds_that_are_zero_mean_the_same_time(author: Api) -> None:
    event_id = create(author, datetime="2031-11-24T18:00:00.000")
    assert author.get(f"/api/v1/events/{event_id}")["datetime"] == "2031-11-24T18:00:00"


def test_a_cover_is_returned_byte_for_byte(author: Api) -> None:
    event_id = create(author, cover=base64_picture())
    assert author.get(f"/api/v1/events/{event_id}/cover") == {"cover": base64_picture()}


def test_a_null_cover_removes_the_picture(author: Api) -> None:
    event_id = create(author, cover=base64_picture())
    author.put(f"/api/v1/events/{event_id}", json=body(cover=None))
    assert author.get(f"/api/v1/events/{event_id}/cover") == {"cover": None}


def test_an_absent_cover_keeps_the_picture(author: Api) -> None:
    event_id = create(author, cover=base64_picture())
    author.put(f"/api/v1/events/{event_id}", json={"title": "Other"})
    assert author.get(f"/api/v1/events/{event_id}")["cover"] == base64_picture()


def test_a_cover_is_revalidated_by_its_etag(author: Api) -> None:
    event_id = create(author, cover=base64_picture())
    first = author.request("GET", f"/api/v1/events/{event_id}/cover", status=200, headers=author.headers)
    again = {**author.headers, "If-None-Match": first.headers["ETag"]}
    author.request("GET", f"/api/v1/events/{event_id}/cover", status=304, headers=again)
    assert "private" in first.headers["Cache-Control"]


def test_the_pending_list_is_an_envelope_and_the_others_are_arrays(author: Api, alina: Account) -> None:
    pending = create(author)
    approved = make_event(alina)
    envelope = author.get("/api/v1/events/owner/pending?limit=100")
    assert [event["id"] for event in envelope["items"]] == [pending]
    assert (envelope["next_cursor"], envelope["has_more"]) == (None, False)
    assert [event["id"] for event in author.get("/api/v1/events/owner")] == [str(approved.id)]
    assert [event["id"] for event in author.get(f"/api/v1/events/participant/{alina.id}")] == [str(approved.id)]


def test_the_feed_has_approved_events_newest_first_without_covers(author: Api, alina: Account) -> None:
    early = make_event(alina)
    late = make_event(alina, starts_at=early.starts_at.replace(year=2032))
    make_event(alina, approval=Approval.PENDING)
    make_event(alina, cancelled_at=early.created_at)
    items = author.get("/api/v1/events/?limit=100")["items"]
    assert [item["id"] for item in items] == [str(late.id), str(early.id)]
    assert "cover" not in items[0]
    assert items[0]["approved"] is True


def test_the_feed_is_searched_by_title_without_wildcards(author: Api, alina: Account) -> None:
    make_event(alina, title="Бега и кофе")
    make_event(alina, title="100% of nothing")
    assert [item["title"] for item in author.get("/api/v1/events/?search=БЕГА")["items"]] == ["Бега и кофе"]
    assert [item["title"] for item in author.get("/api/v1/events/?search=%25")["items"]] == ["100% of nothing"]


def test_pages_of_events_with_equal_times_repeat_and_skip_nothing(author: Api, alina: Account) -> None:
    first = make_event(alina)
    made = {str(first.id)} | {str(make_event(alina, starts_at=first.starts_at).id) for _ in range(6)}
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        answer = author.get(f"/api/v1/events/?limit=2&cursor={cursor}")
        seen += [item["id"] for item in answer["items"]]
        cursor = answer["next_cursor"]
    assert sorted(seen) == sorted(made)


def test_join_and_leave_by_query_parameter(author: Api, alina: Account, bob: Account) -> None:
    event = make_event(bob)
    joining = f"/api/v1/events/{event.id}/participants"
    author.post(f"{joining}?participant_id={alina.id}", headers={"Content-Type": "application/json"})
    assert author.get(f"/api/v1/events/{event.id}")["participants_ids"] == [str(bob.id), str(alina.id)]
    author.post(f"{joining}?participant_id={alina.id}", status=400)
    author.post(f"{joining}/remove?participant_id={alina.id}")
    author.post(f"{joining}/remove?participant_id={alina.id}", status=400)


def test_joining_for_another_person_is_forbidden(author: Api, bob: Account) -> None:
    event = make_event(bob)
    author.post(f"/api/v1/events/{event.id}/participants?participant_id={uuid.uuid4()}", status=403)
    author.post(f"/api/v1/events/{event.id}/participants/remove?participant_id={bob.id}", status=403)


def test_joining_a_full_event_answers_2xx_and_adds_to_the_waiting_list(
    author: Api, alina: Account, bob: Account
) -> None:
    event = make_event(bob, capacity=1)
    answer = author.post(f"/api/v1/events/{event.id}/participants?participant_id={alina.id}")
    assert answer == {"message": "You are on the waiting list."}
    assert author.get(f"/api/v1/events/{event.id}")["participants_ids"] == [str(bob.id)]


def test_an_echoed_event_changes_nothing(author: Api, alina: Account, kazan: City) -> None:
    event = make_event(alina, city_id=kazan.id, place="Library", cost=1250, capacity=7, currency="EUR")
    update(event, ends_at=event.starts_at.replace(microsecond=0))
    before = row(event)
    echoed = author.get(f"/api/v1/events/{event.id}")
    author.put(f"/api/v1/events/{event.id}", json=echoed)
    assert row(event) == before


def test_a_changed_start_shifts_the_end_and_keeps_unknown_fields(author: Api, alina: Account, kazan: City) -> None:
    event = make_event(alina, city_id=kazan.id, capacity=7, currency="EUR", cost=1250)
    update(event, ends_at=event.starts_at.replace(minute=59))
    lasts = row(event)["ends_at"] - row(event)["starts_at"]
    echoed = author.get(f"/api/v1/events/{event.id}")
    author.put(f"/api/v1/events/{event.id}", json={**echoed, "datetime": STARTS})
    now = row(event)
    assert now["ends_at"] - now["starts_at"] == lasts
    assert (now["capacity"], now["currency"], now["cost"], now["place"]) == (7, "EUR", 1250, "Library")


@pytest.mark.parametrize(
    ("cost", "emitted"), [(0, 0), (1200, 12), (1250, 12.5), (1299, 12.99), (99_999_999, 999999.99)]
)
def test_a_cost_is_emitted_exactly_and_its_echo_changes_nothing(
    author: Api, alina: Account, kazan: City, cost: int, emitted: float
) -> None:
    event = make_event(alina, cost=cost, city_id=kazan.id)
    path = f"/api/v1/events/{event.id}"
    got = author.get(path)
    assert (got["cost"], type(got["cost"])) == (emitted, type(emitted))
    for echo in (emitted, int(emitted)):  # the mobile app cuts what it reads
        author.put(path, json={"cost": echo})
        assert row(event)["cost"] == cost
    author.put(path, json=got)
    assert row(event)["cost"] == cost


@pytest.mark.parametrize(("sent", "stored"), [(10.29, 1029), (0.01, 1), (7, 700), (7.0, 700), (999999.99, 99_999_999)])
def test_a_new_cost_is_stored_exactly(author: Api, alina: Account, kazan: City, sent: float, stored: int) -> None:
    event = make_event(alina, cost=333, city_id=kazan.id)
    author.put(f"/api/v1/events/{event.id}", json={"cost": sent})
    assert row(event)["cost"] == stored


@pytest.mark.parametrize("cost", [0.005, 12.345, 1.001, 99.999])
def test_a_cost_that_is_finer_than_the_currency_is_refused(
    author: Api, alina: Account, kazan: City, cost: float
) -> None:
    event = make_event(alina, cost=333, city_id=kazan.id)
    refused = author.put(f"/api/v1/events/{event.id}", json={"cost": cost}, status=422)
    assert "at most 2 digits" in refused["detail"]
    assert row(event)["cost"] == 333


def test_an_online_event_can_have_any_location(author: Api) -> None:
    event_id = create(author, is_online=True, location="Zoom")
    assert author.get(f"/api/v1/events/{event_id}")["location"] == "Zoom"


def test_participants_expose_no_private_fields(author: Api, alina: Account, bob: Account, boris: Account) -> None:
    event = make_event(bob, going=(alina, boris))
    rows = author.get(f"/api/v1/events/{event.id}/participants")
    assert [one["id"] for one in rows] == [str(bob.id), str(alina.id)]
    assert not {"email", "hashed_password", "password_hash", "avatar"} & rows[0].keys()


def test_invisible_participants_have_stable_stand_in_ids(
    author: Api, bob: Account, boris: Account, alina: Account
) -> None:
    event = make_event(bob, going=(boris,))
    shown = author.get(f"/api/v1/events/{event.id}")["participants_ids"]
    again = author.get("/api/v1/events/")["items"][0]["participants_ids"]
    assert shown == again
    assert len(shown) == 2
    assert str(boris.id) not in shown
    author.sign_in(bob)
    assert author.get(f"/api/v1/events/{event.id}")["participants_ids"] == [str(bob.id), str(boris.id)]


def test_participants_who_hide_their_attendance_are_counted_anonymously(
    author: Api, page: Page, bob: Account, alina: Account
) -> None:
    shy = make_account(profile={"events_audience": "me"})
    event = make_event(bob, going=(shy, alina))
    path = f"/api/v1/events/{event.id}"
    shown = author.get(path)["participants_ids"]
    assert [shown[0], shown[2]] == [str(bob.id), str(alina.id)]
    assert shown[1] != str(shy.id)
    assert author.get("/api/v1/events/")["items"][0]["participants_ids"] == shown
    assert author.get(f"/api/v1/profile/?user_ids={shown[1]}") == []
    assert [one["id"] for one in author.get(f"{path}/participants")] == [shown[0], shown[2]]
    assert author.get(f"/api/v1/events/participant/{shy.id}") == []
    people = page.sign_in(alina).get(f"/events/{event.id}/people")
    assert "3 going" in people.text
    assert shy.name not in people.text
    for knows in (bob, shy):
        assert author.sign_in(knows).get(path)["participants_ids"][1] == str(shy.id)
        assert shy.name in page.sign_in(knows).get(f"/events/{event.id}/people").text


def test_an_organiser_is_always_a_visible_participant(author: Api, bob: Account) -> None:
    shy = make_account(profile={"events_audience": "me"})
    event = make_event(shy, going=(bob,))
    assert author.get(f"/api/v1/events/{event.id}")["participants_ids"] == [str(shy.id), str(bob.id)]
    assert [one["id"] for one in author.get(f"/api/v1/events/participant/{shy.id}")] == [str(event.id)]


def test_delete_answers_2xx_and_the_event_is_gone(author: Api, alina: Account) -> None:
    event = make_event(alina)
    author.delete(f"/api/v1/events/{event.id}", headers={"Content-Type": "application/json"})
    author.get(f"/api/v1/events/{event.id}", status=404)


def test_others_cannot_reach_a_pending_event_by_any_endpoint(author: Api, bob: Account) -> None:
    event = make_event(bob, approval=Approval.PENDING)
    for path in ("", "/cover", "/participants"):
        author.get(f"/api/v1/events/{event.id}{path}", status=404)
    author.post(f"/api/v1/events/{event.id}/participants", status=404)
    author.put(f"/api/v1/events/{event.id}", json=body(), status=404)
    author.delete(f"/api/v1/events/{event.id}", status=404)


def test_another_persons_visible_event_cannot_be_changed(author: Api, bob: Account) -> None:
    event = make_event(bob)
    author.put(f"/api/v1/events/{event.id}", json=body(), status=403)
    author.delete(f"/api/v1/events/{event.id}", status=403)


def test_an_event_imported_without_a_city_can_be_changed(author: Api, alina: Account) -> None:
    event = make_event(alina, place="Somewhere")
    echoed = author.get(f"/api/v1/events/{event.id}")
    author.put(f"/api/v1/events/{event.id}", json={**echoed, "title": "Better"})
    assert (row(event)["title"], row(event)["place"], row(event)["city_id"]) == ("Better", "Somewhere", None)


def test_an_online_event_that_becomes_one_in_person_needs_a_city(author: Api) -> None:
    event_id = create(author, is_online=True, location="Zoom")
    refused = author.put(f"/api/v1/events/{event_id}", json={"is_online": False, "location": "Zoom"}, status=422)
    assert refused["errors"][0]["field"] == "location"


def test_another_city_clears_the_old_venue(author: Api, alina: Account, kazan: City) -> None:
    event = make_event(alina, city_id=kazan.id, place="Library")
    author.put(f"/api/v1/events/{event.id}", json={"location": "Russia, Innopolis"})
    assert row(event)["place"] == ""
    assert author.get(f"/api/v1/events/{event.id}")["location"] == "Russia, Innopolis"


def test_people_on_the_waiting_list_are_no_participants(author: Api, alina: Account, bob: Account) -> None:
    event = make_event(bob, capacity=1)
    author.post(f"/api/v1/events/{event.id}/participants")
    assert author.get(f"/api/v1/events/participant/{alina.id}") == []


@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("field", ["city", "year", "biography"])
def test_administrators_see_of_participants_at_least_what_alumni_see(
    api: Api, alina: Account, bob: Account, adam: Account, innopolis: City, field: str, audience: Audience
) -> None:
    profile = {"city_id": innopolis.id, "graduation_year": 2011, "biography": "Baker.", f"{field}_audience": audience}
    event = make_event(bob, going=(make_account(profile=profile),))
    path = f"/api/v1/events/{event.id}/participants"
    of_alumni = api.sign_in(alina).get(path)[-1]
    of_the_office = api.sign_in(adam).get(path)[-1]
    hidden = {name for name, value in of_alumni.items() if value is None or value is False}
    assert {name: value for name, value in of_the_office.items() if name not in hidden} == {
        name: value for name, value in of_alumni.items() if name not in hidden
    }
