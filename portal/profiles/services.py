"""Creation and change of profiles."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
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
from portal.files import queries as stored_pictures
from portal.files.cropping import CropArea
from portal.files.models import Purpose
from portal.permissions.catalogue import Permission
from portal.profiles import normalisation, queries
from portal.profiles.audit_actions import ProfileAction
from portal.profiles.fields import AUDIENCE_FIELDS, Field
from portal.profiles.models import BIOGRAPHY_MAX, PROGRAMME_MAX, WORK_MAX, Audience, Profile
from portal.profiles.visibility import Person

NAME_NORMALISERS: dict[str, Callable[[str | None, str], str | None]] = {
    "first_name": normalisation.name,
    "last_name": normalisation.only_or_last_name,
    "other_first_name": normalisation.other_name,
    "other_last_name": normalisation.other_name,
    "former_last_name": normalisation.other_name,
}


class ProfileChanges(TypedDict, total=False):
    """Changes of a profile: an absent key leaves the field as it is, ``None`` or blank text clears it.

    ``links`` are pairs of label and URL and replace all present ones. ``avatar_area`` is the part to keep of
    ``avatar``, or of the present photo when there is no new one. ``shows_city``: ``True`` shows a city that only
    its person saw to all alumni and changes no other audience; ``False`` hides it.
    """

    first_name: str | None
    last_name: str | None
    other_first_name: str | None
    other_last_name: str | None
    former_last_name: str | None
    graduation_year: int | None
    programme: str | None
    biography: str | None
    work: str | None
    telegram_alias: str | None
    links: Sequence[tuple[str, str]]
    city_id: int | None
    shows_city: bool
    avatar: bytes | None
    avatar_area: CropArea
    city_audience: str
    telegram_audience: str
    email_audience: str
    year_audience: str
    biography_audience: str
    work_audience: str
    links_audience: str
    events_audience: str


def check_registration(event: RegistrationValidated) -> None:
    """Raise ``Invalid``, naming the field, for an unusable graduation year or Telegram alias of a registration.

    This handler runs before the portal checks whether the email is known, so an error does not reveal that.
    """
    normalisation.graduation_year(event.graduation_year)
    normalisation.telegram_alias(event.telegram_alias)


def make_profile(event: AccountRegistered) -> None:
    """Add the profile of a newly registered account, whose graduation year also becomes the class year.

    Raise ``Invalid``, naming the field, for an unusable graduation year or Telegram alias.
    """
    year = normalisation.graduation_year(event.graduation_year)
    db.session.add(
        Profile(
            account_id=event.account.id,
            graduation_year=year,
            class_year=year,
            telegram_alias=normalisation.telegram_alias(event.telegram_alias),
        )
    )


def clear_year_of_friends(event: RoleChanged) -> None:
    """Clear the graduation and class year of an account whose new role is alumni friend; ignore other roles."""
    if event.account.role == Role.ALUMNI_FRIEND:
        cleared = {"graduation_year": None, "class_year": None}
        db.session.execute(update(Profile).where(Profile.account_id == event.account.id).values(cleared))


def update_own(actor: Actor, changes: ProfileChanges) -> Person:
    """Change the actor's own profile and return it; add an audit entry that names the changed fields.

    A value equal to the present one changes nothing and leaves no audit entry; a graduation year of an alumni friend is
    ignored. The row of the profile is locked until the transaction ends. Raise ``Invalid`` naming a field with an
    unusable value, and ``NotFound`` if the account no longer exists.
    """
    profile = _locked(actor.id)
    changed = _rename(actor, changes)
    for field, value in (_normalised(changes, actor.role) | _shown_city(profile, changes)).items():
        if getattr(profile, field) != value:
            setattr(profile, field, value)
            changed.append(field)
    if _change_avatar(actor, profile, changes):
        changed.append("avatar")
    if changed:
        record(actor, ProfileAction.UPDATE, target=("account", actor.id), fields=sorted(changed))
        db.session.flush()
    return queries.own(actor)


def hide_first_steps(actor: Actor, *, hidden: bool) -> None:
    """Hide the first steps on the actor's home page, or show them again, with an audit entry if that is a change."""
    profile = _locked(actor.id)
    if profile.hides_first_steps != hidden:
        profile.hides_first_steps = hidden
        record(actor, ProfileAction.UPDATE, target=("account", actor.id), fields=["hides_first_steps"])


