"""Profiles as JSON, as the existing clients use them."""

from __future__ import annotations

import base64
import json
import uuid
from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.audit.models import AuditEntry
from portal.cities.models import City
from portal.extensions import db
from portal.profiles.models import BIOGRAPHY_MAX, Audience, Profile
from tests.factories import live_in, make_account, make_city
from tests.files import pictures
from tests.files.pictures import encoded
from tests.support.clients import Api

ME = "/api/v1/profile/me"
FIELDS = {
    "id": str,
    "first_name": str,
    "last_name": str,
    "graduation_year": str,
    "role": str,
    "location": str,
    "biography": str,
    "show_location": bool,
    "telegram_alias": str,
    "is_telegram_verified": bool,
    "avatar": str,
    "followers_count": int,
    "following_count": int,
    "is_following": bool,
}

NOBODY = "0197a000-0000-7000-8000-000000000000"


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


@pytest.fixture
def kazan(app: PortalFlask) -> City:
    return make_city("Kazan", name_ru="Казань", search="||kazan|казань|")


@pytest.fixture
def filled(api: Api, alina: Account, kazan: City) -> Api:
    """Return the client of Alina, who has filled every field of the legacy contract."""
    api.sign_in(alina)
    api.put(
        ME,
        json={
            "location": "Russia, Kazan",
            "show_location": True,
            "biography": "I write compilers.",
            "telegram_alias": "@alina_d",
            "avatar": b64(encoded()),
        },
    )
    return api


def trail(app: PortalFlask) -> list[dict[str, Any]]:
    with app.app_context():
        return list(db.session.scalars(select(AuditEntry.details).where(AuditEntry.action == "profiles.update")))


def test_profile_has_the_fields_of_the_legacy_contract(filled: Api) -> None:
    profile = filled.get(ME)
    assert {field: type(value) for field, value in profile.items()} == FIELDS
    assert (profile["location"], profile["telegram_alias"]) == ("Russia, Kazan", "alina_d")
    assert base64.b64decode(profile["avatar"]) == encoded()


def test_sending_back_what_came_changes_nothing(app: PortalFlask, filled: Api) -> None:
    before, written = filled.get(ME), len(trail(app))
    filled.put(ME, json=before)
    assert filled.get(ME) == before
    assert len(trail(app)) == written


@pytest.mark.parametrize("audience", Audience)
def test_an_echo_leaves_every_audience_alone(
    app: PortalFlask, api: Api, alina: Account, kazan: City, audience: Audience
) -> None:
    live_in(alina, kazan, audience)
    api.sign_in(alina).put(ME, json=api.get(ME))
    with app.app_context():
        assert db.session.get_one(Profile, alina.id).city_audience == audience


def test_echo_of_a_profile_that_breaks_newer_rules_is_accepted(api: Api) -> None:
    account = make_account(profile={"telegram_alias": "a", "graduation_year": 1850})
    api.sign_in(account).put(ME, json=api.get(ME))


@pytest.mark.parametrize(("shows", "audience"), [(False, Audience.ME), (True, Audience.ALUMNI)])
def test_show_location_moves_between_only_me_and_all_alumni(
    app: PortalFlask, filled: Api, alina: Account, shows: bool, audience: Audience
) -> None:
    filled.put(ME, json={"show_location": not shows})
    assert filled.put(ME, json={"show_location": shows})["show_location"] is shows
    with app.app_context():
        assert db.session.get_one(Profile, alina.id).city_audience == audience


@pytest.mark.parametrize("field", ["location", "avatar", "biography", "telegram_alias", "graduation_year"])
@pytest.mark.parametrize("nothing", [None, "", "   "])
def test_null_and_blank_clear_only_their_field(filled: Api, field: str, nothing: str | None) -> None:
    before = filled.get(ME)
    after = filled.put(ME, json={field: nothing})
    assert after == {**before, field: None}


def test_an_absent_field_stays(filled: Api) -> None:
    before = filled.get(ME)
    assert filled.put(ME, json={}) == before


