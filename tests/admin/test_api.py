"""The endpoints that the legacy admin front end uses."""

from __future__ import annotations

import io
import uuid
from typing import Any

import openpyxl
import pytest

from portal.accounts.models import Account
from portal.profiles.models import Audience
from tests.factories import live_in, make_account, make_city, make_event
from tests.support.clients import Api

USERS = "/api/v1/admin/users"


@pytest.fixture
def office(api: Api, adam: Account) -> Api:
    return api.sign_in(adam)


def upload(client: Api, name: str, data: bytes, **options: Any) -> Any:
    body = {"file": (io.BytesIO(data), name)}
    return client.post("/api/v1/admin/upload-allowed-emails", data=body, **options)


def xlsx(*rows: Any) -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    sheet = book.create_sheet(index=0)
    book.active = 0
    for row in rows:
        sheet.append(row)
    book.save(file)
    return file.getvalue()


def test_a_row_has_exactly_the_fields_of_the_contract(office: Api, bob: Account) -> None:
    live_in(bob, make_city("Kazan"), Audience.ME)
    row = office.get(f"{USERS}?search=bob@")["items"][0]
    assert row == {
        "id": str(bob.id),
        "email": "bob@demo.example",
        "first_name": "Bob",
        "last_name": "Demo",
        "graduation_year": "2019",
        "role": "alumni",
        "location": "Russia, Kazan",
        "biography": None,
        "show_location": False,
        "telegram_alias": None,
        "is_verified": True,
        "is_banned": False,
    }


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", {"Adam", "Alina", "Nina", "Boris"}),
        ("?verified=false", {"Nina"}),
        ("?banned=true", {"Boris"}),
        ("?verified=true&banned=false", {"Adam", "Alina"}),
        ("?search=alina%20demo", {"Alina"}),
        ("?search=%25", set()),
        ("?search=&cursor=", {"Adam", "Alina", "Nina", "Boris"}),
    ],
)
def test_people_are_filtered_by_given_arguments_only(
    office: Api, alina: Account, nina: Account, boris: Account, query: str, names: set[str]
) -> None:
    assert {row["first_name"] for row in office.get(USERS + query)["items"]} == names


def test_pages_of_people_have_no_gaps(office: Api) -> None:
    people = {str(make_account().id) for _ in range(5)}
    first = office.get(f"{USERS}?limit=4")
    second = office.get(f"{USERS}?limit=4&cursor={first['next_cursor']}")
    assert people < {row["id"] for row in first["items"] + second["items"]}
    assert (second["next_cursor"], second["has_more"]) == (None, False)


def test_banned_people_are_an_array(office: Api, boris: Account) -> None:
    assert [row["id"] for row in office.get("/api/v1/admin/banned")] == [str(boris.id)]


def test_no_answer_contains_a_password(office: Api, alina: Account) -> None:
    assert "password" not in str(office.get(USERS)) + str(office.get("/api/v1/admin/banned"))


def test_verifying_a_person(office: Api, nina: Account) -> None:
    body = office.post("/api/v1/admin/verify", json={"email": "Nina@demo.example"})
    assert (body["email"], body["role"]) == ("nina@demo.example", "alumni")
    assert office.get(f"{USERS}?search=nina")["items"][0]["is_verified"] is True


def test_a_verified_person_can_get_another_role(office: Api, bob: Account) -> None:
    office.post("/api/v1/admin/verify", json={"email": bob.email, "role": "alumni_friend"})
    row = office.get(f"{USERS}?search=bob")["items"][0]
    assert (row["role"], row["graduation_year"]) == ("alumni_friend", None)


def test_verifying_twice_is_refused_with_a_message(office: Api, bob: Account) -> None:
    assert office.post("/api/v1/admin/verify", json={"email": bob.email}, status=400)["detail"]


def test_an_unknown_email_returns_404(office: Api) -> None:
    office.post("/api/v1/admin/verify", json={"email": "nobody@demo.example"}, status=404)
    office.post("/api/v1/admin/unverify", json={"email": "nobody@demo.example"}, status=404)


@pytest.mark.parametrize("body", [{}, {"email": 5}, {"email": "a@b.c", "role": "staff"}])
def test_a_wrong_body_is_refused(office: Api, body: dict[str, Any]) -> None:
    office.post("/api/v1/admin/verify", json=body, status=422)


def test_withdrawing_the_verification(office: Api, bob: Account) -> None:
    office.post("/api/v1/admin/unverify", json={"email": bob.email})
    assert office.get(f"{USERS}?search=bob")["items"][0]["is_verified"] is False


def test_a_ban_needs_no_body_and_can_be_lifted(office: Api, bob: Account) -> None:
    office.post(f"/api/v1/admin/ban/{bob.id}")
    assert [row["id"] for row in office.get("/api/v1/admin/banned")] == [str(bob.id)]
    office.post(f"/api/v1/admin/ban/{bob.id}", status=400)
    office.post(f"/api/v1/admin/unban/{bob.id}", headers={"Content-Type": "application/json"})
    assert office.get("/api/v1/admin/banned") == []