def confirm_year(actor: Actor, account_id: uuid.UUID, seen_year: int | None) -> int:
    """Make the graduation year that a person gives their class year, with an audit entry, and return it.

    ``seen_year`` is the year that the actor saw. Raise ``Forbidden`` if the actor lacks ``people:verify`` or it is
    their own year, and ``Conflict`` if there is nothing to confirm or the person has changed the year since the actor
    saw it.
    """
    if not actor.may(Permission.PEOPLE_VERIFY) or actor.account_id == account_id:
        raise Forbidden("not_permitted", _("You do not have permission to do this."))
    profile = db.session.get(Profile, account_id, with_for_update=True)
    if profile is None or profile.graduation_year in {None, profile.class_year}:
        raise Conflict("no_year_to_confirm", _("There is no year to confirm."))
    if profile.graduation_year != seen_year:
        raise Conflict("year_changed", _("The year has changed in the meantime. Check it before you confirm it."))
    profile.class_year = profile.graduation_year
    record(actor, ProfileAction.CONFIRM_YEAR, target=("account", account_id), year=profile.class_year)
    assert profile.class_year is not None
    return profile.class_year


def _locked(account_id: uuid.UUID) -> Profile:
    """Return the profile of an account, locked until the transaction ends.

    It is created if it is missing, as with an account that a command made.
    """
    profile = db.session.get(Profile, account_id, with_for_update=True)
    if profile is None:
        db.session.execute(insert(Profile).values(account_id=account_id).on_conflict_do_nothing())
        profile = db.session.get_one(Profile, account_id, with_for_update=True)
    return profile


def _rename(actor: Actor, changes: ProfileChanges) -> list[str]:
    """Store those of the sent names that differ on the actor's account, and return their field names.

    Raise ``Invalid`` for an unusable name, and ``NotFound`` if the account no longer exists.
    """
    account = accounts.find(actor.id)
    if account is None:
        raise NotFound("no_such_person", _("We could not find this person on the portal."))
    sent = cast(dict[str, str | None], changes)
    normalised = {
        field: normalise(sent[field], field)
        for field, normalise in NAME_NORMALISERS.items()
        if field in sent and sent[field] != getattr(account, field)
    }
    changed = {field: name for field, name in normalised.items() if name != getattr(account, field)}
    if changed:
        rename(actor, account, changed)
    return list(changed)


def _normalised(changes: ProfileChanges, role: str) -> dict[str, object]:
    """Return the normalised values of the sent columns of ``Profile``, keyed by column, without names and photo.

    Raise ``Invalid``, naming the field, for an unusable value, an unknown city or an audience that is not offered.
    """
    columns: dict[str, object] = {}
    if "graduation_year" in changes and role != Role.ALUMNI_FRIEND:
        columns["graduation_year"] = normalisation.graduation_year(changes["graduation_year"])
    if "programme" in changes:
        columns["programme"] = normalisation.line(changes["programme"], PROGRAMME_MAX, "programme")
    if "work" in changes:
        columns["work"] = normalisation.line(changes["work"], WORK_MAX, "work")
    if "biography" in changes:
        columns["biography"] = normalisation.text(changes["biography"], BIOGRAPHY_MAX, "biography")
    if "telegram_alias" in changes:
        columns["telegram_alias"] = normalisation.telegram_alias(changes["telegram_alias"])
    if "links" in changes:
        columns["links"] = normalisation.links(changes["links"])
    if "city_id" in changes:
        columns["city_id"] = _known_city(changes["city_id"])
    sent = {field.key: (field, changes.get(field.key)) for field in AUDIENCE_FIELDS.values() if field.key in changes}
    return columns | {key: _known_audience(field, value) for key, (field, value) in sent.items()}


def _shown_city(profile: Profile, changes: ProfileChanges) -> dict[str, object]:
    """Return ``{"city_audience": …}`` as ``shows_city`` asks for, or an empty dict if it changes nothing.

    It compares with the locked row ``profile``, so that no concurrent choice of an audience is undone.
    """
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
    """Store the new or cropped photo or remove the present one, and return whether the profile's photo has changed.

    A photo that the portal has emitted before, sent back by a client, changes nothing. Raise ``Invalid`` for a file
    that is no usable picture.
    """
    if "avatar" in changes and changes["avatar"] is None:
        had_one = profile.avatar_id is not None
        profile.avatar_id = None
        return had_one
    data = _new_avatar(profile, changes)
    if data is None or pictures.same_picture(profile.avatar_id, data):
        return False
    profile.avatar_id = pictures.store(actor, data, Purpose.AVATAR, field="avatar").id
    return True


def _new_avatar(profile: Profile, changes: ProfileChanges) -> bytes | None:
    """Return the bytes of the photo to store, or ``None`` if the photo stays as it is.

    They are those of the uploaded photo, cropped if ``avatar_area`` is given, or those of the present photo, cropped.
    """
    data, area = changes.get("avatar"), changes.get("avatar_area")
    if data is None and area is not None and profile.avatar_id is not None:
        data = stored_pictures.picture_bytes(profile.avatar_id)
    return data if data is None or area is None else pictures.crop(data, area, field="avatar")
