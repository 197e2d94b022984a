"""Access to pictures: the feature that uses pictures of a purpose declares its rule in its manifest."""

from __future__ import annotations

from portal.core.actor import Actor
from portal.core.manifest import registry
from portal.files.models import Picture


def may_see(actor: Actor, picture: Picture) -> bool:
    """Return whether the actor may see the picture: their own always, others as the rule of its purpose says.

    A rule takes the actor and the id of the picture. A picture of a purpose without a rule is for its owner only.
    """
    if actor.account_id is not None and picture.owner_id == actor.account_id:
        return True
    rule = registry().picture_rules.get(picture.purpose)
    return rule is not None and bool(rule(actor, picture.id))
