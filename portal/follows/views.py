"""Pages of follows, and the control on a person's page."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext as _

from portal.core.access import MEMBER, access, current_actor
from portal.follows import queries, services
from portal.follows.queries import Side
from portal.profiles import queries as profiles
from portal.web.http.responses import render, see_other, wants_fragment

blueprint = Blueprint("follows", __name__)


@blueprint.get("/people/<uuid:account_id>/followers")
@access(MEMBER)
def followers(account_id: uuid.UUID) -> Response:
    """Who follows the person."""
    return listed(account_id, Side.FOLLOWERS)


@blueprint.get("/people/<uuid:account_id>/following")
@access(MEMBER)
def following(account_id: uuid.UUID) -> Response:
    """Whom the person follows."""
    return listed(account_id, Side.FOLLOWING)


@blueprint.post("/people/<uuid:account_id>/follow")
@access(MEMBER)
def follow(account_id: uuid.UUID) -> Response:
    services.follow(current_actor(), account_id)
    return changed(account_id, _("You now follow this person."))


@blueprint.post("/people/<uuid:account_id>/unfollow")
@access(MEMBER)
def unfollow(account_id: uuid.UUID) -> Response:
    services.unfollow(current_actor(), account_id)
    return changed(account_id, _("You no longer follow this person."), unfollowed=True)


def listed(account_id: uuid.UUID, side: Side) -> Response:
    """The page of one list; ``until`` in the address unfolds it that far."""
    actor = current_actor()
    person = profiles.find(actor, account_id)
    found = queries.page_until(actor, account_id, side, until=request.args.get("until"))
    more = url_for(f"follows.{side}", account_id=account_id, until=found.next_cursor) if found.has_more else None
    return render(
        "follows/index.html",
        fragment="follows/_people.html",
        person=person,
        side=side,
        found=found,
        more=more,
    )


def changed(account_id: uuid.UUID, sentence: str, *, unfollowed: bool = False) -> Response:
    """The control that was pressed, or for browsers without scripts the person's page."""
    if not wants_fragment():
        flash(sentence)
        return see_other("profiles.show", account_id=account_id)
    return render(
        "profiles/show.html",
        fragment="follows/_follows.html",
        person=profiles.find(current_actor(), account_id),
        announce=sentence,
        unfollowed=unfollowed,
    )
