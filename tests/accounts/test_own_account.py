"""One's own account as JSON: sign-ins, settings, password, address."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select, update

from portal.accounts.models import Account, SignIn
from portal.application import PortalFlask
from portal.core.clock import now
from portal.extensions import db
from tests.accounts.mailbox import mails, payload_of, states_of
from tests.accounts.people import EMAIL, PASSWORD, bearer, change, give_authenticator, is_in, login, make_person
from tests.accounts.test_registration import PERSON
from tests.factories import make_account
from tests.support.clients import Api, Page

NEW_PASSWORD = "an entirely other phrase"
NEW_EMAIL = "new@demo.example"


@pytest.fixture
def person(app: PortalFlask) -> Account:
    return make_person(app)


def signed_in(app: PortalFlask, **options: Any) -> Api:
    api = Api(app)
    api.headers = bearer(login(api, **options)["access_token"])
    return api


# Sign-ins


def test_the_list_shows_devices_and_marks_this_one(app: PortalFlask, person: Account) -> None:
    here = signed_in(app)
    there = Api(app)
    there.post(
        "/api/v1/auth/login",
        json={"email": EMAIL, "password": PASSWORD},
        headers={"User-Agent": "Phone/1.0"},
        environ_overrides={"REMOTE_ADDR": "203.0.113.77"},
    )
    found = {entry["device"]: entry for entry in here.get("/api/v1/auth/sessions")}
    assert found["Phone/1.0"]["network"] == "203.0.113.0/24"
    assert not found["Phone/1.0"]["is_current"]
    assert sum(entry["is_current"] for entry in found.values()) == 1


def test_ending_one_refuses_its_very_next_request(app: PortalFlask, person: Account) -> None:
    here, there = signed_in(app), signed_in(app)
    [other] = [entry["id"] for entry in here.get("/api/v1/auth/sessions") if not entry["is_current"]]
    here.delete(f"/api/v1/auth/sessions/{other}")
    here.delete(f"/api/v1/auth/sessions/{other}")
    there.get("/api/v1/account", status=401)
    assert len(here.get("/api/v1/auth/sessions")) == 1


def test_nobody_ends_somebody_elses(app: PortalFlask, person: Account, alina: Account) -> None:
    here = signed_in(app)
    [own] = [entry["id"] for entry in here.get("/api/v1/auth/sessions")]
    Api(app).sign_in(alina).delete(f"/api/v1/auth/sessions/{own}", status=404)
    here.get("/api/v1/account")


def test_signing_out_here_and_everywhere(app: PortalFlask, page: Page, person: Account) -> None:
    one, two, three = signed_in(app), signed_in(app), signed_in(app)
    page.sign_in(person)
    one.post("/api/v1/auth/logout")
    one.get("/api/v1/account", status=401)
    assert two.post("/api/v1/auth/logout-all")["ended"] == 3
    three.get("/api/v1/account", status=401)
    page.get("/home", status=303)


def test_time_of_last_use_is_written_every_five_minutes_at_most(
    committed: PortalFlask, person: Account, clock: Any
) -> None:
    clock.set(now())
    api = signed_in(committed)
    used = select(func.max(SignIn.last_used_at))

    def last_use() -> Any:
        with committed.app_context():
            return db.session.scalar(used)

    first = last_use()
    clock.move(minutes=4, seconds=59)
    api.get("/api/v1/account")
    assert last_use() == first
    clock.move(seconds=1)
    api.get("/api/v1/account")
    assert last_use() == now()


# Settings


def test_all_settings_in_one_call(app: PortalFlask, person: Account) -> None:
    api = signed_in(app)
    wanted = {"locale": "ru", "theme": "dark", "time_zone": "Europe/Moscow"}
    answer = api.put("/api/v1/account/settings", json=wanted)
    assert {name: answer[name] for name in wanted} == wanted
    answer = api.put("/api/v1/account/settings", json={"theme": None})
    assert (answer["theme"], answer["locale"]) == (None, "ru")
    assert answer["email"] == EMAIL
    assert answer["has_password"]


@pytest.mark.parametrize(
    "body", [{"time_zone": "Mars/Base"}, {"locale": "tlh"}, {"theme": 1}, {"time_zone": "x" * 61}, {"theme": "blue"}]
)
def test_settings_that_do_not_exist_are_refused(app: PortalFlask, person: Account, body: dict[str, Any]) -> None:
    signed_in(app).put("/api/v1/account/settings", json=body, status=422)


# Password


def change_password(api: Api, current: str = PASSWORD, new: str = NEW_PASSWORD, status: int = 200) -> Any:
    return api.post("/api/v1/account/password", json={"current_password": current, "new_password": new}, status=status)


def test_a_changed_password_refuses_every_older_token(app: PortalFlask, page: Page, person: Account) -> None:
    here, there = signed_in(app), signed_in(app)
    page.sign_in(person)
    fresh = change_password(here)["access_token"]
    here.get("/api/v1/account", status=401)
    there.get("/api/v1/account", status=401)
    page.get("/home", status=303)
    assert is_in(here, fresh)
    login(Api(app), status=401)
    login(Api(app), NEW_PASSWORD)
    assert mails(app, EMAIL)[-1][0] == "accounts.password_changed"


def test_a_changed_password_ends_links_and_codes(app: PortalFlask, api: Api, person: Account) -> None:
    token = api.post("/api/v1/auth/login/otp/request", json={"email": EMAIL})["session_token"]
    code = payload_of(app, EMAIL, "accounts.code")["code"]
    reset = reset_token(app, api)
    change_password(signed_in(app))
    api.post("/api/v1/auth/login/otp/verify", json={"session_token": token, "code": code}, status=401)
    confirm(api, reset, status=400)


def test_a_wrong_present_password_is_refused_and_limited(app: PortalFlask, person: Account) -> None:
    api = signed_in(app)
    for _time in range(11):
        assert change_password(api, "wrong password", status=400)["errors"][0]["field"] == "current_password"
    change_password(api, status=429)


@pytest.mark.parametrize(
    ("new", "code"),
    [
        ("q9!zw", "invalid"),
        ("x" * 129, "invalid"),
        ("password1", "weak_password"),
        ("person demo", "weak_password"),
        (PASSWORD, "same_password"),
    ],
)
def test_a_password_that_cannot_be_used_is_refused(app: PortalFlask, person: Account, new: str, code: str) -> None:
    answer = change_password(signed_in(app), new=new, status=422)
    assert (answer["code"], answer["errors"][0]["field"]) == (code, "new_password")
    assert new not in answer["detail"]


def test_without_a_password_one_can_be_set_after_a_proof(
    app: PortalFlask, api: Api, person: Account, clock: Any
) -> None:
    api.sign_in(person)
    change(app, person, password_hash=None)
    clock.move(minutes=11)
    assert change_password(api, "", status=403)["code"] == "prove_again"
    api.post("/api/v1/account/proof/code")
    api.post("/api/v1/account/proof", json={"code": payload_of(app, EMAIL, "accounts.code")["code"]})
    change_password(api, "")
    login(api, NEW_PASSWORD)


# Recovery


def reset_token(app: PortalFlask, api: Api, email: str = EMAIL) -> str:
    api.post("/api/v1/auth/password-reset/request", json={"email": email})
    return str(payload_of(app, email, "accounts.reset_password")["url"]).partition("token=")[2]


def confirm(api: Api, token: str, new: str = NEW_PASSWORD, status: int = 200) -> Any:
    body = {"token": token, "new_password": new}
    return api.post("/api/v1/auth/password-reset/confirm", json=body, status=status)


def test_a_mailed_link_sets_a_password_once_and_ends_every_sign_in(app: PortalFlask, api: Api, person: Account) -> None:
    before = signed_in(app)
    token = reset_token(app, api)
    assert confirm(api, token)["message"] == "Password updated successfully"
    assert "link" in confirm(api, token, status=400)["detail"]
    before.get("/api/v1/account", status=401)
    login(api, status=401)
    login(api, NEW_PASSWORD)
    assert mails(app, EMAIL)[-1][0] == "accounts.password_changed"


def test_the_answer_is_the_same_for_everybody(app: PortalFlask, api: Api, person: Account, nina: Account) -> None:
    boris = make_account("boris@demo.example", banned=True)
    answers = [
        api.post("/api/v1/auth/password-reset/request", json={"email": email})
        for email in (EMAIL, EMAIL, "nobody@demo.example", nina.email, boris.email)
    ]
    assert len({str(answer) for answer in answers}) == 1
    assert [kind for kind, _payload in mails(app, EMAIL)] == ["accounts.reset_password"]
    assert mails(app, nina.email) == mails(app, boris.email) == []


def test_an_administrator_and_somebody_without_a_password_can_recover_too(
    app: PortalFlask, api: Api, adam: Account
) -> None:
    assert adam.password_hash is None
    confirm(api, reset_token(app, api, adam.email))
    login(api, NEW_PASSWORD, email=adam.email)


def test_a_link_lives_half_an_hour_and_only_the_newest(app: PortalFlask, api: Api, person: Account, clock: Any) -> None:
    first = reset_token(app, api)
    clock.move(seconds=61)
    second = reset_token(app, api)
    assert first != second
    confirm(api, first, status=400)
    clock.move(minutes=30)
    confirm(api, second, status=400)


def test_a_weak_password_leaves_the_link_alive(app: PortalFlask, api: Api, person: Account) -> None:
    token = reset_token(app, api)
    assert confirm(api, token, "password1", status=422)["errors"][0]["field"] == "new_password"
    confirm(api, token)


@pytest.mark.parametrize("values", [{"verified_at": None}, {"banned_at": True}])
def test_a_link_dies_with_the_standing(app: PortalFlask, api: Api, person: Account, values: dict[str, Any]) -> None:
    token = reset_token(app, api)
    change(app, person, **{name: now() if value else None for name, value in values.items()})
    confirm(api, token, status=400)


def test_a_reset_leaves_the_second_step_in_place(app: PortalFlask, api: Api, person: Account) -> None:
    give_authenticator(app, person)
    confirm(api, reset_token(app, api))
    assert login(api, NEW_PASSWORD, status=401)["code"] == "otp_required"


def test_the_link_leads_to_the_mobile_app_where_there_is_one(
    app: PortalFlask, api: Api, person: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.config["PORTAL"], "mini_app_url", "https://app.university.example/")
    token = reset_token(app, api)
    url = payload_of(app, EMAIL, "accounts.reset_password")["url"]
    assert url == f"https://app.university.example/reset-password?token={token}"


# Address


def new_code(app: PortalFlask, api: Api, email: str = NEW_EMAIL) -> str:
    api.post("/api/v1/account/email", json={"email": email})
    return str(payload_of(app, email, "accounts.change_address")["code"])


def undo_token(app: PortalFlask, old: str = EMAIL) -> str:
    return str(payload_of(app, old, "accounts.address_changed")["url"]).partition("token=")[2]


def undo(api: Api, token: str, status: int = 200) -> Any:
    return api.post("/api/v1/auth/email/undo", json={"token": token}, status=status)


def take(api: Api, code: str, status: int = 200) -> Any:
    return api.post("/api/v1/account/email/confirm", json={"code": code}, status=status)


def test_a_new_address_is_proved_before_it_counts(app: PortalFlask, person: Account) -> None:
    api = signed_in(app)
    code = new_code(app, api, "New@Demo.example".lower())
    assert api.get("/api/v1/account")["awaited_email"] == NEW_EMAIL
    login(Api(app))
    take(api, f"{(int(code) + 1) % 10**6:06d}", status=400)
    assert take(api, code)["email"] == NEW_EMAIL
    login(Api(app), email=NEW_EMAIL)
    login(Api(app), status=401)
    assert payload_of(app, EMAIL, "accounts.address_changed")["email"] == NEW_EMAIL


def test_the_old_address_can_take_the_account_back(app: PortalFlask, api: Api, person: Account) -> None:
    thief = signed_in(app)
    take(thief, new_code(app, thief))
    token = undo_token(app)
    undo(api, token)
    thief.get("/api/v1/account", status=401)
    login(api, status=401)
    login(api, email=NEW_EMAIL, status=401)
    reset = str(payload_of(app, EMAIL, "accounts.reset_password")["url"]).partition("token=")[2]
    confirm(api, reset)
    login(api, NEW_PASSWORD)
    undo(api, token, status=400)


def test_a_chain_of_changes_is_undone_as_a_whole(app: PortalFlask, api: Api, person: Account, clock: Any) -> None:
    thief = signed_in(app)
    take(thief, new_code(app, thief))
    clock.move(seconds=61)
    take(thief, new_code(app, thief, "third@demo.example"))
    undo(api, undo_token(app))
    undo(api, undo_token(app, NEW_EMAIL), status=400)
    with app.app_context():
        assert db.session.get_one(Account, person.id).email == EMAIL


def test_an_address_that_can_be_taken_back_is_nobody_elses_meanwhile(
    app: PortalFlask, api: Api, person: Account, alina: Account, clock: Any
) -> None:
    mine = signed_in(app)
    take(mine, new_code(app, mine))
    friend = {**PERSON, "email": EMAIL, "role": "alumni_friend", "graduation_year": None, "telegram_alias": None}
    api.post("/api/v1/auth/register", json=friend, status=400)
    clock.move(seconds=61)
    hers = Api(app).sign_in(alina)
    assert take(hers, new_code(app, hers, EMAIL), status=400)["code"] == "email_taken"
    clock.move(days=7, seconds=1)
    api.post("/api/v1/auth/register", json=friend, status=201)


def test_somebody_elses_address_is_told_only_to_its_owner(
    app: PortalFlask, person: Account, alina: Account, boris: Account
) -> None:
    api = signed_in(app)
    code = new_code(app, api, alina.email)
    assert take(api, code, status=400)["code"] == "email_taken"


def test_an_old_code_for_another_address_does_not_count(app: PortalFlask, person: Account, clock: Any) -> None:
    api = signed_in(app)
    old = new_code(app, api)
    clock.move(seconds=61)
    code = new_code(app, api, "third@demo.example")
    assert states_of(app, NEW_EMAIL)[-1] == ("accounts.change_address", "withdrawn")
    if old != code:
        take(api, old, status=400)
    assert take(api, code)["email"] == "third@demo.example"


def test_a_change_of_address_asks_for_a_recent_proof(app: PortalFlask, person: Account, clock: Any) -> None:
    api = signed_in(app)
    clock.move(minutes=11)
    body = {"email": NEW_EMAIL}
    assert api.post("/api/v1/account/email", json=body, status=403)["code"] == "prove_again"


@pytest.mark.parametrize("email", ["nonsense", "a@b", EMAIL, "x" * 300 + "@demo.example", "a\x00b@demo.example", 5])
def test_an_address_that_cannot_be_used_is_refused(app: PortalFlask, person: Account, email: Any) -> None:
    signed_in(app).post("/api/v1/account/email", json={"email": email}, status=422)


@pytest.mark.parametrize("token", ["", "x", "\x00", "é" * 30, "x" * 300])
def test_a_forged_way_back_leads_nowhere(api: Api, token: str) -> None:
    response = api.client.post("/api/v1/auth/email/undo", json={"token": token})
    assert response.status_code in {400, 422}


# Warnings


def test_a_warning_is_shown_until_it_was_read(app: PortalFlask, person: Account, alina: Account) -> None:
    from portal.accounts.status import decisions
    from portal.core.actor import system_actor
    from portal.core.db.unit_of_work import unit_of_work

    with app.app_context(), unit_of_work():
        decisions.warn(system_actor(), person.id, " No advertising. ")
    api = signed_in(app)
    [warning] = api.get("/api/v1/account/warnings")
    assert warning["text"] == "No advertising."
    Api(app).sign_in(alina).post(f"/api/v1/account/warnings/{warning['id']}/read", status=404)
    api.post(f"/api/v1/account/warnings/{warning['id']}/read")
    api.post(f"/api/v1/account/warnings/{warning['id']}/read")
    assert api.get("/api/v1/account/warnings") == []


def test_a_session_that_was_ended_behind_the_services_back_counts_no_more(app: PortalFlask, person: Account) -> None:
    api = signed_in(app)
    with app.app_context():
        db.session.execute(update(SignIn).values(expires_at=now()))
        db.session.commit()
    api.get("/api/v1/account", status=401)


def test_a_thief_cannot_undo_the_owners_way_back(app: PortalFlask, api: Api, person: Account, clock: Any) -> None:
    thief = signed_in(app)
    take(thief, new_code(app, thief))
    clock.move(seconds=61)
    take(thief, new_code(app, thief, "third@demo.example"))
    undo(api, undo_token(app, NEW_EMAIL))
    undo(api, undo_token(app))
    with app.app_context():
        assert db.session.get_one(Account, person.id).email == EMAIL


def test_a_kept_address_makes_no_administrator(app: PortalFlask, person: Account, adam: Account) -> None:
    mine = signed_in(app)
    take(mine, new_code(app, mine))
    body = {"email": EMAIL, "password": NEW_PASSWORD}
    Api(app).sign_in(adam).post("/api/v1/auth/add-admin", json=body, status=400)
