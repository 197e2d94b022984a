"""Making and changing profiles."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import TypedDict, cast

from flask_babel import gettext as _
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

import portal.files.services as pictures
from portal.accounts import queries as accounts
from portal.accounts.domain_events import AccountRegistered, RegistrationValidated, RoleChanged
from portal.accounts.models import Role
from portal.accounts.self_service.preferences import rename
from portal.audit.services import record
from portal.cities.models import City
from portal.core.actor import Actor
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.extensions import db
from portal.files import queries as kept_pictures
from portal.files.cropping import Part
from portal.files.models import Purpose
from portal.permissions.catalogue import Permission
from portal.profiles import normalisation, queries
from portal.profiles.fields import CHOSEN, Field
from portal.profiles.models import BIOGRAPHY_MAX, PROGRAMME_MAX, WORK_MAX, Audience, Profile
from portal.profiles.visibility import Person

NAME_CLEANING: dict[str, Callable[[str | None, str], str | None]] = {
    "first_name": normalisation.name,
    "last_name": normalisation.name,
    "other_first_name": normalisation.other_name,
    "other_last_name": normalisation.other_name,
}


class ProfileChanges(TypedDict, total=False):
    """What a person changes: an absent key leaves the field as it is, ``None`` or blank text clears it.

    ``avatar_part`` is all that is kept of ``avatar``, or of the present picture when no new one comes. ``shows_city``
    opens a city that only its person sees to all alumni and leaves any other audience alone, or hides the city.
    """

    first_name: str | None
    last_name: str | None
    other_first_name: str | None
    other_last_name: str | None
    graduation_year: int | None
    programme: str | None
    biography: str | None
    work: str | None
    telegram_alias: str | None
    city_id: int | None
    shows_city: bool
    avatar: bytes | None
    avatar_part: Part
    city_audience: str
    telegram_audience: str
    email_audience: str
    year_audience: str
    biography_audience: str
    work_audience: str
    events_audience: str


def check_registration(fact: RegistrationValidated) -> None:
    """Say what cannot be used before it shows whether the address is known."""
    normalisation.graduation_year(fact.graduation_year)
    normalisation.telegram_alias(fact.telegram_alias)


def make_profile(fact: AccountRegistered) -> None:
    """Every account has a profile from its first moment; an unusable year or alias refuses the registration."""
    year = normalisation.graduation_year(fact.graduation_year)
    db.session.add(
        Profile(
            account_id=fact.account.id,
            graduation_year=year,
            class_year=year,
            telegram_alias=normalisation.telegram_alias(fact.telegram_alias),
        )
    )


def forget_year_of_friends(fact: RoleChanged) -> None:
    """Friends of the alumni have not graduated here."""
    if fact.account.role == Role.ALUMNI_FRIEND:
        forgotten = {"graduation_year": None, "class_year": None}
        db.session.execute(update(Profile).where(Profile.account_id == fact.account.id).values(forgotten))


def update_own(actor: Actor, changes: ProfileChanges) -> Person:
    """Change the caller's own profile and return it.

    A value equal to the present one changes nothing and leaves no trace. Friends of the alumni have no graduation
    year. Raises ``Invalid`` naming the field.
    """
    profile = _locked(actor.id)
    changed = _rename(actor, changes)
    for field, value in (_cleaned(changes, actor.role) | _shown_city(profile, changes)).items():
        if getattr(profile, field) != value:
            setattr(profile, field, value)
            changed.append(field)
    if _change_avatar(actor, profile, changes):
        changed.append("avatar")
    if changed:
        record(actor, "profiles.update", target=("account", actor.id), fields=sorted(changed))
        db.session.flush()
    return queries.own(actor)


def confirm_year(actor: Actor, account_id: uuid.UUID, shown_year: int | None) -> int:
    """Count a person to the class of the year that they give themselves, and return it.

    Until then a changed year opens nothing that others share with their own year. ``shown_year`` is what the actor
    saw and means. Raises ``Forbidden``, ``Conflict`` when there is nothing to confirm or the person gives another
    year by now.
    """
    if not actor.may(Permission.PEOPLE_VERIFY) or actor.account_id == account_id:
        raise Forbidden("not_permitted", _("You do not have permission to do this."))
    profile = db.session.get(Profile, account_id, with_for_update=True)
    if profile is None or profile.graduation_year in {None, profile.class_year}:
        raise Conflict("no_year_to_confirm", _("There is no year to confirm."))
    if profile.graduation_year != shown_year:
        raise Conflict("year_changed", _("The year has changed in the meantime. Check it before you confirm it."))
    profile.class_year = profile.graduation_year
    record(actor, "profiles.confirm_year", target=("account", account_id), year=profile.class_year)
    assert profile.class_year is not None
    return profile.class_year


def _locked(account_id: uuid.UUID) -> Profile:
    """The row, held until the end of the transaction; accounts made by a command may not have one yet."""
    profile = db.session.get(Profile, account_id, with_for_update=True)
    if profile is None:
        db.session.execute(insert(Profile).values(account_id=account_id).on_conflict_do_nothing())
        profile = db.session.get_one(Profile, account_id, with_for_update=True)
    return profile


def _rename(actor: Actor, changes: ProfileChanges) -> list[str]:
    """Names live on the account; returns which of them changed."""
    account = accounts.find(actor.id)
    if account is None:
        raise NotFound("no_such_person", _("We could not find this person on the portal."))
    sent = cast(dict[str, str | None], changes)
    wanted = {
        field: clean(sent[field], field)
        for field, clean in NAME_CLEANING.items()
        if field in sent and sent[field] != getattr(account, field)
    }
    changed = {field: name for field, name in wanted.items() if name != getattr(account, field)}
    if changed:
        rename(actor, account, changed)
    return list(changed)


def _cleaned(changes: ProfileChanges, role: str) -> dict[str, object]:
    """The columns of ``Profile`` that were sent, ready to be stored."""
    cleaned: dict[str, object] = {}
    if "graduation_year" in changes and role != Role.ALUMNI_FRIEND:
        cleaned["graduation_year"] = normalisation.graduation_year(changes["graduation_year"])
    if "programme" in changes:
        cleaned["programme"] = normalisation.line(changes["programme"], PROGRAMME_MAX, "programme")
    if "work" in changes:
        cleaned["work"] = normalisation.line(changes["work"], WORK_MAX, "work")
    if "biography" in changes:
        cleaned["biography"] = normalisation.text(changes["biography"], BIOGRAPHY_MAX, "biography")
    if "telegram_alias" in changes:
        cleaned["telegram_alias"] = normalisation.telegram_alias(changes["telegram_alias"])
    if "city_id" in changes:
        cleaned["city_id"] = _known_city(changes["city_id"])
    sent = {field.key: (field, changes.get(field.key)) for field in CHOSEN.values() if field.key in changes}
    return cleaned | {key: _known_audience(field, value) for key, (field, value) in sent.items()}


def _shown_city(profile: Profile, changes: ProfileChanges) -> dict[str, object]:
    """The audience that ``shows_city`` asks for; of the locked row, so that no choice made meanwhile is undone."""
    if "shows_city" not in changes or (changes["shows_city"] and profile.city_audience != Audience.ME):
        return {}
    return {"city_audience": Audience.ALUMNI if changes["shows_city"] else Audience.ME}


def _known_city(city_id: int | None) -> int | None:
    if city_id is not None and db.session.get(City, city_id) is None:
        raise Invalid("unknown_city", _("Choose a city from the list."), field="city_id")
    return city_id


def _known_audience(field: Field, value: object) -> object:
    if value not in field.offered:
        raise Invalid("unknown_audience", _("Choose who can see this."), field=field.key)
    return value


def _change_avatar(actor: Actor, profile: Profile, changes: ProfileChanges) -> bool:
    """Put on a new picture or take the old one off; sending back what we gave out changes nothing."""
    if "avatar" in changes and changes["avatar"] is None:
        had_one = profile.avatar_id is not None
        profile.avatar_id = None
        return had_one
    data = _wanted_avatar(profile, changes)
    if data is None or pictures.same_picture(profile.avatar_id, data):
        return False
    profile.avatar_id = pictures.store(actor, data, Purpose.AVATAR, field="avatar").id
    return True


def _wanted_avatar(profile: Profile, changes: ProfileChanges) -> bytes | None:
    """The new picture or the present one, cut if a part of it is wanted; nothing when there is neither."""
    data, part = changes.get("avatar"), changes.get("avatar_part")
    if data is None and part is not None and profile.avatar_id is not None:
        data = kept_pictures.bytes_of(profile.avatar_id)
    return data if data is None or part is None else pictures.cut(data, part, field="avatar")
