"""The columns of people, and which of them can hold a marker that responses are searched for."""

from __future__ import annotations

from sqlalchemy.orm import class_mapper

from portal.accounts.models import Account
from portal.profiles.fields import AUDIENCE_FIELDS
from portal.profiles.models import Profile

COLUMNS = sorted(str(column) for model in (Account, Profile) for column in class_mapper(model).column_attrs)

WITHOUT_MARKER = {
    "an id, which is part of addresses": {"Account.id", "Profile.account_id", "Account.verified_by"},
    "one of a few words or numbers": {
        *(str(field.audience) for field in AUDIENCE_FIELDS.values()),
        "Account.role",
        "Account.verification",
        "Account.second_factor",
        "Account.locale",
        "Account.theme",
        "Account.time_zone",
        "Account.totp_step",
        "Profile.class_year",
        "Profile.hides_first_steps",
    },
    "an instant": {
        "Account.email_confirmed_at",
        "Account.verified_at",
        "Account.banned_at",
        "Account.banned_until",
        "Account.created_at",
        "Account.updated_at",
        "Profile.created_at",
        "Profile.updated_at",
    },
    "a picture, which every member may see": {"Profile.avatar_id"},
}
UNMARKED = set().union(*WITHOUT_MARKER.values())
MARKED = [column for column in COLUMNS if column not in UNMARKED]
