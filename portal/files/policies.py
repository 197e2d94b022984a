"""Who may look at a picture: the room that uses pictures of a purpose registers the rule."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from portal.core.actor import Actor
from portal.files.models import Picture, Purpose

Rule = Callable[[Actor, uuid.UUID], bool]

_rules: dict[str, Rule] = {}


def register(purpose: Purpose, rule: Rule) -> None:
    """``rule`` answers whether the actor may see the thing that the picture (by id) now belongs to."""
    _rules[purpose] = rule


def may_see(actor: Actor, picture: Picture) -> bool:
    """One's own pictures always; others as their purpose's rule says; without a rule nobody."""
    if actor.account_id is not None and picture.owner_id == actor.account_id:
        return True
    rule = _rules.get(picture.purpose)
    return rule is not None and rule(actor, picture.id)