def test_fields_that_are_not_the_clients_are_ignored(filled: Api) -> None:
    before = filled.get(ME)
    foreign = {"id": str(uuid.uuid4()), "role": "staff", "is_telegram_verified": True, "followers_count": 7, "x": []}
    assert filled.put(ME, json=foreign) == before


def test_names_are_trimmed_and_changed(filled: Api) -> None:
    after = filled.put(ME, json={"first_name": "  Алина ", "last_name": "de  la Cruz"})
    assert (after["first_name"], after["last_name"]) == ("Алина", "de la Cruz")


@pytest.mark.parametrize("alias", ["@bob_k", "bob_k", " @bob_k ", "https://t.me/bob_k", "@@bob_k"])
def test_alias_is_stored_without_at_sign_and_link(filled: Api, alias: str) -> None:
    assert filled.put(ME, json={"telegram_alias": alias})["telegram_alias"] == "bob_k"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("first_name", ""),
        ("first_name", "   "),
        ("last_name", None),
        ("first_name", "x" * 61),
        ("first_name", "\u200b"),
        ("first_name", 5),
        ("first_name", "a\0b"),
        ("biography", "x" * (BIOGRAPHY_MAX + 1)),
        ("biography", "😀" * 5_000),
        ("biography", ["text"]),
        ("graduation_year", 2019),
        ("graduation_year", "19"),
        ("graduation_year", "२०१९"),
        ("graduation_year", "3019"),
        ("location", "Atlantis, Poseidonis"),
        ("location", "Kazan"),
        ("location", {"city": "Kazan"}),
        ("show_location", "true"),
        ("show_location", 1),
        ("telegram_alias", "ab"),
        ("telegram_alias", "имя"),
        ("telegram_alias", "<script>"),
        ("avatar", "no base64"),
        ("avatar", b64(b"<svg onload=alert(1)>")),
        ("avatar", b64(encoded()[:-300])),
        ("avatar", b64(pictures.bomb())),
        ("avatar", 17),
    ],
)
def test_unusable_value_is_refused_and_changes_nothing(filled: Api, field: str, value: object) -> None:
    before = filled.get(ME)
    refusal = filled.put(ME, json={"biography": "changed", field: value}, status=422)
    assert refusal["errors"][0]["field"] == field
    assert " " in refusal["detail"]
    assert filled.get(ME) == before


@pytest.mark.parametrize(
    "body", [b'{"first_name": "A', b"[]", b'"text"', b"null", b"\xff\xfe", b'{"biography": "\\ud800"}']
)
def test_body_that_is_no_object_is_refused(filled: Api, body: bytes) -> None:
    before = filled.get(ME)
    response = filled.request(
        "PUT",
        ME,
        status=400 if body[:1] in b"{\xff" else 422,
        data=body,
        headers={**filled.headers, "Content-Type": "application/json"},
    )
    assert response.mimetype == "application/problem+json"
    assert filled.get(ME) == before


def test_too_large_body_is_refused(filled: Api) -> None:
    filled.put(ME, json={"avatar": "A" * 16_000_000}, status=413)


@pytest.mark.parametrize(
    "beside",
    [{"biography": "x" * 70_000}, {"none_of_ours": ["x"] * 20_000}, {"biography": "x" * 14_000_000, "avatar": None}],
)
def test_only_the_picture_may_be_large(filled: Api, beside: dict[str, Any]) -> None:
    filled.put(ME, json=beside, status=413)
    filled.put(ME, json={**beside, "avatar": "A" * 100_000}, status=413)
    filled.put(ME, data=b" " * 70_000 + b"{}", headers={"Content-Type": "application/json"}, status=413)


def test_a_picture_may_come_with_escaped_slashes(filled: Api) -> None:
    raw = json.dumps({"avatar": "/" * 200_000}).replace("/", "\\/")
    filled.put(ME, data=raw, headers={"Content-Type": "application/json"}, status=422)