def test_banning_an_unknown_person_returns_404(office: Api) -> None:
    office.post(f"/api/v1/admin/ban/{uuid.uuid4()}", status=404)
    office.post("/api/v1/admin/ban/5", status=404)


def test_events_of_every_state_are_listed_with_an_explicit_null(office: Api, alina: Account) -> None:
    make_event(alina, approval="pending")
    make_event(alina, approval="declined")
    make_event(alina)
    items = office.get("/api/v1/admin/events")["items"]
    assert {event["approved"] for event in items} == {None, True, False}
    assert all(event["participants_ids"] == [str(alina.id)] and "cover" not in event for event in items)


def test_an_event_is_approved_once(office: Api, alina: Account) -> None:
    event = make_event(alina, approval="pending")
    office.post(f"/api/v1/admin/events/approve/{event.id}")
    assert office.get("/api/v1/admin/events")["items"][0]["approved"] is True
    office.post(f"/api/v1/admin/events/approve/{event.id}", status=400)


@pytest.mark.parametrize(("verb", "state"), [("decline", False), ("unapprove", None)])
def test_an_approved_event_can_be_declined_or_unapproved(
    office: Api, alina: Account, verb: str, state: bool | None
) -> None:
    event = make_event(alina)
    office.post(f"/api/v1/admin/events/{verb}/{event.id}")
    assert office.get("/api/v1/admin/events")["items"][0]["approved"] is state


def test_review_can_be_toggled(office: Api) -> None:
    assert office.get("/api/v1/admin/settings/events") == {"auto_approve": False}
    assert office.post("/api/v1/admin/settings/events/toggle-auto-approve") == {"auto_approve": True}
    assert office.get("/api/v1/admin/settings/events") == {"auto_approve": True}


@pytest.mark.parametrize("expected", [True, False])
def test_review_gets_the_expected_value_however_often_it_is_asked_for(office: Api, expected: bool) -> None:
    for _retry in range(3):
        path = "/api/v1/admin/settings/events/toggle-auto-approve"
        assert office.post(path, json={"auto_approve": expected}) == {"auto_approve": expected}
    assert office.get("/api/v1/admin/settings/events") == {"auto_approve": expected}


@pytest.mark.parametrize(
    "path", ["/api/v1/admin/users", "/api/v1/admin/events", "/api/v1/profile/all", "/api/v1/events/"]
)
@pytest.mark.parametrize("length", [100, 101, 5000])
def test_a_long_search_is_cut_and_not_refused(office: Api, path: str, length: int) -> None:
    assert office.get(f"{path}?search={'q' * length}")["items"] == []


def test_a_spreadsheet_is_imported(office: Api) -> None:
    body = upload(office, "class.xlsx", xlsx(["E-mail", "Name"], ["a@demo.example", "A"], ["b@demo.example", "B"]))
    assert body == {"success": True, "message": "2 addresses added."}


def test_rows_without_an_email_are_skipped_and_counted(office: Api) -> None:
    bad = [
        "a\0@demo.example",
        "\0",
        "b@demo.example\x1f",
        "nobody",
        "c\u202e@demo.example",
        f"{'x' * 255}@demo.example",
    ]
    data = "\n".join(["email", "anna@demo.example", *bad, "ivan@demo.example"]).encode()
    body = upload(office, "class.csv", data)
    assert body == {"success": True, "message": "4 addresses added, 4 left out (cell A3, row 4, row 6 and 1 more)."}


def test_importing_again_adds_nothing(office: Api) -> None:
    data = b"email\na@demo.example\n"
    upload(office, "class.csv", data)
    assert upload(office, "class.csv", data)["message"] == "0 addresses added, 1 was on the list already."


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("class.xls", b"\xd0\xcf\x11\xe0"),
        ("class.pdf", b"%PDF"),
        ("class", b"a@demo.example"),
        ("class.xlsx", b"no zip"),
        ("class.csv", b""),
        ("class.csv", b"email\n"),
    ],
)
def test_other_files_are_refused_with_a_message(office: Api, name: str, data: bytes) -> None:
    assert isinstance(upload(office, name, data, status=400)["detail"], str)


def test_an_upload_without_a_file_is_refused(office: Api) -> None:
    office.post("/api/v1/admin/upload-allowed-emails", data={"other": "x"}, status=400)


def test_a_file_that_is_too_large_is_refused(office: Api) -> None:
    office.post(
        "/api/v1/admin/upload-allowed-emails",
        data=bytes(10 * 1024 * 1024 + 1),
        content_type="multipart/form-data; boundary=x",
        status=413,
    )


def test_a_moderator_decides_on_events_but_not_on_people(api: Api, mona: Account, nina: Account) -> None:
    moderator = api.sign_in(mona)
    moderator.get("/api/v1/admin/events")
    moderator.get(USERS)
    moderator.post("/api/v1/admin/verify", json={"email": nina.email}, status=403)
    upload(moderator, "class.csv", b"a@demo.example", status=403)


def test_members_are_forbidden(api: Api, alina: Account) -> None:
    api.sign_in(alina).get(USERS, status=403)
