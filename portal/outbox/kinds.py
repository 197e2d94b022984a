"""Message kinds: each feature declares its own in ``messages.py``, and nothing else can be sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask_babel.speaklater import LazyString

from portal.core.manifest import Declaration, registry
from portal.outbox.models import MessageChannel


@dataclass(frozen=True, slots=True)
class MessageKind(Declaration):
    """A kind of message, with its name, label, message channels and sample payload.

    ``name`` is ``<feature>.<kind>``; its templates are in ``<channel>/<feature>/<kind>/``. ``label`` says in a few
    words what the message is about. A ``secret`` kind carries a code or a link that must not outlive its use: its
    payload is wiped as soon as the message does not wait any more. ``sample`` is a payload to render previews and tests
    with; it holds every key that the templates use. ``ValueError`` is raised for a name of another form and for an
    unknown channel.
    """

    name: str
    label: LazyString
    channels: tuple[str, ...] = (MessageChannel.MAIL.value,)
    secret: bool = False
    sample: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        feature, separator, kind = self.name.partition(".")
        if not (feature.isidentifier() and separator and kind.isidentifier()):
            raise ValueError(f"{self.name!r} is not <feature>.<kind>")
        for channel in self.channels:
            MessageChannel(channel)

    @property
    def folder(self) -> str:
        """Return the folder of the kind's templates, ``<feature>/<kind>``, relative to the channel's folder."""
        return self.name.replace(".", "/")


def kind_named(name: str) -> MessageKind:
    """Return the message kind with this name; raise ``LookupError`` if no feature of the running portal declares it."""
    kind: MessageKind | None = registry().message_kinds.get(name)
    if kind is None:
        raise LookupError(f"unknown kind of message: {name}")
    return kind


def is_secret(name: str) -> bool:
    """Return whether the payload of the named message kind must not outlive its use; ``True`` for an unknown kind."""
    kind: MessageKind | None = registry().message_kinds.get(name)
    return kind is None or kind.secret


def label_of(name: str) -> str:
    """Return the translated label of the named message kind, or the name itself for an unknown kind."""
    kind: MessageKind | None = registry().message_kinds.get(name)
    return name if kind is None else str(kind.label)


def every_kind() -> tuple[MessageKind, ...]:
    """Return all declared message kinds, sorted by name."""
    kinds: dict[str, MessageKind] = registry().message_kinds
    return tuple(kinds[name] for name in sorted(kinds))