def test_photo_loses_its_location_and_echoes_change_nothing(app: PortalFlask, filled: Api) -> None:
    sent = b64(pictures.with_place())
    kept = filled.put(ME, json={"avatar": sent})["avatar"]
    written = len(trail(app))
    assert kept != sent
    for echo in (sent, kept, f"data:image/jpeg;base64,{sent}"):
        assert filled.put(ME, json={"avatar": echo})["avatar"] == kept
    assert len(trail(app)) == written


def test_changed_fields_are_audited_by_name(app: PortalFlask, filled: Api) -> None:
    filled.put(ME, json={"biography": "New", "show_location": False})
    assert {"fields": ["biography", "city_audience"]} in trail(app)


def test_friends_have_no_graduation_year(api: Api) -> None:
    friend = make_account(role="alumni_friend", profile={"graduation_year": None})
    after = api.sign_in(friend).put(ME, json={"graduation_year": "2019"})
    assert (after["role"], after["graduation_year"]) == ("alumni_friend", None)


def test_staff_have_the_role_of_friends_in_json(api: Api, adam: Account) -> None:
    assert api.sign_in(adam).get(ME)["role"] == "alumni_friend"


def test_an_account_without_a_profile_gets_one_with_its_first_change(
    app: PortalFlask, api: Api, alina: Account
) -> None:
    with app.app_context():
        db.session.delete(db.session.get_one(Profile, alina.id))
        db.session.commit()
    assert api.sign_in(alina).get(ME)["biography"] is None
    assert api.put(ME, json={"biography": "Here"})["biography"] == "Here"


def test_avatar_has_an_etag_and_is_not_sent_twice(filled: Api, alina: Account, bob: Account) -> None:
    path = f"/api/v1/profile/{alina.id}/avatar"
    filled.sign_in(bob)
    first = filled.request("GET", path, status=200, headers=filled.headers)
    again = {**filled.headers, "If-None-Match": first.headers["ETag"]}
    assert first.json == {"avatar": b64(encoded())}
    assert "private" in first.headers["Cache-Control"]
    assert filled.request("GET", path, status=304, headers=again).data == b""


def test_person_without_a_photo_has_null(api: Api, alina: Account, bob: Account) -> None:
    assert api.sign_in(bob).get(f"/api/v1/profile/{alina.id}/avatar") == {"avatar": None}


def test_bulk_returns_profiles_and_ignores_unknown_ids(filled: Api, alina: Account, bob: Account) -> None:
    ids = [str(alina.id), "rubbish", str(uuid.uuid4()), str(bob.id), str(alina.id)]
    found = filled.get("/api/v1/profile/?" + "&".join(f"user_ids={each}" for each in ids))
    assert {person["id"] for person in found} == {str(alina.id), str(bob.id)}
    assert set(found[0]) == set(FIELDS)


def test_bulk_without_ids_is_refused(filled: Api) -> None:
    assert "user_ids" in filled.get("/api/v1/profile/", status=422)["detail"]
    assert filled.get("/api/v1/profile/?user_ids=") == []


def test_bulk_sends_large_photos_small_and_their_echo_changes_nothing(
    committed: PortalFlask, api: Api, alina: Account
) -> None:
    api.sign_in(alina).put(ME, json={"avatar": b64(encoded(pictures.noisy((900, 900))))})
    before, written = api.get(ME), len(trail(committed))
    small = api.get(f"/api/v1/profile/?user_ids={alina.id}")[0]["avatar"]
    assert len(small) < len(before["avatar"]) / 4
    assert api.put(ME, json={**before, "avatar": small}) == before
    assert len(trail(committed)) == written


@pytest.mark.parametrize("path", ["no-id", NOBODY, f"{NOBODY}/avatar", "%00"])
def test_unknown_person_returns_404(filled: Api, path: str) -> None:
    filled.get(f"/api/v1/profile/{path}", status=404)


@pytest.mark.parametrize("path", ["me", f"?user_ids={NOBODY}", NOBODY])
def test_endpoints_need_a_sign_in(api: Api, path: str) -> None:
    api.get(f"/api/v1/profile/{path}", status=401)
